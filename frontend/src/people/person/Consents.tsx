// Why we may contact this person: every consent with its wording, when and how it was obtained.

import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { moment } from "~/i18n/time";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import styles from "../record.module.css";

export function Consents({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const found = $api.useQuery("get", "/api/v1/persons/{person_id}/consents", {
    params: { path: { person_id: personId } },
  });
  return (
    <Panel title={t("consents.title")} isFlush>
      <Shown query={found} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={`${styles.more} ${styles.faint}`}>{t("consents.none")}</p>
          ) : (
            <ul className={styles.rows}>
              {items.map((one) => (
                <li key={one.id}>
                  <span className={styles.who}>
                    <b>
                      <ShieldCheck size={14} aria-hidden="true" /> {one.purpose}
                    </b>
                    <q className={styles.detail}>{one.wording}</q>
                    <span className={styles.faint}>
                      {one.obtained_by} · <time dateTime={one.obtained_at}>{moment(one.obtained_at)}</time>
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Panel>
  );
}
