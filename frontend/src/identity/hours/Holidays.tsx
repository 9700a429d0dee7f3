import { X } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { day as written } from "~/i18n/time";
import { Button, IconButton } from "~/kit/Button";
import { FieldGroup, TextField } from "~/kit/Field";
import styles from "./Holidays.module.css";

/** Days off, by year. */
export function Holidays({ days, onChange }: { days: readonly string[]; onChange: (days: string[]) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const years = [...new Set(days.map((one) => one.slice(0, 4)))].sort();

  function add(event: SyntheticEvent): void {
    event.preventDefault();
    if (!typed) return;
    onChange([...new Set([...days, typed])].sort());
    setTyped("");
  }

  return (
    <FieldGroup label={t("hours.holidays")}>
      {years.length === 0 && <p className={styles.none}>{t("hours.holidays_none")}</p>}
      {years.map((year) => (
        <ul key={year} className={styles.days} aria-label={year}>
          {days
            .filter((one) => one.startsWith(year))
            .map((one) => (
              <li key={one} className={styles.day}>
                {written(one)}
                <IconButton
                  label={t("hours.holiday_remove", { day: written(one) })}
                  onPress={() => onChange(days.filter((other) => other !== one))}
                >
                  <X size={12} aria-hidden="true" />
                </IconButton>
              </li>
            ))}
        </ul>
      ))}
      <form className={styles.add} onSubmit={add}>
        <TextField type="date" label={t("hours.holiday")} isLabelHidden value={typed} onChange={setTyped} />
        <Button type="submit" isDisabled={!typed}>
          {t("hours.holiday_add")}
        </Button>
      </form>
    </FieldGroup>
  );
}
