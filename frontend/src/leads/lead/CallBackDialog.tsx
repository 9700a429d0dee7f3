import { useTranslation } from "react-i18next";
import { Dialog } from "~/kit/Dialog";
import { LaterChoices } from "./LaterChoices";

/** When the person asked to be called. */
export function CallBackDialog({
  zone,
  onChosen,
  onClose,
}: {
  zone: string;
  onChosen: (at: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("later.call_back")} isOpen onClose={onClose}>
      <LaterChoices zone={zone} onChosen={onChosen} />
    </Dialog>
  );
}
