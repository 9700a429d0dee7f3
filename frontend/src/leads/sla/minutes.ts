import { useTranslation } from "react-i18next";
import { decimal } from "~/i18n/numbers";

const HOUR = 60;

/** How lengths of working time are written: `45 min`, `1.5 h`. */
export function useMinutes(): (minutes: number) => string {
  const { t } = useTranslation();
  return (minutes) =>
    minutes < 2 * HOUR && minutes !== HOUR
      ? t("policy.in_minutes", { minutes })
      : t("policy.in_hours", { hours: decimal(minutes / HOUR, 2) });
}
