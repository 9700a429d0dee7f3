// One conversation: its mails, the oldest first, and what is done about it.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AlarmClock, ArrowLeft, Check, Reply, RotateCcw, UserRoundCog } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListedConversationOut, OpenedConversationOut } from "~/api/schema";
import { moment, OWN_ZONE } from "~/i18n/time";
import { useMay, useMe, useUsers } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { tell, tellProblem } from "~/kit/notices";
import { Badge } from "~/kit/Panel";
import { FormProblem, Shown } from "~/kit/states";
import { LaterChoices } from "~/leads/lead/LaterChoices";
import { RepField } from "~/leads/RepField";
import { useShortcuts } from "~/shell/keys";
import { Answering } from "./Answering";
import { act, assign, type Deed, readInboxAgain, snooze, useConversation } from "./data";
import styles from "./Conversation.module.css";
import { ReceivedMail, SentMail } from "./Mails";

interface Props {
  id: string;
  onClose: () => void;
  /** It needs nothing now: what follows may come up. */
  onDealtWith: (id: string) => void;
}

export function Conversation({ listed, ...props }: Props & { listed: ListedConversationOut | undefined }) {
  const opened = useConversation(props.id);
  // What the list knows is enough for its keys: none that is pressed while the mails are being read is lost.
  const one = opened.data?.conversation ?? listed;
  return (
    <section className={styles.conversation}>
      {one ? <Desk {...props} one={one} opened={opened} /> : <Shown query={opened}>{() => null}</Shown>}
    </section>
  );
}

function Desk({
  id,
  one,
  opened,
  onClose,
  onDealtWith,
}: Props & { one: ListedConversationOut; opened: ReturnType<typeof useConversation> }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const maySend = useMay("mail:send");
  const mayAssign = useMay("leads:assign");
  const mayAct = maySend && (mayAssign || one.assignee_id === me.id || one.user_id === me.id);
  const [step, setStep] = useState<"snooze" | "assign" | null>(null);
  const [replies, setReplies] = useState(0);
  const last = useRef<HTMLDivElement>(null);
  const mails = opened.data && opened.data.received.length + opened.data.sent.length;
  useEffect(() => {
    last.current?.scrollIntoView({ block: "nearest" });
  }, [mails]);

  const deed = useMutation({
    mutationFn: (what: Deed) => act(id, what),
    onSuccess: (_, what) => {
      void readInboxAgain();
      if (what === "open-again") return;
      tell(t("inbox.done_told"), () => void act(id, "open-again").then(readInboxAgain));
      onDealtWith(id);
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });

  const group = t("inbox.keys");
  const isOpen = one.state === "to_answer" || one.state === "waiting";
  const steps = [
    { keys: "r", icon: Reply, label: t("inbox.reply"), run: () => setReplies((before) => before + 1) },
    isOpen
      ? { keys: "e", icon: Check, label: t("inbox.done"), run: () => deed.mutate("done") }
      : { keys: "e", icon: RotateCcw, label: t("inbox.open_again"), run: () => deed.mutate("open-again") },
    { keys: "s", icon: AlarmClock, label: t("inbox.snooze"), run: () => setStep("snooze") },
    { keys: "a", icon: UserRoundCog, label: t("inbox.assign"), run: () => setStep("assign") },
  ];
  const close = { keys: "Escape", label: t("inbox.back"), group, run: onClose };
  useShortcuts([...(mayAct ? steps.map(({ keys, label, run }) => ({ keys, label, run, group })) : []), close]);

  const name = one.person_name ?? one.person_address;
  return (
    <>
      <header className={styles.head}>
        <div className={styles.back}>
          <IconButton label={t("inbox.back")} onPress={onClose}>
            <ArrowLeft size={18} aria-hidden="true" />
          </IconButton>
        </div>
        <div className={styles.names}>
          <h2>{one.subject || t("inbox.no_subject")}</h2>
          <p className={styles.who}>
            <Link to="/people/$personId" params={{ personId: one.person_id }}>
              {name}
            </Link>
            {one.company && <span>{one.company}</span>}
            {one.lead_id && (
              <Link to="/leads/$leadId" params={{ leadId: one.lead_id }}>
                {t("inbox.lead")}
              </Link>
            )}
            {!isOpen && (
              <Badge>
                {one.snoozed_until
                  ? t("inbox.until", { when: moment(one.snoozed_until) })
                  : t(`inbox.show.${one.state}`)}
              </Badge>
            )}
            {one.assignee_id !== me.id && (
              <Badge>{t("inbox.with", { name: users.get(one.assignee_id)?.name ?? "" })}</Badge>
            )}
          </p>
        </div>
        {mayAct && (
          <div className={styles.steps}>
            {steps.map(({ keys, icon: Icon, label, run }) => (
              <Button key={keys} keys={keys} onPress={run} isDisabled={deed.isPending}>
                <Icon size={14} aria-hidden="true" /> {label}
              </Button>
            ))}
          </div>
        )}
      </header>
      <div className={styles.mails}>
        <Shown query={opened} rows={8}>
          {(found) =>
            inOrder(found).map((each) =>
              each.received ? (
                <ReceivedMail key={each.received.id} mail={each.received} mayAct={mayAct} personName={name} />
              ) : (
                <SentMail key={each.sent.id} mail={each.sent} />
              ),
            )
          }
        </Shown>
        <div ref={last} />
      </div>
      {mayAct && <Answering id={id} to={opened.data?.answers_to ?? null} name={name} asked={replies} />}
      {step === "snooze" && <SnoozeDialog id={id} onClose={() => setStep(null)} onDone={() => onDealtWith(id)} />}
      {step === "assign" && <AssignDialog id={id} holder={one.assignee_id} onClose={() => setStep(null)} />}
    </>
  );
}

/** All mails by when they came or went, but for those that were taken back. */
function inOrder({ received, sent }: OpenedConversationOut) {
  return [
    ...received.map((one) => ({ at: one.received_at, received: one })),
    ...sent
      .filter((one) => one.state !== "withdrawn")
      .map((one) => ({ at: one.sent_at ?? one.created_at, received: undefined, sent: one })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function SnoozeDialog({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const putOff = useMutation({
    mutationFn: (until: string) => snooze(id, until),
    onSuccess: (_, until) => {
      void readInboxAgain();
      tell(
        t("inbox.snoozed_told", { when: moment(until) }),
        () => void act(id, "open-again").then(readInboxAgain),
      );
      onClose();
      onDone();
    },
  });
  return (
    <Dialog title={t("inbox.snooze_title")} isOpen onClose={onClose}>
      <FormProblem error={putOff.error} />
      <LaterChoices zone={OWN_ZONE} onChosen={(at) => putOff.mutate(at)} />
    </Dialog>
  );
}

function AssignDialog({ id, holder, onClose }: { id: string; holder: string; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useUsers();
  const [chosen, setChosen] = useState<string | null>(holder);
  const give = useMutation({
    mutationFn: (userId: string) => assign(id, userId),
    onSuccess: (_, userId) => {
      void readInboxAgain();
      tell(t("inbox.assigned_told", { name: users.get(userId)?.name ?? "" }));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("inbox.assign_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => chosen && give.mutate(chosen)}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={give.isPending}
            isDisabled={!chosen || chosen === holder}
          >
            {t("inbox.assign")}
          </Button>
        </>
      }
    >
      <RepField value={chosen} onChange={setChosen} />
      <FormProblem error={give.error} />
    </Dialog>
  );
}
