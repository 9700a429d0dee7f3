// One's calls, the newest first: all, those that were missed, and the messages that callers left. Links of other programs
// (tel:, web+tel:) end here, with the number to be dialled.

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { PhoneForwarded, PhoneIncoming, PhoneMissed, PhoneOutgoing, Voicemail } from "lucide-react";
import { createElement, lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CallOut, CallsPage, Disposition } from "~/api/schema";
import { duration, moment, relative } from "~/i18n/time";
import { useMay, useMe, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { More } from "~/kit/More";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, Failed, Loading, NotAllowed } from "~/kit/states";
import { openDialler } from "../bar/dialler";
import { dial, logCall, useCalling } from "../calling";
import { useMayListen } from "../listening";
import { usePhone } from "../phone/phone";
import styles from "./Calls.module.css";
import { WhoDialog } from "./WhoDialog";
import { CALLS_SHOWN, type CallsShown } from "./shown";

const Player = lazy(async () => ({ default: (await import("../Player")).Player }));

const PAGE = 50;

export function Calls() {
  const mayCall = useMay("calls:place");
  const mayRead = useMay("leads:read");
  return mayCall || mayRead ? <Lists /> : <NotAllowed />;
}

function Lists() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { show = "mine", dial: asked } = useSearch({ from: "/signed-in/calls" });
  useEffect(() => {
    if (asked === undefined) return;
    openDialler(numberOf(asked));
    void navigate({ to: "/calls", search: show === "mine" ? {} : { show }, replace: true });
  }, [asked, navigate, show]);
  return (
    <Screen title={t("places.calls")} detail={t("calls.detail")}>
      <nav aria-label={t("places.calls")} className={styles.tabs}>
        {CALLS_SHOWN.map((one) => (
          <Link
            key={one}
            to="/calls"
            search={one === "mine" ? {} : { show: one }}
            aria-current={one === show ? "page" : undefined}
            className={styles.tab}
          >
            {t(`calls.${one}`)}
          </Link>
        ))}
      </nav>
      <Panel isFlush label={t(`calls.${show}`)}>
        <List key={show} show={show} />
      </Panel>
    </Screen>
  );
}

/** The number of a tel: link. */
export function numberOf(link: string): string {
  return (
    decodeURIComponent(link)
      .replace(/^(web\+)?tel:(\/\/)?/, "")
      .split(/[;?]/)[0] ?? ""
  );
}

function List({ show }: { show: CallsShown }) {
  const { t } = useTranslation();
  const me = useMe();
  const query = {
    owner_id: me.id,
    limit: PAGE,
    ...(show === "missed" && { are_missed: true }),
    ...(show === "messages" && { are_messages: true }),
  };
  const list = useInfiniteQuery({
    queryKey: ["get", "/api/v1/calls", { params: { query } }],
    queryFn: ({ pageParam }) =>
      answer<CallsPage>(
        api.GET("/api/v1/calls", { params: { query: { ...query, ...(pageParam && { cursor: pageParam }) } } }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (list.error && !list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Loading rows={6} />;
  const calls = list.data.pages.flatMap((page) => page.items);
  if (calls.length === 0) return <Empty title={t(`calls.none.${show}`)}>{t(`calls.none_detail.${show}`)}</Empty>;
  return (
    <>
      <ul className={styles.calls}>
        {calls.map((one) => (
          <Row key={one.id} call={one} isMessages={show === "messages"} />
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function iconOf(call: CallOut) {
  if (call.is_message) return Voicemail;
  if (call.direction === "outbound") return PhoneOutgoing;
  return isMissed(call) ? PhoneMissed : PhoneIncoming;
}

/** Nobody took it: that the greeting was heard does not count. */
function isMissed(call: CallOut): boolean {
  return call.ended_at !== null && call.parts.length === 0;
}

function Row({ call, isMessages }: { call: CallOut; isMessages: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const mayCall = useMay("calls:place");
  const { isPlacing } = useCalling();
  const { call: running } = usePhone();
  const mayListen = useMayListen(call);
  const part = call.parts.find((one) => one.user_id === me.id);
  const isWaiting = part?.suggested != null && part.activity_id === null;
  const colleague = call.is_internal ? call.parts.find((one) => one.user_id !== me.id) : undefined;
  const named = call.person_name ?? (colleague && users.get(colleague.user_id)?.name);
  const name = named ?? call.number ?? t("incoming.unknown");
  const number = call.number;
  return (
    <li className={styles.call}>
      <span className={styles.icon}>{createElement(iconOf(call), { size: 16, "aria-hidden": true })}</span>
      <div className={styles.about}>
        <p className={styles.who}>
          <Who call={call} name={name} />
          {named && <span className={styles.faint}>{call.number}</span>}
          <Badge>{t(kindOf(call))}</Badge>
          {isWaiting && <Badge tone="warn">{t("calls.unlogged")}</Badge>}
        </p>
        <p className={styles.faint}>
          <time dateTime={call.opened_at} title={moment(call.opened_at)}>
            {relative(call.opened_at)}
          </time>
          {part && part.seconds > 0 && ` · ${duration(part.seconds)}`}
        </p>
        <Waiting call={call} suggested={isWaiting ? (part.suggested as Disposition) : null} />
        {call.has_recording && mayListen && (
          <Suspense fallback={<Loading rows={1} />}>
            <Player callId={call.id} isOpen={isMessages} />
          </Suspense>
        )}
      </div>
      {mayCall && number && (
        <Button
          onPress={() =>
            void dial({
              number,
              name,
              ...(call.lead_id && { lead_id: call.lead_id }),
              ...(call.person_id && { person_id: call.person_id }),
            })
          }
          isDisabled={isPlacing || running !== null}
        >
          <PhoneForwarded size={14} aria-hidden="true" />{" "}
          {t(call.direction === "inbound" ? "calls.call_back" : "calls.again")}
          <span className="visually-hidden"> {name}</span>
        </Button>
      )}
    </li>
  );
}

/** What is still to be said of a call: who it was, and how it ended. */
function Waiting({ call, suggested }: { call: CallOut; suggested: Disposition | null }) {
  const { t } = useTranslation();
  const mayWork = useMay("leads:work");
  const [isAsking, setAsking] = useState(false);
  const log = useMutation({
    mutationFn: (disposition: Disposition) => logCall(call.id, { disposition }),
    onSuccess: () => {
      void readAgain(["/api/v1/calls", "/api/v1/leads", "/api/v1/queue", "/api/v1/goals"]);
      tell(t("saved"));
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });
  const isUnknown = call.person_id === null && !call.is_internal;
  if (!suggested && !(isUnknown && mayWork)) return null;
  return (
    <div className={styles.deeds}>
      {isUnknown
        ? mayWork && <Button onPress={() => setAsking(true)}>{t("calls.who")}</Button>
        : suggested && (
            <Button onPress={() => log.mutate(suggested)} isPending={log.isPending}>
              {t("composer.log_as", { what: t(`disposition.${suggested}`) })}
            </Button>
          )}
      {isAsking && <WhoDialog call={call} onClose={() => setAsking(false)} />}
    </div>
  );
}

function kindOf(call: CallOut) {
  if (call.is_message) return "calls.kind.message";
  if (call.direction === "outbound") return call.answered_at ? "calls.kind.out" : "calls.kind.out_unanswered";
  return isMissed(call) ? "calls.kind.missed" : "calls.kind.in";
}

function Who({ call, name }: { call: CallOut; name: string }) {
  if (call.lead_id) {
    return (
      <Link to="/leads/$leadId" params={{ leadId: call.lead_id }}>
        {name}
      </Link>
    );
  }
  if (!call.person_id) return <b>{name}</b>;
  return (
    <Link to="/people/$personId" params={{ personId: call.person_id }}>
      {name}
    </Link>
  );
}
