// The first rows as they would go in, whole: whatever stands in a cell is shown as text.

import { useTranslation } from "react-i18next";
import type { PreviewOut, Target } from "~/api/schema";
import { moment } from "~/i18n/time";
import { Badge, Panel } from "~/kit/Panel";
import styles from "./intake.module.css";

const MOMENTS: readonly Target[] = ["responded_at", "mql_at"];

function shown(name: Target, value: string | undefined): string | undefined {
  return value && MOMENTS.includes(name) ? moment(value) : value;
}

export function SampleRows({ found }: { found: PreviewOut }) {
  const { t } = useTranslation();
  if (found.rows.length === 0) return null;
  const fields = found.fields.map((one) => one.name).filter((name) => found.rows.some((row) => row.values[name]));
  const attributes = [...new Set(found.rows.flatMap((row) => Object.keys(row.attributes)))];
  return (
    <Panel title={t("intake.first_rows")} isFlush>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t("intake.first_rows")}>
        <table className={styles.rows}>
          <thead>
            <tr>
              <th scope="col">{t("intake.row")}</th>
              {fields.map((name) => (
                <th key={name} scope="col">
                  {t(`target.${name}`)}
                </th>
              ))}
              {attributes.map((name) => (
                <th key={name} scope="col" className={styles.attribute}>
                  <bdi>{name}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.rows.map((row) => (
              <tr key={row.row} className={row.is_rejected ? styles.out : ""}>
                <th scope="row">
                  {row.row} {row.is_rejected && <Badge tone="danger">{t("intake.is_rejected")}</Badge>}
                  {!row.is_rejected && row.errors.length > 0 && <Badge tone="warn">{t("intake.in_part")}</Badge>}
                </th>
                {row.is_rejected ? (
                  <td colSpan={Math.max(fields.length + attributes.length, 1)}>
                    {row.errors.map((one) => (
                      <span key={`${one.column} ${one.reason}`} className={styles.reason}>
                        <bdi>{[one.column, one.value].filter(Boolean).join(": ")}</bdi> {one.reason}
                      </span>
                    ))}
                  </td>
                ) : (
                  <>
                    {fields.map((name) => (
                      <td key={name}>
                        <bdi className={styles.cell}>{shown(name, row.values[name])}</bdi>
                      </td>
                    ))}
                    {attributes.map((name) => (
                      <td key={name}>
                        <bdi className={styles.cell}>{row.attributes[name]}</bdi>
                      </td>
                    ))}
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
