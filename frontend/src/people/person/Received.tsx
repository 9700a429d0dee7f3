// Every row that was received about a person, verbatim, and what could not be used of it.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { RecordOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { Badge, Facts, Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import styles from "../record.module.css";
import own from "./Received.module.css";

export function Received({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const found = $api.useQuery("get", "/api/v1/persons/{person_id}/received", {
    params: { path: { person_id: personId } },
  });
  return (
    <Panel title={t("received.title")} isFlush>
      <Shown query={found} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={`${styles.more} ${styles.faint}`}>{t("received.none")}</p>
          ) : (
            <ul className={own.rows}>
              {items.map((one) => (
                <Row key={`${one.source_id} ${one.row_number}`} record={one} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Panel>
  );
}

/** Heading and cell of each column that holds something; the row as it stands where it is no such thing. */
function cellsOf(received: string): [string, string][] | null {
  try {
    const cells = JSON.parse(received) as unknown;
    if (typeof cells !== "object" || cells === null || Array.isArray(cells)) return null;
    return Object.entries(cells).flatMap(([name, value]): [string, string][] => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return text.trim() ? [[name, text]] : [];
    });
  } catch {
    return null;
  }
}

function Row({ record }: { record: RecordOut }) {
  const { t } = useTranslation();
  const cells = cellsOf(record.received);
  return (
    <li>
      <details className={own.row}>
        <summary>
          <span>{t("received.row", { number: count(record.row_number) })}</span>
          <time className={styles.faint} dateTime={record.received_at} title={moment(record.received_at)}>
            {relative(record.received_at)}
          </time>
          {record.errors.length > 0 && (
            <Badge tone="warn">
              {t("received.wrong", { count: record.errors.length, number: count(record.errors.length) })}
            </Badge>
          )}
        </summary>
        {cells ? <Facts facts={cells} /> : <pre className={own.raw}>{record.received}</pre>}
        {record.errors.length > 0 && (
          <ul className={own.errors}>
            {record.errors.map((one, place) => (
              <li key={place}>
                {one.column}: {one.reason}
                {one.value && ` (${one.value})`}
              </li>
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}
