import { useTranslation } from "react-i18next";
import { count } from "~/i18n/numbers";
import { relative } from "~/i18n/time";
import { useNow } from "~/kit/useNow";
import styles from "./Count.module.css";
import { useNewest } from "./received";

/** How much came in, and when the last; there are few doors, so that each is asked for itself. */
export function Count({ sourceId }: { sourceId: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const newest = useNewest(sourceId).data;
  if (!newest) return null;
  const last = newest.items[0];
  if (!last) return <span className={styles.detail}>{t("received.nothing")}</span>;
  return (
    <>
      {t("received.count", { count: last.row_number, number: count(last.row_number) })}
      <span className={styles.detail}>{t("received.last", { when: relative(last.received_at, now) })}</span>
    </>
  );
}
