// One hand-off: the briefing on one page, and what the AE decides about it.

import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Mail } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { HandOffOut, MeetingOutcome } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { useMay, useMe, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell } from "~/kit/notices";
import { Facts, Panel, Screen } from "~/kit/Panel";
import { FormProblem, Shown } from "~/kit/states";
import { LocalTime } from "~/leads/lead/Who";
import { useShortcuts } from "~/shell/keys";
import { CallLink } from "~/voice/CallLink";
import { briefOf } from "./briefing";
import styles from "./HandOff.module.css";
import { HandOffBadge } from "./HandOffs";
import { RejectDialog } from "./RejectDialog";

function handOffQuery(handOffId: string) {
  return $api.queryOptions("get", "/api/v1/hand-offs/{hand_off_id}", {
    params: { path: { hand_off_id: handOffId } },
  });
}

export function HandOff() {
  const { handOffId } = useParams({ from: "/signed-in/hand-offs/$handOffId" });
  const found = $api.useQuery("get", "/api/v1/hand-offs/{hand_off_id}", {
    params: { path: { hand_off_id: handOffId } },
  });
  return <Shown query={found}>{(handOff) => <Page handOff={handOff} />}</Shown>;
}

type Deed = "accept" | "confirm" | MeetingOutcome;

function Page({ handOff }: { handOff: HandOffOut }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const [isRejecting, setRejecting] = useState(false);
  const decides = useMay("handoffs:decide") && (handOff.ae_id === me.id || me.role !== "ae");
  const brief = briefOf(handOff);
  const path = { hand_off_id: handOff.id };

  const decide = useMutation({
    mutationFn: (deed: Deed): Promise<HandOffOut> => {
      if (deed === "accept") {
        return answer(api.POST("/api/v1/hand-offs/{hand_off_id}/accept", { params: { path }, body: {} }));
      }
      if (deed === "confirm") {
        return answer(api.POST("/api/v1/hand-offs/{hand_off_id}/confirm", { params: { path }, body: {} }));
      }
      return answer(
        api.POST("/api/v1/hand-offs/{hand_off_id}/meeting", { params: { path }, body: { outcome: deed } }),
      );
    },
    onSuccess: (after, deed) => {
      queryClient.setQueryData(handOffQuery(handOff.id).queryKey, after);
      void readAgain(["/api/v1/hand-offs", "/api/v1/leads", "/api/v1/goals", "/api/v1/kpis"]);
      tell(t(`hand_off.told.${deed}`));
    },
  });

  const mayAccept = decides && handOff.status === "offered";
  const mayConfirm = decides && (handOff.status === "offered" || handOff.status === "accepted");
  const mayTellMeeting = mayConfirm && handOff.meeting_at !== null && handOff.meeting_outcome === null;
  const group = t("places.hand_offs");
  useShortcuts([
    ...(mayAccept ? [{ keys: "a", label: t("hand_off.accept"), group, run: () => decide.mutate("accept") }] : []),
    ...(mayConfirm
      ? [{ keys: "q", label: t("hand_off.confirm"), group, run: () => decide.mutate("confirm") }]
      : []),
    ...(mayConfirm ? [{ keys: "x", label: t("hand_off.reject"), group, run: () => setRejecting(true) }] : []),
  ]);

  return (
    <Screen
      title={
        <span className={styles.title}>
          {brief.who.name} <HandOffBadge status={handOff.status} />
        </span>
      }
      detail={[brief.who.title, brief.who.company].filter(Boolean).join(" · ")}
      actions={
        <>
          {mayConfirm && (
            <Button look="danger" keys="x" onPress={() => setRejecting(true)}>
              {t("hand_off.reject")}
            </Button>
          )}
          {mayConfirm && (
            <Button look={mayAccept ? "plain" : "primary"} keys="q" onPress={() => decide.mutate("confirm")}>
              {t("hand_off.confirm")}
            </Button>
          )}
          {mayAccept && (
            <Button look="primary" keys="a" onPress={() => decide.mutate("accept")}>
              {t("hand_off.accept")}
            </Button>
          )}
        </>
      }
    >
      <FormProblem error={decide.error} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel title={t("briefing.why_now")}>
            <ul className={styles.lines}>
              {brief.why_now.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
            {brief.note && <p className={styles.note}>{brief.note}</p>}
          </Panel>
          <Panel
            title={
              brief.criteria ? t("briefing.answers", { criteria: brief.criteria }) : t("briefing.no_criteria")
            }
          >
            <dl className={styles.answers}>
              {brief.answers.map((one) => (
                <div key={one.question}>
                  <dt>{one.question}</dt>
                  <dd>
                    <b>{one.answer.replaceAll("_", " ")}</b>
                    {one.note && <p>{one.note}</p>}
                    {one.evidence && (
                      <blockquote className={styles.evidence}>
                        {one.evidence.excerpt} <span>{moment(one.evidence.at)}</span>
                      </blockquote>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
            {brief.open_questions.length > 0 && (
              <>
                <h3 className={styles.sub}>{t("briefing.open")}</h3>
                <ul className={styles.lines}>
                  {brief.open_questions.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </>
            )}
          </Panel>
          <Panel title={t("briefing.history")}>
            <ol className={styles.history}>
              {brief.history.map((one) => (
                <li key={one.at + one.text}>
                  <time dateTime={one.at} title={moment(one.at)}>
                    {relative(one.at)}
                  </time>
                  <span>{one.text}</span>
                </li>
              ))}
            </ol>
          </Panel>
        </div>
        <div className={styles.column}>
          <Panel title={t("briefing.next_step")}>
            <p>{brief.next_step}</p>
            {handOff.meeting_at && (
              <p className={styles.meeting}>
                <b>{moment(handOff.meeting_at)}</b>
                <span>{t("briefing.theirs", { time: moment(handOff.meeting_at, brief.who.time_zone) })}</span>
              </p>
            )}
            {mayTellMeeting && (
              <div className={styles.outcomes}>
                {(["held", "no_show", "cancelled"] as const).map((one) => (
                  <Button key={one} onPress={() => decide.mutate(one)}>
                    {t(`meeting_outcome.${one}`)}
                  </Button>
                ))}
              </div>
            )}
          </Panel>
          <Panel title={t("briefing.who")}>
            <ul className={styles.lines}>
              {brief.who.phones.map((one) => (
                <li key={one}>
                  <CallLink
                    whom={{ lead_id: handOff.lead_id, number: one.split(";")[0] ?? one, name: brief.who.name }}
                  >
                    {one}
                  </CallLink>
                </li>
              ))}
              {brief.who.emails.map((one) => (
                <li key={one}>
                  <a href={`mailto:${one}`}>
                    <Mail size={14} aria-hidden="true" /> {one}
                  </a>
                </li>
              ))}
            </ul>
            <Facts
              facts={[
                [t("lead.local_time"), <LocalTime key="zone" zone={brief.who.time_zone} />],
                [t("lead.place"), brief.who.place],
                [t("lead.domain"), brief.who.domain],
                [t("lead.industry"), brief.who.industry],
                [t("lead.employees"), brief.who.employees === null ? null : count(brief.who.employees)],
              ]}
            />
          </Panel>
          <Panel title={t("briefing.about")}>
            <Facts
              facts={[
                [t("briefing.rep"), handOff.rep_id ? users.get(handOff.rep_id)?.name : null],
                [t("briefing.ae"), users.get(handOff.ae_id)?.name],
                [
                  t("briefing.why_you"),
                  typeof handOff.explanation.text === "string" ? handOff.explanation.text : null,
                ],
                [t("briefing.reason"), handOff.reason],
                [t("briefing.override"), brief.override],
              ]}
            />
            <Link to="/leads/$leadId" params={{ leadId: handOff.lead_id }}>
              {t("briefing.lead")}
            </Link>
          </Panel>
        </div>
      </div>
      {isRejecting && <RejectDialog handOffId={handOff.id} onClose={() => setRejecting(false)} />}
    </Screen>
  );
}
