import { useTranslation } from "react-i18next";
import type { HoursOut } from "~/api/schema";
import { locale } from "~/i18n";
import { day as written } from "~/i18n/time";
import { zoneLabel } from "~/i18n/zones";
import { Facts } from "~/kit/Panel";
import { WEEKDAYS, weekdayName } from "./week";

/** Hours to read, not to change. */
export function WeekSummary({ hours }: { hours: HoursOut }) {
  const { t } = useTranslation();
  const days = WEEKDAYS.map((weekday) => {
    const told = (hours.week[weekday] ?? []).map((pair) => pair.join("–")).join(", ");
    return [weekdayName(weekday, locale()), told || t("hours.closed")] as const;
  });
  const holidays = hours.holidays.map((one) => written(one)).join(" · ");
  return (
    <Facts facts={[...days, [t("teams.zone"), zoneLabel(hours.time_zone)], [t("hours.holidays"), holidays]]} />
  );
}
