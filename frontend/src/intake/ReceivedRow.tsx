// One row that was received, verbatim, and what could not be used of it.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { RecordOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { Badge, Facts, type Tone } from "~/kit/Panel";
import { cellsOf, gistOf } from "./cells";
import styles from "./ReceivedRow.module.css";

const TONES: Record<RecordOut["outcome"], Tone> = { imported: "ok", merged: "info", rejected: "danger" };

export function ReceivedRow({ record, tellsOutcome = false }: { record: RecordOut; tellsOutcome?: boolean }) {
  const { t } = useTranslation();
  const cells = cellsOf(record.received);
  return (
    <li>
      <details className={styles.row}>
        <summary>
          <span className={styles.what}>
            {tellsOutcome ? count(record.row_number) : t("received.row", { number: count(record.row_number) })}
            {tellsOutcome && <span className={styles.gist}>{gistOf(record.received)}</span>}
          </span>
          <span className={styles.marks}>
            {tellsOutcome && <Badge tone={TONES[record.outcome]}>{t(`received.outcome.${record.outcome}`)}</Badge>}
            {record.errors.length > 0 && (
              <Badge tone="warn">
                {t("received.wrong", { count: record.errors.length, number: count(record.errors.length) })}
              </Badge>
            )}
            <time className={styles.when} dateTime={record.received_at} title={moment(record.received_at)}>
              {relative(record.received_at)}
            </time>
          </span>
        </summary>
        {cells ? <Facts facts={cells} /> : <pre className={styles.raw}>{record.received}</pre>}
        {record.errors.length > 0 && (
          <ul className={styles.errors}>
            {record.errors.map((one, place) => (
              <li key={place}>
                {one.column ? `${one.column}: ${one.reason}` : one.reason}
                {one.value && ` (${one.value})`}
              </li>
            ))}
          </ul>
        )}
        {tellsOutcome && record.person_id && (
          <p className={styles.person}>
            <Link to="/people/$personId" params={{ personId: record.person_id }}>
              {t("received.person")}
            </Link>
          </p>
        )}
      </details>
    </li>
  );
}
