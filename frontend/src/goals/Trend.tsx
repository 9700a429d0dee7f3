// Counters day by day. The chart's numbers stand in a table as well, for whoever cannot see it.

import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { $api } from "~/api/client";
import type { Counter, DaysOut } from "~/api/schema";
import { day, shortDay } from "~/i18n/time";
import { Shown } from "~/kit/states";
import styles from "./Trend.module.css";

export function Trend({
  counters,
  from,
  to,
  teamId,
}: {
  counters: readonly Counter[];
  from: string;
  to: string;
  teamId: string | undefined;
}) {
  const { t } = useTranslation();
  // Kept here, as the chart is drawn anew whenever other days are read.
  const [isTable, setTable] = useState(false);
  const query = { from, to, ...(teamId && { team_id: teamId }) };
  const all = useQueries({
    queries: counters.map((counter) =>
      $api.queryOptions("get", "/api/v1/kpis/daily", { params: { query: { counter, ...query } } }),
    ),
    combine: (read) => {
      const found = read.flatMap((one) => one.data ?? []);
      return {
        data: found.length === counters.length ? found : undefined,
        error: read.find((one) => one.error)?.error,
        refetch: () => Promise.all(read.map((one) => one.refetch())),
      };
    },
  });
  return (
    <Shown query={all} rows={5}>
      {(series) => {
        const rows = rowsOf(counters, series);
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
                {counters.map((one, place) => (
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
            <details
              className={styles.numbers}
              open={isTable}
              onToggle={(event) => setTable(event.currentTarget.open)}
            >
              <summary>{t("scoreboard.as_table")}</summary>
              <div className={styles.scroll} role="group" aria-label={t("scoreboard.as_table")} tabIndex={0}>
                <table className={styles.table}>
                  <caption className="visually-hidden">{t("scoreboard.trend")}</caption>
                  <thead>
                    <tr>
                      <th scope="col">{t("scoreboard.day")}</th>
                      {counters.map((one) => (
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
                        {counters.map((one) => (
                          <td key={one}>{row[one]}</td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </details>
          </figure>
        );
      }}
    </Shown>
  );
}

type Row = { day: string } & Partial<Record<Counter, number>>;

function rowsOf(counters: readonly Counter[], series: readonly DaysOut[]): Row[] {
  const rows = new Map<string, Row>();
  series.forEach(({ items }, place) => {
    const counter = counters[place];
    if (!counter) return;
    for (const one of items) {
      const row = rows.get(one.day) ?? { day: one.day };
      row[counter] = one.count;
      rows.set(one.day, row);
    }
  });
  return [...rows.values()].sort((one, other) => one.day.localeCompare(other.day));
}
