import { useTranslation } from "react-i18next";
import styles from "./CallingRules.module.css";

const MOST_SHOWN = 5;

interface WrongLine {
  line: number;
  text: string;
  reason: string;
}

/** The lines of an imported file that were left out; nothing when all were taken. */
export function WrongLines({
  title,
  count,
  lines,
}: {
  title: string;
  count: number;
  lines: readonly WrongLine[];
}) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <div>
      <p>{title}</p>
      <ul className={styles.reasons}>
        {lines.slice(0, MOST_SHOWN).map((one) => (
          <li key={one.line}>
            {t("compliance.wrong_line", { line: one.line, text: one.text })}
            <span className={styles.detail}>{one.reason}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
