import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import styles from "./CopyField.module.css";
import { tell, tellProblem } from "./notices";

/** Something to be put elsewhere, shown as it is, with a button that copies it. */
export function CopyField({ label, text, hint }: { label: string; text: string; hint?: string }) {
  const { t } = useTranslation();
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      tell(t("copied"));
    } catch (error) {
      tellProblem(error, t("not_copied"));
    }
  }
  return (
    <div className={styles.field}>
      <span className={styles.label}>{label}</span>
      <span className={styles.line}>
        <code className={styles.text}>{text}</code>
        <IconButton label={t("copy_named", { what: label })} onPress={() => void copy()}>
          <Copy size={15} aria-hidden="true" />
        </IconButton>
      </span>
      {hint && <span className={styles.hint}>{hint}</span>}
    </div>
  );
}
