import { useTranslation } from "react-i18next";
import type { ProgressOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { Bar, type Tone } from "~/kit/Panel";
import { Empty } from "~/kit/states";
import styles from "./GoalList.module.css";

/** On track from here on; below `BEHIND` far from it. */
const ON_TRACK = 1;
const BEHIND = 0.8;

export function paceTone(pace: number | null): Tone {
  if (pace === null || pace >= ON_TRACK) return "ok";
  return pace >= BEHIND ? "warn" : "danger";
}

type Goal = Omit<ProgressOut, "forecast" | "reached_in_minutes"> & { forecast: readonly number[] | null };

/** How goals stand: actual of target, and whether that is on pace. */
export function GoalList({ goals, showsWhose = false }: { goals: readonly Goal[]; showsWhose?: boolean }) {
  const { t } = useTranslation();
  if (goals.length === 0) return <Empty title={t("goals.none")}>{t("goals.none_detail")}</Empty>;
  return (
    <ul className={styles.goals}>
      {goals.map((one) => {
        const name = `${t(`counter.${one.goal.counter}`)} · ${t(`period.${one.goal.period}`)}`;
        return (
          <li key={one.goal.id} className={styles.goal}>
            <span className={styles.name}>
              {showsWhose && <b>{one.whose}</b>} {name}
            </span>
            <span className={styles.numbers}>
              <b>{count(one.actual)}</b> / {count(one.goal.target)}
            </span>
            <Bar share={one.attainment} tone={paceTone(one.pace)} label={name} />
            <span className={styles.pace}>
              {one.pace === null ? t("goals.not_begun") : t("goals.pace", { pace: percent(one.pace) })}
              {one.forecast && ` · ${t("goals.forecast", { low: one.forecast[0], high: one.forecast[1] })}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
