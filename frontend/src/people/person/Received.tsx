// Every row that was received about a person, verbatim, and what could not be used of it.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { ReceivedRow } from "~/intake/ReceivedRow";
import rows from "~/intake/ReceivedRow.module.css";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import styles from "../record.module.css";

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
            <ul className={rows.rows}>
              {items.map((one) => (
                <ReceivedRow key={`${one.source_id} ${one.row_number}`} record={one} />
              ))}
            </ul>
          )
        }
      </Shown>
    </Panel>
  );
}
