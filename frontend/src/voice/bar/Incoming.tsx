// A call that rings: who it is and what is known of them, taken with Enter, declined with Escape. To an AE who is asked to
// take a lead live it shows the briefing.

import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { BriefingOut, CallNow } from "~/api/schema";
import { useMe } from "~/identity/session";
import { Button, Kbd } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Facts } from "~/kit/Panel";
import { command } from "../calling";
import { standingOf } from "../phone/controls";
import styles from "./Incoming.module.css";
import { notify } from "./notification";

/** What was being typed when it began to ring is not meant for it. */
const UNAWARE_MS = 600;

export function Incoming({ call }: { call: CallNow }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [beganAt] = useState(() => performance.now());
  const isBrought = standingOf(call, me.id) === "brought";
  const name = call.person_name ?? call.number ?? t("incoming.unknown");
  const by = call.legs.find((one) => one.part === "owner")?.name;
  const title = isBrought
    ? t(call.bringing === "hand_off" ? "incoming.hand_off" : "incoming.brought", { name: by ?? "" })
    : t("incoming.title", { name });
  useEffect(() => notify(title, [name, call.company].filter(Boolean).join(", ")), [title, name, call.company]);

  async function take(): Promise<void> {
    const isTaken = await command(call.id, "take");
    if (!isTaken) return;
    if (call.lead_id) void navigate({ to: "/leads/$leadId", params: { leadId: call.lead_id } });
    else if (call.person_id) void navigate({ to: "/people/$personId", params: { personId: call.person_id } });
  }

  function decline(): void {
    if (performance.now() - beganAt > UNAWARE_MS) void command(call.id, "decline");
  }

  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || performance.now() - beganAt < UNAWARE_MS) return;
    if (event.target instanceof Element && event.target.closest("button, a")) return;
    event.preventDefault();
    void take();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => hear(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  return (
    <Dialog
      title={title}
      isOpen
      isFirm
      onClose={decline}
      width={call.bringing === "hand_off" && isBrought ? "wide" : "narrow"}
      actions={
        <>
          <Button onPress={() => void command(call.id, "decline")}>
            {t("phone.do.decline")} <Kbd keys="Esc" />
          </Button>
          <Button look="primary" onPress={() => void take()} keys="Enter">
            {t("phone.do.take")}
          </Button>
        </>
      }
    >
      <div className={styles.who}>
        {isBrought && <p className={styles.name}>{name}</p>}
        <p>{[call.company, call.number].filter(Boolean).join(" · ")}</p>
        {call.own_number && !isBrought && (
          <p className={styles.faint}>{t("incoming.to", { number: call.own_number })}</p>
        )}
      </div>
      {isBrought && call.bringing === "hand_off" && call.lead_id && <Briefing leadId={call.lead_id} />}
      {call.lead_id ? (
        <Link to="/leads/$leadId" params={{ leadId: call.lead_id }}>
          {t("incoming.lead")}
        </Link>
      ) : (
        call.person_id && (
          <Link to="/people/$personId" params={{ personId: call.person_id }}>
            {t("incoming.person")}
          </Link>
        )
      )}
    </Dialog>
  );
}

/** What an AE must know before they say hello. */
function Briefing({ leadId }: { leadId: string }) {
  const { t } = useTranslation();
  const { data } = $api.useQuery("get", "/api/v1/leads/{lead_id}/briefing", {
    params: { path: { lead_id: leadId } },
  });
  if (!data) return null;
  const { briefing } = data;
  return (
    <div className={styles.briefing}>
      <p>{[briefing.who.title, briefing.who.company, briefing.who.place].filter(Boolean).join(" · ")}</p>
      <section>
        <h3>{t("briefing.why_now")}</h3>
        <ul>
          {briefing.why_now.slice(0, 3).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </section>
      <Answers briefing={briefing} />
    </div>
  );
}

function Answers({ briefing }: { briefing: BriefingOut }) {
  const { t } = useTranslation();
  if (briefing.answers.length === 0) return null;
  return (
    <section>
      <h3>{t("briefing.no_criteria")}</h3>
      <Facts facts={briefing.answers.map((one) => [one.question, one.answer.replaceAll("_", " ")] as const)} />
    </section>
  );
}
