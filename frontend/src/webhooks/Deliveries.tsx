// What became of each message to an endpoint, the newest first; sending again.

import { useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { DeliveryOut, DeliveryState, EndpointOut } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { useKindTexts } from "~/identity/events/kinds";
import { Button, IconButton } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { More } from "~/kit/More";
import { tell, tellProblem } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useNow } from "~/kit/useNow";
import styles from "./Deliveries.module.css";
import { ReplayDialog } from "./ReplayDialog";
import { DeliveryBadge } from "./StateBadge";

const ANY = "any";
const STATES: readonly DeliveryState[] = ["waiting", "delivered", "dead"];
const WATCHED_MS = 15_000;
const OFTEN_MS = 1_500;
const SELDOM_MS = 10_000;

/** `watched` grows whenever something was sent of which the outcome is to be seen at once. */
export function Deliveries({ endpoint, watched }: { endpoint: EndpointOut; watched: number }) {
  const { t } = useTranslation();
  const [state, setState] = useState<DeliveryState | typeof ANY>(ANY);
  const [isReplaying, setReplaying] = useState(false);
  const [sentAgain, setSentAgain] = useState(0);
  const isWatched = useForAWhile(watched + sentAgain);
  const params = {
    path: { endpoint_id: endpoint.id },
    query: { limit: 50, ...(state !== ANY && { state }) },
  };
  const deliveries = $api.useInfiniteQuery(
    "get",
    "/api/v1/webhooks/{endpoint_id}/deliveries",
    { params },
    {
      initialPageParam: null,
      getNextPageParam: (page) => page.next_cursor,
      // Deliveries are no events, so that nothing tells of them.
      refetchInterval: isWatched ? OFTEN_MS : SELDOM_MS,
    },
  );
  useBacklogReadAlong(endpoint.id, deliveries.dataUpdatedAt);

  async function replay(delivery: DeliveryOut): Promise<void> {
    try {
      const path = { endpoint_id: endpoint.id, position: delivery.position };
      await answer(api.POST("/api/v1/webhooks/{endpoint_id}/deliveries/{position}/replay", { params: { path } }));
      void readAgain(["/api/v1/webhooks"]);
      setSentAgain((before) => before + 1);
      tell(t("webhooks.replayed_one_told"));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Panel
      title={t("webhooks.deliveries")}
      isFlush
      actions={
        <>
          <SelectField
            label={t("webhooks.delivery_state")}
            isLabelHidden
            value={state}
            onChange={(chosen) => setState(chosen as DeliveryState | typeof ANY)}
            choices={[
              { id: ANY, label: t("webhooks.any_state") },
              ...STATES.map((id) => ({ id, label: t(`webhooks.delivery.${id}`) })),
            ]}
          />
          <Button onPress={() => setReplaying(true)} isDisabled={!endpoint.is_active}>
            {t("webhooks.replay")}
          </Button>
        </>
      }
    >
      <Shown query={deliveries} rows={5}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          if (found.length > 0) {
            return (
              <>
                <List deliveries={found} onReplay={endpoint.is_active ? (one) => void replay(one) : undefined} />
                <More list={deliveries} />
              </>
            );
          }
          return state === ANY ? (
            <Empty title={t("webhooks.deliveries_none")}>{t("webhooks.deliveries_none_detail")}</Empty>
          ) : (
            <Empty title={t("webhooks.deliveries_none_such")} />
          );
        }}
      </Shown>
      {isReplaying && (
        <ReplayDialog
          endpoint={endpoint}
          onClose={() => setReplaying(false)}
          onReplayed={() => setSentAgain((before) => before + 1)}
        />
      )}
    </Panel>
  );
}

/** Whether a count grew just now. */
function useForAWhile(count: number): boolean {
  const [ended, setEnded] = useState(0);
  useEffect(() => {
    if (count === 0) return undefined;
    const timer = setTimeout(() => setEnded(count), WATCHED_MS);
    return () => clearTimeout(timer);
  }, [count]);
  return count > ended;
}

/** Counts of what waits and was given up stand above the list, and are read as often as it. */
function useBacklogReadAlong(endpointId: string, readAt: number): void {
  const client = useQueryClient();
  useEffect(() => {
    const { queryKey } = $api.queryOptions("get", "/api/v1/webhooks/{endpoint_id}", {
      params: { path: { endpoint_id: endpointId } },
    });
    if (readAt > 0) void client.invalidateQueries({ queryKey });
  }, [client, endpointId, readAt]);
}

function List({
  deliveries,
  onReplay,
}: {
  deliveries: readonly DeliveryOut[];
  onReplay: ((delivery: DeliveryOut) => void) | undefined;
}) {
  const { t } = useTranslation();
  const now = useNow();
  const texts = useKindTexts();
  return (
    <Table
      label={t("webhooks.deliveries")}
      rows={deliveries}
      idOf={(one) => String(one.position)}
      columns={[
        {
          id: "event",
          label: t("webhooks.event"),
          isName: true,
          cell: (one) => (
            <>
              <b>{texts.kind(one.kind)}</b>
              <span className={styles.detail} title={one.event_id}>
                {one.subject}
              </span>
            </>
          ),
        },
        {
          id: "state",
          label: t("webhooks.state"),
          width: "112px",
          cell: (one) => <DeliveryBadge state={one.state} />,
        },
        { id: "response", label: t("webhooks.response"), cell: (one) => <Response delivery={one} /> },
        {
          id: "attempts",
          label: t("webhooks.attempts"),
          isOptional: true,
          isNumber: true,
          width: "96px",
          cell: (one) => one.attempts,
        },
        {
          id: "last",
          label: t("webhooks.last_attempt"),
          isOptional: true,
          width: "200px",
          cell: (one) => (
            <>
              {one.last_attempt_at ? (
                <time dateTime={one.last_attempt_at}>{moment(one.last_attempt_at)}</time>
              ) : (
                "–"
              )}
              {one.state === "waiting" && one.attempts > 0 && (
                <span className={styles.detail}>
                  {t("webhooks.next_attempt", { when: relative(one.try_at, now) })}
                </span>
              )}
            </>
          ),
        },
        {
          id: "replay",
          label: t("webhooks.replay_one"),
          isLabelHidden: true,
          width: "64px",
          cell: (one) =>
            onReplay && (
              <IconButton
                label={t("webhooks.replay_one_of", {
                  kind: texts.kind(one.kind),
                  when: one.last_attempt_at ? moment(one.last_attempt_at) : "–",
                })}
                onPress={() => onReplay(one)}
              >
                <RotateCw size={14} aria-hidden="true" />
              </IconButton>
            ),
        },
      ]}
    />
  );
}

function Response({ delivery }: { delivery: DeliveryOut }) {
  const { t } = useTranslation();
  if (delivery.last_status === null && !delivery.last_error) return t("webhooks.no_response");
  return (
    <>
      {delivery.last_status !== null && <span>{t("webhooks.status", { status: delivery.last_status })}</span>}
      {delivery.last_error && <span className={styles.detail}>{delivery.last_error}</span>}
    </>
  );
}
