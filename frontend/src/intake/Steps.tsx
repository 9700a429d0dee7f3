import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "./intake.module.css";

const STEPS = ["file", "columns", "result"] as const;

/** How far one is with an import. */
export function Steps({ at }: { at: (typeof STEPS)[number] }) {
  const { t } = useTranslation();
  const now = STEPS.indexOf(at);
  return (
    <ol className={styles.steps} aria-label={t("intake.steps_label")}>
      {STEPS.map((one, place) => (
        <li key={one} aria-current={place === now ? "step" : undefined} className={styles.step}>
          <span className={styles.dot} aria-hidden="true">
            {place < now ? <Check size={12} strokeWidth={3} /> : place + 1}
          </span>
          {t(`intake.steps.${one}`)}
        </li>
      ))}
    </ol>
  );
}
