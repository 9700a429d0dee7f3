// The week, day by day: any number of intervals each.

import { Copy, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { locale } from "~/i18n";
import { decimal } from "~/i18n/numbers";
import { IconButton } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { Menu } from "~/kit/Menu";
import { hoursOf, type Pair, type Week, WEEKDAYS, weekdayName, withDay, withMore } from "./week";
import styles from "./WeekEditor.module.css";

export function WeekEditor({ week, onChange }: { week: Week; onChange: (week: Week) => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <ul className={styles.week}>
        {WEEKDAYS.map((weekday) => (
          <Day key={weekday} weekday={weekday} week={week} onChange={onChange} />
        ))}
      </ul>
      <p className={styles.total}>
        {t("hours.week_total", { hours: decimal(hoursOf(week)) })} · {t("hours.midnight")}
      </p>
    </div>
  );
}

function Day({ weekday, week, onChange }: { weekday: number; week: Week; onChange: (week: Week) => void }) {
  const { t } = useTranslation();
  const day = week[weekday] ?? [];
  const name = weekdayName(weekday, locale());
  const put = (changed: Pair[]) => onChange(withDay(week, weekday, changed));
  const copyTo = (days: readonly number[]) =>
    onChange(week.map((before, place) => (days.includes(place) ? day.map((one) => [...one]) : before)));
  return (
    <li className={styles.day}>
      <span className={styles.name}>{name}</span>
      <span className={styles.intervals}>
        {day.length === 0 && <span className={styles.closed}>{t("hours.closed")}</span>}
        {day.map(([opens = "", closes = ""], place) => (
          <span key={place} className={styles.interval}>
            <TextField
              type="time"
              label={t("hours.opens", { day: name })}
              isLabelHidden
              value={opens}
              onChange={(typed) => put(day.with(place, [typed, closes]))}
            />
            <span aria-hidden="true">–</span>
            <TextField
              type="time"
              label={t("hours.closes", { day: name })}
              isLabelHidden
              value={closes}
              onChange={(typed) => put(day.with(place, [opens, typed]))}
            />
            <IconButton
              label={t("hours.remove", { day: name })}
              onPress={() => put(day.filter((_, other) => other !== place))}
            >
              <X size={14} aria-hidden="true" />
            </IconButton>
          </span>
        ))}
      </span>
      <span className={styles.deeds}>
        <IconButton label={t("hours.add", { day: name })} onPress={() => put(withMore(day))}>
          <Plus size={16} aria-hidden="true" />
        </IconButton>
        <Menu
          label={t("hours.copy", { day: name })}
          choices={[
            { id: "workdays", label: t("hours.copy_workdays"), run: () => copyTo(WEEKDAYS.slice(0, 5)) },
            { id: "all", label: t("hours.copy_all"), run: () => copyTo(WEEKDAYS) },
          ]}
        >
          <IconButton label={t("hours.copy", { day: name })}>
            <Copy size={14} aria-hidden="true" />
          </IconButton>
        </Menu>
      </span>
    </li>
  );
}
