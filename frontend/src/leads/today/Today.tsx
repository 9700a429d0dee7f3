// The rep's day: whom to touch next and why, what was promised, and how one's own goals stand.

import { useNavigate } from "@tanstack/react-router";
import { PhoneOff, Play } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { QueueItemOut } from "~/api/schema";
import { GoalList } from "~/goals/GoalList";
import { moment, relative } from "~/i18n/time";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { Due } from "~/leads/Due";
import { StageBadge } from "~/leads/StageBadge";
import { readNextAhead, useNextLead } from "~/leads/useNextLead";
import { useShortcuts } from "~/shell/keys";
import styles from "./Today.module.css";

const PowerSwitch = lazy(async () => ({ default: (await import("~/voice/PowerSwitch")).PowerSwitch }));

const SHOWN = 30;

export function Today() {
  const mayWork = useMay("leads:work");
  return mayWork ? <Day /> : <NotAllowed />;
}

function Day() {
  const { t } = useTranslation();
  const me = useMe();
  const mayCall = useMay("calls:place");
  const { next, isPending } = useNextLead();
  const queue = $api.useQuery("get", "/api/v1/queue", { params: { query: { limit: SHOWN } } });
  const goals = $api.useQuery("get", "/api/v1/goals/progress", { params: { query: { user_id: me.id } } });
  useEffect(() => void readNextAhead().catch(() => undefined), []);
  useShortcuts([{ keys: "n", label: t("today.next"), group: t("places.today"), run: next }]);

  return (
    <Screen
      title={t("today.title", { name: me.name.split(" ")[0] })}
      detail={t("today.detail")}
      actions={
        <Button look="primary" keys="n" onPress={next} isPending={isPending}>
          <Play size={14} aria-hidden="true" /> {t("today.next")}
        </Button>
      }
    >
      <div className={styles.columns}>
        <Panel title={t("today.queue")} isFlush>
          <Shown query={queue} rows={8}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("today.empty")}>{t("today.empty_detail")}</Empty>
              ) : (
                <ol className={styles.queue}>
                  {items.map((item) => (
                    <QueueRow key={item.lead.id} item={item} />
                  ))}
                </ol>
              )
            }
          </Shown>
        </Panel>
        <div className={styles.side}>
          {mayCall && (
            <Suspense fallback={null}>
              <PowerSwitch />
            </Suspense>
          )}
          <Panel title={t("today.goals")}>
            <Shown query={goals}>{({ items }) => <GoalList goals={items} />}</Shown>
          </Panel>
        </div>
      </div>
    </Screen>
  );
}

function QueueRow({ item }: { item: QueueItemOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { lead, contact } = item;
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        onClick={() => void navigate({ to: "/leads/$leadId", params: { leadId: lead.id } })}
      >
        <span className={styles.score} title={t("today.points")}>
          {Math.round(item.points)}
        </span>
        <span className={styles.who}>
          <span className={styles.name}>{contact.name ?? contact.emails[0] ?? contact.phones[0]}</span>
          <span className={styles.detail}>{[contact.title, contact.company].filter(Boolean).join(" · ")}</span>
        </span>
        <span className={styles.reasons}>
          {item.reasons.slice(0, 3).map((one) => (
            <span key={one.kind} className={styles.reason}>
              {one.kind === "replied" && lead.next_touch_at
                ? t("today.replied", { when: relative(lead.next_touch_at) })
                : one.text}
            </span>
          ))}
        </span>
        <span className={styles.marks}>
          {lead.due_at && <Due at={lead.due_at} />}
          {lead.next_touch_at && !lead.due_at && (
            <Badge>
              <time dateTime={lead.next_touch_at} title={moment(lead.next_touch_at)}>
                {relative(lead.next_touch_at)}
              </time>
            </Badge>
          )}
          <StageBadge stage={lead.stage} />
          {!item.may_call && (
            <Badge tone="warn">
              <PhoneOff size={12} aria-hidden="true" /> {t("today.no_call")}
            </Badge>
          )}
        </span>
      </button>
    </li>
  );
}
