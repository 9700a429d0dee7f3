// What was changed of a record itself, by whom: from the log of events.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { EventOut, RecordKind } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { changesOf, useFieldName, useValueText } from "./told";
import styles from "./record.module.css";
import { useActor } from "./useActor";

const PAGE = 100;

export function Changes({ kind, recordId }: { kind: RecordKind; recordId: string }) {
  const { t } = useTranslation();
  const mayRead = useMay("events:read");
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/events",
    { params: { query: { subject: `${kind}:${recordId}`, limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      enabled: mayRead,
    },
  );
  if (!mayRead) return null;
  return (
    <Panel title={t("changes.title")} isFlush>
      <Shown query={found} rows={3}>
        {({ pages }) => (
          <>
            {found.hasNextPage && (
              <div className={styles.more}>
                <Button
                  look="quiet"
                  onPress={() => void found.fetchNextPage()}
                  isPending={found.isFetchingNextPage}
                >
                  {t("changes.later")}
                </Button>
              </div>
            )}
            <ol className={styles.rows}>
              {pages
                .flatMap((page) => page.items)
                .reverse()
                .map((one) => (
                  <Change key={one.id} event={one} />
                ))}
            </ol>
          </>
        )}
      </Shown>
    </Panel>
  );
}

const KNOWN = ["created", "changed", "merged", "unmerged"] as const;

function Change({ event }: { event: EventOut }) {
  const { t } = useTranslation();
  const actor = useActor();
  const fieldName = useFieldName();
  const valueText = useValueText();
  const what = KNOWN.find((one) => event.kind.endsWith(`.${one}`));
  const { fields, changes } = changesOf(event.data);
  return (
    <li>
      <span className={styles.who}>
        <b>{what ? t(`changes.${what}`) : event.kind}</b>
        {changes.map(([field, before, after]) => (
          <span key={field} className={styles.detail}>
            {fieldName(field)}: {valueText(before)} → {valueText(after)}
          </span>
        ))}
        {changes.length === 0 && fields.length > 0 && (
          <span className={styles.detail}>{fields.map(fieldName).join(", ")}</span>
        )}
      </span>
      <span className={styles.faint}>
        {actor(event.actor)} ·{" "}
        <time dateTime={event.at} title={moment(event.at)}>
          {relative(event.at)}
        </time>
      </span>
    </li>
  );
}
