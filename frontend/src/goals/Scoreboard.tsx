// The scoreboard: goals and pace, who leads, and how the KPIs went.

import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { Counter, KpiRowOut } from "~/api/schema";
import { count, decimal, percent } from "~/i18n/numbers";
import { useMay, useTeams } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ExportMenu } from "~/kit/ExportMenu";
import { SelectField } from "~/kit/Field";
import { Panel, Screen } from "~/kit/Panel";
import { Sideways } from "~/kit/Sideways";
import { Empty, Loading, Shown } from "~/kit/states";
import { daysAgo } from "./days";
import { GoalDialog } from "./GoalDialog";
import { GoalList } from "./GoalList";
import styles from "./Scoreboard.module.css";

const Trend = lazy(async () => ({ default: (await import("./Trend")).Trend }));

export const SPANS = { week: 7, month: 30, quarter: 91 } as const;
export type Span = keyof typeof SPANS;

const BOARD = ["dials", "conversations", "sals", "sqls"] as const;
type Board = (typeof BOARD)[number];

/** What can be looked at day by day, a few counters at a time. */
const SETS = {
  calls: ["dials", "connects", "conversations"],
  funnel: ["mqls", "sals", "sqls"],
  handoffs: ["hand_offs", "hand_offs_accepted", "meetings_held"],
  mail: ["emails_sent", "emails_replied", "emails_bounced"],
} as const satisfies Record<string, readonly Counter[]>;
type Series = keyof typeof SETS;

export function Scoreboard() {
  const { t } = useTranslation();
  const teams = useTeams();
  const [span, setSpan] = useState<Span>("month");
  const [team, setTeam] = useState("all");
  const [series, setSeries] = useState<Series>("calls");
  const [board, setBoard] = useState<Board>("sals");
  const [isSetting, setSetting] = useState(false);
  const maySet = useMay("goals:write");
  const ofTeam = team === "all" ? {} : { team_id: team };
  const days = { from: daysAgo(SPANS[span] - 1), to: daysAgo(0) };
  const goals = $api.useQuery("get", "/api/v1/goals/progress", { params: { query: ofTeam } });
  const rows = $api.useQuery("get", "/api/v1/kpis", { params: { query: { ...days, by: "user", ...ofTeam } } });
  const all = $api.useQuery("get", "/api/v1/kpis", { params: { query: { ...days, by: "none", ...ofTeam } } });

  return (
    <Screen
      title={t("places.scoreboard")}
      actions={
        <>
          <SelectField
            label={t("scoreboard.team")}
            isLabelHidden
            value={team}
            onChange={setTeam}
            choices={[
              { id: "all", label: t("scoreboard.all_teams") },
              ...[...teams.values()].map((one) => ({ id: one.id, label: one.name })),
            ]}
          />
          <SelectField
            label={t("scoreboard.span")}
            isLabelHidden
            value={span}
            onChange={(chosen) => setSpan(chosen as Span)}
            choices={(Object.keys(SPANS) as Span[]).map((one) => ({ id: one, label: t(`scoreboard.${one}`) }))}
          />
          <ExportMenu path="/api/v1/kpis/export" query={{ ...days, by: "user", ...ofTeam }} />
        </>
      }
    >
      <Shown query={all}>{({ items }) => <Tiles row={items[0]} />}</Shown>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel
            title={t("scoreboard.trend")}
            actions={
              <SelectField
                label={t("scoreboard.series")}
                isLabelHidden
                value={series}
                onChange={(chosen) => setSeries(chosen as Series)}
                choices={(Object.keys(SETS) as Series[]).map((id) => ({ id, label: t(`scoreboard.sets.${id}`) }))}
              />
            }
          >
            <Suspense fallback={<Loading rows={5} />}>
              <Trend
                key={series}
                counters={SETS[series]}
                from={days.from}
                to={days.to}
                teamId={team === "all" ? undefined : team}
              />
            </Suspense>
          </Panel>
          <Panel
            title={t("scoreboard.leaders")}
            isFlush
            actions={
              <SelectField
                label={t("scoreboard.ranked_by")}
                isLabelHidden
                value={board}
                onChange={(chosen) => setBoard(chosen as Board)}
                choices={BOARD.map((id) => ({ id, label: t(`counter.${id}`) }))}
              />
            }
          >
            <Shown query={rows} rows={6}>
              {({ items }) => <Leaders rows={items} by={board} />}
            </Shown>
          </Panel>
        </div>
        <Panel
          title={t("today.goals")}
          actions={maySet && <Button onPress={() => setSetting(true)}>{t("goals.set")}</Button>}
        >
          <Shown query={goals}>{({ items }) => <GoalList goals={items} showsWhose />}</Shown>
        </Panel>
      </div>
      {isSetting && <GoalDialog goal={null} onClose={() => setSetting(false)} />}
    </Screen>
  );
}

function kpi(row: KpiRowOut | undefined, name: string): number | null {
  return row?.kpis.find((one) => one.name === name)?.value ?? null;
}

function Tiles({ row }: { row: KpiRowOut | undefined }) {
  const { t } = useTranslation();
  const minutes = kpi(row, "speed_to_lead_business_minutes");
  const tiles: [string, string, string?][] = [
    [t("kpi.speed_to_lead"), minutes === null ? "–" : t("kpi.minutes", { minutes: decimal(minutes) })],
    [t("counter.conversations"), count(row?.counts.conversations ?? 0), percent(kpi(row, "connect_rate"))],
    [t("counter.sals"), count(row?.counts.sals ?? 0), percent(kpi(row, "mql_to_sal_rate"))],
    [t("counter.sqls"), count(row?.counts.sqls ?? 0), percent(kpi(row, "sal_to_sql_rate"))],
    [t("kpi.acceptance_rate"), percent(kpi(row, "acceptance_rate"))],
    [t("kpi.show_rate"), percent(kpi(row, "show_rate"))],
  ];
  const details = ["", t("kpi.connect_rate"), t("kpi.mql_to_sal_rate"), t("kpi.sal_to_sql_rate")];
  return (
    <ul className={styles.tiles}>
      {tiles.map(([name, value, beside], place) => (
        <li key={name} className={styles.tile}>
          <span className={styles.name}>{name}</span>
          <span className={styles.value}>{value}</span>
          {beside && (
            <span className={styles.beside}>
              {details[place]} {beside}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Leaders({ rows, by }: { rows: readonly KpiRowOut[]; by: Board }) {
  const { t } = useTranslation();
  const ranked = [...rows].sort(
    (one, other) =>
      (other.counts[by] ?? 0) - (one.counts[by] ?? 0) || (other.counts.dials ?? 0) - (one.counts.dials ?? 0),
  );
  if (ranked.length === 0) return <Empty title={t("scoreboard.nothing")} />;
  return (
    <Sideways label={t("scoreboard.leaders")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("scoreboard.rank")}</th>
            <th scope="col">{t("scoreboard.who")}</th>
            {BOARD.map((one) => (
              <th key={one} scope="col" className={styles.number}>
                {t(`counter.${one}`)}
              </th>
            ))}
            <th scope="col" className={styles.number}>
              {t("kpi.connect_rate")}
            </th>
            <th scope="col" className={styles.number}>
              {t("kpi.mql_to_sal_rate")}
            </th>
            <th scope="col" className={styles.number}>
              {t("kpi.speed_to_lead")}
            </th>
          </tr>
        </thead>
        <tbody>
          {ranked.map((row, place) => (
            <tr key={row.key ?? row.name}>
              <td>{place + 1}</td>
              <th scope="row">{row.name}</th>
              {BOARD.map((one) => (
                <td key={one} className={styles.number}>
                  {count(row.counts[one] ?? 0)}
                </td>
              ))}
              <td className={styles.number}>{percent(kpi(row, "connect_rate"))}</td>
              <td className={styles.number}>{percent(kpi(row, "mql_to_sal_rate"))}</td>
              <td className={styles.number}>
                {kpi(row, "speed_to_lead_business_minutes") === null
                  ? "–"
                  : t("kpi.minutes", { minutes: decimal(kpi(row, "speed_to_lead_business_minutes") ?? 0) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}
