// Notes and how the touch ended. A digit logs the call with the notes and the time talked, and shows the next lead.
//
// A call by the workbench's phone is logged as that call: while it runs a digit only marks how it will end; when it is
// over what happened suggests how it ended, and one key logs it so. Where there is no telephone the stopwatch stands in.

import { type InfiniteData, useMutation } from "@tanstack/react-query";
import { Phone, StickyNote } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { queryClient, readAgain, readWhenShown } from "~/api/query";
import type {
  ActivityOut,
  Disposition,
  LeadOut,
  MomentOut,
  NewActivityIn,
  PageMomentOut,
  PersonOut,
} from "~/api/schema";
import { duration } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button, Kbd } from "~/kit/Button";
import { TextAreaField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { useDraft } from "~/kit/useDraft";
import { timelineQuery } from "~/leads/timeline/Timeline";
import { useShortcuts } from "~/shell/keys";
import { logCall as logTheCall } from "~/voice/calling";
import { CallBackDialog } from "./CallBackDialog";
import styles from "./Composer.module.css";
import { CallButton, useLeadDial } from "./CallButton";
import { type LeadCall, useCallNotes } from "./useLeadCall";
import { useStopwatch } from "./useStopwatch";

/** The dispositions of a call in the order of their digits: what happens most often first. */
const DIGITS: readonly Disposition[] = [
  "no_answer",
  "left_voicemail",
  "gatekeeper",
  "busy",
  "conversation",
  "call_back",
  "not_interested",
  "wrong_number",
  "do_not_call",
];

/** After these the rep stays: there is something to qualify, or to hand off. */
const STAYS: ReadonlySet<Disposition> = new Set(["conversation", "meeting_booked", "connected"]);

/** An entry as the timeline tells it, until that is read again. */
function momentOf(entry: ActivityOut): MomentOut {
  const { id, at, lead_id, user_id } = entry;
  const told = { id, at, lead_id, actor_id: user_id, kind: "activity.logged" as const };
  return { ...told, activity: entry, was: null, response: null, answers: [], data: {} };
}

/** What is logged: a touch in the rep's word, or the call that the phone made. */
type Entry =
  { body: NewActivityIn } | { callId: string; disposition: Disposition; callBackAt: string | undefined };

export function Composer({
  lead,
  person,
  call,
  onLogged,
}: {
  lead: LeadOut;
  person: PersonOut;
  call: LeadCall;
  onLogged: () => void;
}) {
  const { t } = useTranslation();
  const draft = useDraft(`note.${lead.id}`);
  const area = useRef<HTMLTextAreaElement>(null);
  const watch = useStopwatch(lead.id);
  const [isCallingBack, setCallingBack] = useState(false);
  const mayCall = useMay("calls:place");
  const callId = call.running?.id ?? call.waitingId;
  const notes = useCallNotes(callId, draft.text);
  /** How the running call will be said to have ended. */
  const [marked, setMarked] = useState<{ callId: string; disposition: Disposition } | null>(null);
  const outcome = (marked && marked.callId === callId ? marked.disposition : null) ?? call.suggested;
  const telephone = $api.useQuery("get", "/api/v1/telephone", {}, { enabled: mayCall, staleTime: 60_000 });
  const hasPhone = mayCall && telephone.data?.state === "ready";
  const { dialNumber } = useLeadDial(lead, person);
  const known = $api.useQuery(
    "get",
    "/api/v1/dispositions",
    { params: { query: { limit: 200 } } },
    { staleTime: 60 * 60_000 },
  );
  const meanings = new Map(known.data?.items.map((one) => [one.disposition, one.meaning]));

  const log = useMutation({
    mutationFn: (made: Entry) =>
      "body" in made
        ? answer<ActivityOut>(api.POST("/api/v1/activities", { body: made.body }))
        : logTheCall(made.callId, {
            disposition: made.disposition,
            notes: draft.text,
            ...(made.callBackAt && { call_back_at: made.callBackAt }),
          }),
    onSuccess: (entry, made) => {
      const isOver = entry.kind === "call" && entry.disposition && !STAYS.has(entry.disposition);
      // First of all: the rep waits for the next lead and no longer for this one.
      if (isOver) onLogged();
      draft.discard();
      watch.stop();
      showAtOnce(entry);
      const again = isOver ? readWhenShown : readAgain;
      void again(["/api/v1/leads/{lead_id}"], lead.id);
      void again(["/api/v1/persons/{person_id}/timeline"], lead.person_id);
      void readAgain(["/api/v1/queue", "/api/v1/goals/progress"]);
      if ("callId" in made) void readAgain(["/api/v1/calls"]);
      const told = entry.disposition ? t(`disposition.${entry.disposition}`) : t(`kind.${entry.kind}`);
      tell(t("composer.logged", { what: told }), () => void undo(entry));
    },
  });

  /** Show the entry before it is read again. */
  function showAtOnce(entry: ActivityOut): void {
    const { queryKey } = timelineQuery(lead.person_id);
    queryClient.setQueryData<InfiniteData<PageMomentOut>>(queryKey, (before) => {
      const [first, ...rest] = before?.pages ?? [];
      return before && first
        ? { ...before, pages: [{ ...first, items: [momentOf(entry), ...first.items] }, ...rest] }
        : before;
    });
  }

  /** Entries are never taken away: a mistaken touch becomes a note, and the lead is counted again. */
  async function undo(entry: ActivityOut): Promise<void> {
    const body = { kind: "note" as const, direction: "internal" as const, disposition: null, seconds: null };
    const path = { activity_id: entry.id };
    await answer(api.POST("/api/v1/activities/{activity_id}/correct", { params: { path }, body }));
    if (entry.body) draft.write(entry.body);
    await readAgain(["/api/v1/leads", "/api/v1/persons/{person_id}/timeline", "/api/v1/queue", "/api/v1/goals"]);
  }

  function logCall(disposition: Disposition, callBackAt?: string): void {
    if (log.isPending) return;
    if (call.waitingId) {
      log.mutate({ callId: call.waitingId, disposition, callBackAt });
      return;
    }
    const seconds = watch.seconds();
    const body: NewActivityIn = { kind: "call", lead_id: lead.id, disposition, ...written() };
    log.mutate({
      body: { ...body, ...(seconds !== null && { seconds }), ...(callBackAt && { call_back_at: callBackAt }) },
    });
  }

  function written(): Pick<NewActivityIn, "body" | "subject" | "data"> {
    return { body: draft.text, subject: "", data: {} };
  }

  function choose(disposition: Disposition): void {
    if (call.running) setMarked({ callId: call.running.id, disposition });
    else if (disposition === "call_back") setCallingBack(true);
    else logCall(disposition);
  }

  function logOther(kind: "note" | "email"): void {
    if (log.isPending || (kind === "note" && !draft.text.trim())) return;
    const sent = kind === "email" ? { disposition: "sent" as const } : {};
    log.mutate({ body: { kind, lead_id: lead.id, ...written(), ...sent } });
  }

  function dialOrTime(): void {
    if (!hasPhone) watch.toggle();
    else if (!call.running) dialNumber();
  }

  function finish(): void {
    if (call.waitingId && outcome) choose(outcome);
    else logOther("note");
  }

  const group = t("composer.keys");
  useShortcuts([
    ...DIGITS.map((one, place) => ({
      keys: String(place + 1),
      label: t(`disposition.${one}`),
      group,
      run: () => choose(one),
    })),
    ...DIGITS.map((one, place) => ({
      keys: `Alt+${place + 1}`,
      label: t("composer.while_typing", { what: t(`disposition.${one}`) }),
      group,
      isEverywhere: true,
      run: () => choose(one),
    })),
    { keys: "e", label: t("composer.focus"), group, run: () => area.current?.focus() },
    { keys: "c", label: t("composer.call"), group, run: dialOrTime },
    { keys: "Shift+M", label: t("composer.email"), group, run: () => logOther("email") },
    ...(call.waitingId && outcome
      ? [{ keys: "w", label: t("composer.log_as", { what: t(`disposition.${outcome}`) }), group, run: finish }]
      : []),
    { keys: "$mod+Enter", label: t("composer.note"), group, isEverywhere: true, run: finish },
  ]);

  return (
    <section className={styles.composer} aria-label={t("composer.title")}>
      <TextAreaField
        label={t("composer.notes")}
        isLabelHidden
        placeholder={t("composer.placeholder")}
        value={draft.text}
        onChange={draft.write}
        rows={3}
        maxLength={100_000}
        areaRef={area}
        onKeyDown={(event) => event.key === "Escape" && area.current?.blur()}
      />
      <FormProblem error={log.error} />
      {call.waitingId && (
        <div className={styles.ended} role="status">
          <p>
            {call.seconds === null ? t("composer.over") : t("composer.ended", { time: duration(call.seconds) })}{" "}
            {outcome ? t("composer.suggested", { what: t(`disposition.${outcome}`) }) : t("composer.how")}
          </p>
          {outcome && (
            <Button look="primary" keys="w" onPress={finish} isPending={log.isPending}>
              {t("composer.log_as", { what: t(`disposition.${outcome}`) })}
            </Button>
          )}
        </div>
      )}
      {callId && notes === "failing" && <p className={styles.unsaved}>{t("composer.unsaved")}</p>}
      <div className={styles.row}>
        {hasPhone ? (
          <CallButton lead={lead} person={person} running={call.running} />
        ) : (
          <Button look={watch.isRunning ? "primary" : "plain"} keys="c" onPress={watch.toggle}>
            <Phone size={14} aria-hidden="true" />
            {watch.isRunning ? duration(watch.shown) : t("composer.call")}
          </Button>
        )}
        <Button keys="Shift+M" onPress={() => logOther("email")}>
          {t("composer.email")}
        </Button>
        <Button onPress={() => logOther("note")} isDisabled={!draft.text.trim()} keys="$mod+Enter">
          <StickyNote size={14} aria-hidden="true" /> {t("composer.note")}
        </Button>
      </div>
      <fieldset className={styles.dispositions}>
        <legend className="visually-hidden">{t("composer.how")}</legend>
        {DIGITS.map((one, place) => (
          <button
            key={one}
            type="button"
            className={styles.disposition}
            aria-pressed={callId ? outcome === one : undefined}
            title={meanings.get(one) ?? ""}
            onClick={() => choose(one)}
          >
            <Kbd keys={String(place + 1)} /> {t(`disposition.${one}`)}
          </button>
        ))}
      </fieldset>
      {isCallingBack && (
        <CallBackDialog
          zone={lead.time_zone}
          onClose={() => setCallingBack(false)}
          onChosen={(at) => {
            setCallingBack(false);
            logCall("call_back", at);
          }}
        />
      )}
    </section>
  );
}
