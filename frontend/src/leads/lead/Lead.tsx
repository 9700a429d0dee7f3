// The lead on one screen: who they are and why now, all that happened, the guided qualification beside the notes, and
// every next step in one keystroke.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ChevronsRight, MailOpen } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, Problem } from "~/api/client";
import type { LeadOut, PersonOut } from "~/api/schema";
import { withTexts } from "~/i18n/late";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Empty, Failed, Loading, Shown } from "~/kit/states";
import { Due } from "~/leads/Due";
import { HandOffDialog } from "~/leads/handoffs/HandOffDialog";
import { StageBadge } from "~/leads/StageBadge";
import { Timeline } from "~/leads/timeline/Timeline";
import { leadQueries, personQueries, readNextAhead, useNextLead } from "~/leads/useNextLead";
import { useShortcuts } from "~/shell/keys";
import { CloseDialog } from "./CloseDialog";
import { Composer } from "./Composer";
import styles from "./Lead.module.css";
import { PowerStrip } from "./PowerStrip";
import { Qualification } from "./Qualification";
import { SnoozeDialog } from "./SnoozeDialog";
import { useLeadCall } from "./useLeadCall";
import { Responses, ScoreFacts, Who } from "./Who";

// What templates may name is told in the texts of templates.
const loadWriting = withTexts(["mail", "writing"], () => import("~/mail/writing/WriteDialog"));
const WriteDialog = lazy(async () => ({ default: (await loadWriting()).WriteDialog }));
const loadUnderWay = withTexts(["writing"], () => import("~/mail/writing/UnderWay"));
const UnderWay = lazy(async () => ({ default: (await loadUnderWay()).UnderWay }));
const loadCadences = withTexts(["cadences"], () => import("~/cadences/LeadCadences"));
const LeadCadences = lazy(async () => ({ default: (await loadCadences()).LeadCadences }));

const WORKABLE = new Set(["mql", "working"]);

export function Lead() {
  const { leadId } = useParams({ from: "/signed-in/leads/$leadId" });
  const lead = useQuery(leadQueries(leadId).lead);
  if (lead.error && !lead.data) return <Failed error={lead.error} onRetry={() => void lead.refetch()} />;
  if (!lead.data) return <Loading rows={8} />;
  return <LeadOfPerson key={leadId} lead={lead.data} />;
}

function LeadOfPerson({ lead }: { lead: LeadOut }) {
  const person = useQuery(personQueries(lead.person_id).person);
  if (person.error && !person.data) return <Failed error={person.error} onRetry={() => void person.refetch()} />;
  if (!person.data) return <Loading rows={8} />;
  return <Desk lead={lead} person={person.data} />;
}

type Step = "write" | "hand_off" | "snooze" | "recycle" | "disqualify";

function Desk({ lead, person }: { lead: LeadOut; person: PersonOut }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayWork = useMay("leads:work");
  const mayAssign = useMay("leads:assign");
  const { next, isPending } = useNextLead();
  const [step, setStep] = useState<Step | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const queries = leadQueries(lead.id);
  const responses = useQuery(queries.responses);
  const qualification = useQuery(queries.qualification);
  // The reasons that dialogs offer are there before a dialog is: digits may follow its key at once.
  $api.useQuery("get", "/api/v1/reasons", { params: { query: { limit: 200 } } }, { enabled: mayWork });
  const isWorkable = WORKABLE.has(lead.stage);
  const isMine = lead.owner_id === null || lead.owner_id === me.id;
  const mayAct = mayWork && isWorkable && isMine;
  // Notes and the outcome belong to the call, also once the lead is handed off, or where it is a colleague's.
  const call = useLeadCall(lead.id);
  const hasCall = call.running !== null || call.waitingId !== null;
  const maySend = useMay("mail:send");
  const mayDecide = useMay("handoffs:decide");
  const mayWrite = maySend && (mayAct || (mayDecide && !mayWork));
  const close = () => setStep(null);

  useEffect(() => {
    heading.current?.focus();
    if (mayWork) void readNextAhead(lead.id).catch(() => undefined);
  }, [lead.id, mayWork]);
  useEffect(() => {
    // There before it is asked for, so that no letter typed after its key is lost.
    if (mayWrite) void loadWriting().catch(() => undefined);
  }, [mayWrite]);

  const group = t("lead.keys");
  const write = { keys: "m", label: t("composer.write"), group, run: () => setStep("write") };
  const steps = mayAct
    ? [
        { keys: "h", label: t("hand_off.do"), group, run: () => setStep("hand_off") },
        { keys: "s", label: t("snooze.do"), group, run: () => setStep("snooze") },
        { keys: "r", label: t("recycle.do"), group, run: () => setStep("recycle") },
        { keys: "x", label: t("disqualify.do"), group, run: () => setStep("disqualify") },
      ]
    : [];
  // While one talks, its key is the phone's.
  const writing = mayWrite && !call.running ? [write] : [];
  const navigate = useNavigate();
  const awaits = lead.next_touch_because === "replied";
  const answer = {
    keys: "a",
    label: t("lead.answer"),
    group,
    run: () => void navigate({ to: "/inbox", search: { lead: lead.id } }),
  };
  useShortcuts([
    ...writing,
    ...(mayWrite && awaits ? [answer] : []),
    ...(mayWork ? [{ keys: "n", label: t("today.next"), group, run: next }] : []),
    ...steps,
  ]);

  return (
    <div className={styles.desk}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h1 ref={heading} tabIndex={-1}>
            {person.full_name ?? person.contact_points[0]?.value ?? t("lead.nameless")}
          </h1>
          <StageBadge stage={lead.stage} />
          {lead.due_at && <Due at={lead.due_at} />}
        </div>
        <p className={styles.subtitle}>{[person.title, person.company].filter(Boolean).join(" · ")}</p>
        <div className={styles.steps}>
          {mayWrite && awaits && (
            <Button keys={answer.keys} onPress={answer.run}>
              <MailOpen size={14} aria-hidden="true" /> {answer.label}
            </Button>
          )}
          {mayWrite && (
            <Button {...(!call.running && { keys: write.keys })} onPress={write.run}>
              {write.label}
            </Button>
          )}
          {steps.map((one) => (
            <Button key={one.keys} keys={one.keys} onPress={() => one.run()}>
              {one.label}
            </Button>
          ))}
          {mayWork && (
            <Button look="primary" keys="n" onPress={next} isPending={isPending}>
              {t("today.next")} <ChevronsRight size={14} aria-hidden="true" />
            </Button>
          )}
        </div>
      </header>
      <div className={styles.columns}>
        <div className={styles.left}>
          <Panel title={t("lead.who")}>
            <Who lead={lead} person={person} />
          </Panel>
          <Panel title={t("lead.why_now")}>
            <Shown query={responses}>{({ items }) => <Responses responses={items} />}</Shown>
            <ScoreFacts lead={lead} />
          </Panel>
          <Suspense fallback={null}>
            <LeadCadences lead={lead} mayEnrol={isWorkable && (mayAct || mayAssign)} />
          </Suspense>
        </div>
        <div className={styles.middle}>
          {mayAct && <PowerStrip lead={lead} person={person} next={next} />}
          {(mayAct || hasCall) && <Composer lead={lead} person={person} call={call} onLogged={next} />}
          <Panel title={t("lead.timeline")} isFlush>
            <Suspense fallback={null}>
              <UnderWay leadId={lead.id} />
            </Suspense>
            <Timeline personId={person.id} />
          </Panel>
        </div>
        <div className={styles.right}>
          <Panel title={t("qualification.title")} isFlush>
            {qualification.error instanceof Problem && qualification.error.status < 500 ? (
              <Empty title={t("qualification.none")}>{qualification.error.message}</Empty>
            ) : (
              <Shown query={qualification}>
                {(found) => <Qualification leadId={lead.id} qualification={found} isDisabled={!mayAct} />}
              </Shown>
            )}
          </Panel>
        </div>
      </div>
      {step === "write" && (
        <Suspense fallback={null}>
          <WriteDialog lead={lead} person={person} onClose={close} onUndone={() => setStep("write")} />
        </Suspense>
      )}
      {step === "hand_off" && <HandOffDialog lead={lead} person={person} onClose={close} />}
      {step === "snooze" && <SnoozeDialog lead={lead} onClose={close} onDone={next} />}
      {(step === "recycle" || step === "disqualify") && (
        <CloseDialog lead={lead} purpose={step} onClose={close} onDone={next} />
      )}
    </div>
  );
}
