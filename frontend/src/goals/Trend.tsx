// Counters day by day. The chart's numbers stand in a table as well, for whoever cannot see it.

import { useTranslation } from "react-i18next";
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { $api } from "~/api/client";
import type { Counter, DaysOut } from "~/api/schema";
import { day, shortDay } from "~/i18n/time";
import { Shown } from "~/kit/states";
import styles from "./Trend.module.css";

const SHOWN: readonly Counter[] = ["dials", "conversations", "sals"];

export function Trend({ from, to, teamId }: { from: string; to: string; teamId: string | undefined }) {
  const { t } = useTranslation();
  const query = { from, to, ...(teamId && { team_id: teamId }) };
  const dials = $api.useQuery("get", "/api/v1/kpis/daily", { params: { query: { counter: "dials", ...query } } });
  const conversations = $api.useQuery("get", "/api/v1/kpis/daily", {
    params: { query: { counter: "conversations", ...query } },
  });
  const sals = $api.useQuery("get", "/api/v1/kpis/daily", { params: { query: { counter: "sals", ...query } } });
  const all = {
    data: dials.data && conversations.data && sals.data ? [dials.data, conversations.data, sals.data] : undefined,
    error: dials.error ?? conversations.error ?? sals.error,
    refetch: () => Promise.all([dials.refetch(), conversations.refetch(), sals.refetch()]),
  };
  return (
    <Shown query={all} rows={5}>
      {(series) => {
        const rows = rowsOf(series);
        return (
          <figure className={styles.chart} aria-label={t("scoreboard.trend")}>
            <ResponsiveContainer width="100%" height={260}>
              <LineChart
                data={rows}
                margin={{ top: 8, right: 12, bottom: 0, left: -16 }}
                accessibilityLayer={false}
              >
                <CartesianGrid stroke="var(--line)" vertical={false} />
                <XAxis
                  dataKey="day"
                  tickFormatter={(value: string) => shortDay(value)}
                  stroke="var(--ink-3)"
                  fontSize={12}
                  minTickGap={32}
                />
                <YAxis stroke="var(--ink-3)" fontSize={12} allowDecimals={false} />
                <Tooltip
                  labelFormatter={(value) => (typeof value === "string" ? day(value) : value)}
                  contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6 }}
                />
                <Legend />
                {SHOWN.map((one, place) => (
                  <Line
                    key={one}
                    dataKey={one}
                    name={t(`counter.${one}`)}
                    stroke={`var(--chart-${place + 1})`}
                    strokeWidth={2}
                    dot={false}
                    isAnimationActive={false}
                  />
                ))}
              </LineChart>
            </ResponsiveContainer>
            <table className="visually-hidden">
              <caption>{t("scoreboard.trend")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("scoreboard.day")}</th>
                  {SHOWN.map((one) => (
                    <th key={one} scope="col">
                      {t(`counter.${one}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.day}>
                    <th scope="row">{day(row.day)}</th>
                    {SHOWN.map((one) => (
                      <td key={one}>{row[one]}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </figure>
        );
      }}
    </Shown>
  );
}

type Row = { day: string } & Partial<Record<Counter, number>>;

function rowsOf(series: readonly DaysOut[]): Row[] {
  const rows = new Map<string, Row>();
  series.forEach(({ items }, place) => {
    const counter = SHOWN[place];
    if (!counter) return;
    for (const one of items) {
      const row = rows.get(one.day) ?? { day: one.day };
      row[counter] = one.count;
      rows.set(one.day, row);
    }
  });
  return [...rows.values()].sort((one, other) => one.day.localeCompare(other.day));
}
