import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { FormProblem } from "./states";

/** Asks before something that cannot be undone; `action` is the verb on the button. */
export function ConfirmDialog({
  title,
  detail,
  action,
  error,
  isPending = false,
  onClose,
  onConfirm,
}: {
  title: string;
  detail: string;
  action: string;
  error?: unknown;
  isPending?: boolean;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      onSubmit={onConfirm}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="danger" type="submit" isPending={isPending} autoFocus>
            {action}
          </Button>
        </>
      }
    >
      <p>{detail}</p>
      <FormProblem error={error} />
    </Dialog>
  );
}
