// How many leads score how much by either model. The chart's numbers stand in a table as well.

import { useTranslation } from "react-i18next";
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { BandOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import styles from "./Bands.module.css";

export function Bands({ bands }: { bands: readonly BandOut[] }) {
  const { t } = useTranslation();
  const series = ["before", "after"] as const;
  return (
    <figure className={styles.chart} aria-label={t("scoring.bands")}>
      <figcaption className={styles.caption}>{t("scoring.bands")}</figcaption>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={180}>
          <BarChart
            data={[...bands]}
            margin={{ top: 8, right: 0, bottom: 0, left: -20 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis dataKey="start" stroke="var(--ink-3)" fontSize={12} />
            <YAxis stroke="var(--ink-3)" fontSize={12} allowDecimals={false} />
            <Tooltip
              contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", borderRadius: 6 }}
              cursor={{ fill: "var(--hover)" }}
            />
            <Legend />
            {series.map((one, place) => (
              <Bar
                key={one}
                dataKey={one}
                name={t(`scoring.${one}`)}
                fill={`var(--chart-${place + 1})`}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <details className={styles.table}>
        <summary>{t("scoring.bands_table")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("scoring.score_from")}</th>
              {series.map((one) => (
                <th key={one} scope="col">
                  {t(`scoring.${one}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bands.map((one) => (
              <tr key={one.start}>
                <th scope="row">{one.start}</th>
                <td>{count(one.before)}</td>
                <td>{count(one.after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
