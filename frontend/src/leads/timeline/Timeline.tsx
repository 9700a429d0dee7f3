// One timeline of everything that happened with a person, the newest first; each deed once, in its latest form.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  ArrowRightLeft,
  CalendarCheck,
  CalendarX,
  CircleCheck,
  CircleSlash,
  ClipboardCheck,
  GitMerge,
  Handshake,
  type LucideIcon,
  Mail,
  MailOpen,
  Megaphone,
  MessageSquare,
  Paperclip,
  Phone,
  PhoneIncoming,
  Recycle,
  RotateCcw,
  Share2,
  Smartphone,
  StickyNote,
  Target,
  TriangleAlert,
  UserPlus,
  Video,
} from "lucide-react";
import type { TFunction } from "i18next";
import { createElement, Fragment, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import type { ActivityOut, Kind, MomentOut, PageMomentOut } from "~/api/schema";
import { day, duration, moment, relative } from "~/i18n/time";
import { useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Badge } from "~/kit/Panel";
import { Empty, Failed, Loading } from "~/kit/states";
import { useCampaigns } from "~/leads/useCampaigns";
import { FileLink } from "~/mail/inbox/FileLink";
import styles from "./Timeline.module.css";

const RecordedCall = lazy(async () => ({ default: (await import("~/voice/RecordedCall")).RecordedCall }));

const PAGE = 50;

/** How the timeline of a person is read; also ahead of its screen. */
export function timelineQuery(personId: string) {
  const path = { person_id: personId };
  return {
    queryKey: ["get", "/api/v1/persons/{person_id}/timeline", { params: { path } }] as const,
    queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) => {
      const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) };
      const sent = { params: { path, query }, signal };
      return answer<PageMomentOut>(api.GET("/api/v1/persons/{person_id}/timeline", sent));
    },
    initialPageParam: "",
    getNextPageParam: (page: PageMomentOut) => page.next_cursor ?? undefined,
  };
}

export function Timeline({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const read = useInfiniteQuery(timelineQuery(personId));
  if (read.error && !read.data) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <Loading rows={5} />;
  const items = read.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title={t("timeline.empty")}>{t("timeline.empty_detail")}</Empty>;
  return (
    <>
      <ol className={styles.timeline}>
        {items.map((one) => (
          <Entry key={one.id} item={one} />
        ))}
      </ol>
      {read.hasNextPage && (
        <div className={styles.more}>
          <Button look="quiet" onPress={() => void read.fetchNextPage()} isPending={read.isFetchingNextPage}>
            {t("timeline.earlier")}
          </Button>
        </div>
      )}
    </>
  );
}

const ACTIVITY_ICONS: Record<Kind, LucideIcon> = {
  call: Phone,
  email: Mail,
  meeting: Video,
  chat: MessageSquare,
  sms: Smartphone,
  social: Share2,
  note: StickyNote,
};

const INBOUND_ICONS: Partial<Record<Kind, LucideIcon>> = { call: PhoneIncoming, email: MailOpen };

const ICONS: Record<MomentOut["kind"], LucideIcon> = {
  "activity.logged": StickyNote,
  "response.received": Megaphone,
  "lead.opened": UserPlus,
  "lead.became_mql": Target,
  "lead.assigned": ArrowRightLeft,
  "lead.answered": ClipboardCheck,
  "lead.handed_off": Handshake,
  "lead.accepted": CircleCheck,
  "lead.rejected": CircleSlash,
  "lead.withdrawn": RotateCcw,
  "lead.confirmed": CircleCheck,
  "lead.recycled": Recycle,
  "lead.disqualified": CircleSlash,
  "lead.reopened": RotateCcw,
  "meeting.booked": CalendarCheck,
  "meeting.held": CalendarCheck,
  "meeting.missed": CalendarX,
  "meeting.cancelled": CalendarX,
  "meeting.rescheduled": CalendarCheck,
  "sla.breached": TriangleAlert,
  "person.merged": GitMerge,
  "person.unmerged": GitMerge,
};

function iconOf(item: MomentOut): LucideIcon {
  if (!item.activity) return ICONS[item.kind];
  const { kind, direction } = item.activity;
  return (direction === "inbound" && INBOUND_ICONS[kind]) || ACTIVITY_ICONS[kind];
}

function Entry({ item }: { item: MomentOut }) {
  const users = useUsers();
  const whoId = item.activity?.user_id ?? item.actor_id;
  const who = whoId ? users.get(whoId)?.name : undefined;
  return (
    <li className={styles.entry}>
      <span className={styles.icon}>{createElement(iconOf(item), { size: 14, "aria-hidden": true })}</span>
      <div className={styles.what}>
        {item.activity ? <Logged entry={item.activity} was={item.was} /> : <Happened item={item} />}
        <p className={styles.meta}>
          {who && `${who} · `}
          <time dateTime={item.at} title={moment(item.at)}>
            {relative(item.at)}
          </time>
        </p>
      </div>
    </li>
  );
}

function titleOf(entry: ActivityOut, t: TFunction): string {
  if (entry.kind === "email" && entry.direction === "inbound" && !entry.disposition) return t("timeline.wrote");
  return entry.disposition ? t(`disposition.${entry.disposition}`) : t(`kind.${entry.kind}`);
}

function Logged({ entry, was }: { entry: ActivityOut; was: ActivityOut | null }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles.title}>
        <b>{titleOf(entry, t)}</b>
        {entry.is_conversation && <Badge tone="ok">{t("timeline.conversation")}</Badge>}
        {entry.seconds !== null && entry.seconds > 0 && (
          <span className={styles.meta}>{duration(entry.seconds)}</span>
        )}
        {was && <Badge>{t("timeline.corrected", { was: titleOf(was, t) })}</Badge>}
      </p>
      {entry.subject && <p className={styles.subject}>{entry.subject}</p>}
      {entry.body && <p className={styles.body}>{entry.body}</p>}
      {Array.isArray(entry.data.files) && (
        <p className={styles.meta}>
          <Paperclip size={12} aria-hidden="true" />
          <FileNames names={entry.data.files} ids={entry.data.file_ids} />
        </p>
      )}
      {text(entry.data.conversation_id) && (
        <p className={styles.meta}>
          <Link to="/inbox" search={{ open: text(entry.data.conversation_id) ?? "" }}>
            {t("timeline.read_mail")}
          </Link>
        </p>
      )}
      {entry.kind === "call" && text(entry.data.call_id) && (
        <Suspense fallback={null}>
          <RecordedCall callId={text(entry.data.call_id) ?? ""} personId={entry.person_id} />
        </Suspense>
      )}
    </>
  );
}

/** Files of a mail by their names; those that came in and are kept can be saved. */
function FileNames({ names, ids }: { names: unknown[]; ids: unknown }) {
  return names.map((name, place) => {
    const id = Array.isArray(ids) ? text(ids[place]) : undefined;
    return (
      <Fragment key={place}>
        {place > 0 && " ·"} {id ? <FileLink id={id} name={String(name)} /> : String(name)}
      </Fragment>
    );
  });
}

/** An id in the event's data, if it is one. */
function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function Happened({ item }: { item: MomentOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const campaigns = useCampaigns();
  const nameOf = (id: unknown) => users.get(text(id) ?? "")?.name ?? t("lead.nobody");
  const campaign = campaigns.get(item.response?.campaign_id ?? text(item.data.campaign_id) ?? "")?.name;
  const reason = text(item.data.reason)?.replaceAll("_", " ");
  const meetingAt = text(item.data.meeting_at);
  const until = text(item.data.until);
  return (
    <>
      <p className={styles.title}>
        <b>
          {t(`moment.${item.kind.replace(".", "_") as Flat<MomentOut["kind"]>}`, {
            rep: nameOf(item.data.rep_id),
            ae: nameOf(item.data.ae_id ?? item.data.host_id),
            campaign: campaign ?? t("table.outbound"),
          })}
        </b>
      </p>
      {item.response?.content && <p className={styles.body}>{item.response.content}</p>}
      {item.response?.source && <p className={styles.meta}>{item.response.source}</p>}
      {reason && <p className={styles.body}>{t("timeline.because", { reason })}</p>}
      {until && <p className={styles.meta}>{t("timeline.until", { day: day(until) })}</p>}
      {meetingAt && <p className={styles.meta}>{t("timeline.meeting", { when: moment(meetingAt) })}</p>}
      {item.answers.length > 0 && (
        <dl className={styles.answers}>
          {item.answers.map((one) => (
            <div key={one.question}>
              <dt>{one.text || one.question}</dt>
              <dd>{saidOf(one.value, t)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

type Flat<Name extends string> = Name extends `${infer Family}.${infer Rest}` ? `${Family}_${Rest}` : never;

function saidOf(value: unknown, t: TFunction): string {
  if (value === null || value === undefined) return t("timeline.unknown");
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return typeof value === "string" ? value.replaceAll("_", " ") : JSON.stringify(value);
}
