import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { tell } from "./notices";
import styles from "./OnceDialog.module.css";

/** A secret that is shown this once, to be copied; it closes by the button that says one has it. */
export function OnceDialog({
  title,
  detail,
  secret,
  onClose,
}: {
  title: string;
  detail: ReactNode;
  secret: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(secret);
    tell(t("copied"));
  }
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("once.kept")}</Button>
          <Button look="primary" onPress={() => void copy()} autoFocus>
            {t("copy")}
          </Button>
        </>
      }
    >
      <p>{detail}</p>
      <p className={styles.secret}>{secret}</p>
    </Dialog>
  );
}
