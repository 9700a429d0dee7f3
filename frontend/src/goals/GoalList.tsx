import { useTranslation } from "react-i18next";
import type { ProgressOut } from "~/api/schema";
import { count, decimal, percent } from "~/i18n/numbers";
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

type Goal = Omit<ProgressOut, "forecast" | "reached_in_minutes"> & {
  forecast: readonly number[] | null;
  reached_in_minutes: readonly number[] | null;
};

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
              {one.forecast && ` · ${t("goals.forecast", { range: range(one.forecast) })}`}
              <TimeToGoal goal={one} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** `8–10`, or `8` where both ends are one. */
function range([low, high]: readonly number[]): string {
  return low === high ? String(low) : `${low}–${high}`;
}

const MINUTES = 60;
const PLAIN_HOURS = 10;

/** Hours of so many minutes; tenths only where there are few. */
function hoursOf(minutes: number): string {
  const hours = minutes / MINUTES;
  return decimal(hours < PLAIN_HOURS ? hours : Math.round(hours));
}

/** Working time until the target at this rate, with its 80 % interval. */
function TimeToGoal({ goal }: { goal: Goal }) {
  const { t } = useTranslation();
  if (goal.attainment >= 1) return ` · ${t("goals.reached")}`;
  if (!goal.reached_in_minutes) return null;
  const [low, expected, high] = goal.reached_in_minutes.map(hoursOf);
  return ` · ${t("goals.reached_in", { low, expected, high })}`;
}
