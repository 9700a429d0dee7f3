// Power dialling on the lead screen: the countdown to the call, waiting by a key, and what happens when the policy says no.

import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut, PersonOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { useShortcuts } from "~/shell/keys";
import { dial } from "~/voice/calling";
import { usePhone } from "~/voice/phone/phone";
import {
  arrive,
  COUNTDOWN_MS,
  pause,
  power as presentPower,
  remaining,
  resume,
  settle,
  switchPower,
  usePower,
} from "~/voice/power";
import { whomOf } from "./CallButton";
import styles from "./PowerStrip.module.css";

const STEP_MS = 200;
/** How long who may not be called at all is put off: somebody may look into it by then. */
const ONE_DAY_MS = 86_400_000;
/** Refused for what we did, not for whom we call: the lead stays, and is dialled when there is room again. */
const TOO_MANY_CALLS = "call-refused-rate";

export function PowerStrip({ lead, person, next }: { lead: LeadOut; person: PersonOut; next: () => void }) {
  const { t } = useTranslation();
  const power = usePower();
  const { call, skewMs } = usePhone();
  const isHere = power.isOn && power.leadId === lead.id;
  const [now, setNow] = useState(Date.now);
  const left = remaining(power, now);

  const dialNow = useEffectEvent(async () => {
    settle();
    const whom = whomOf(lead, person);
    const dialled = await dial(whom, true);
    if (dialled.is === "failed") switchPower(false);
    if (dialled.is !== "refused") return;
    const why = dialled.problem.message;
    try {
      const until = dialled.problem.verdict?.until ?? null;
      if (dialled.problem.code === TOO_MANY_CALLS) {
        tell(t("power.too_many", { why }));
        arrive(lead.id, leftUntil(until, skewMs));
        return;
      }
      const when = until ?? new Date(Date.now() + ONE_DAY_MS).toISOString();
      await putOff(lead, when);
      tell(t("power.refused", { why, when: moment(when) }));
      next();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
      switchPower(false);
    }
  });
  useEffect(() => {
    if (!isHere || power.since === null) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (remaining(power, Date.now()) > 0) return;
      clearInterval(timer);
      void dialNow();
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [isHere, power]);

  // Somebody calls us, or the rep calls somebody: nothing is dialled beside.
  const isInCall = call !== null;
  useEffect(() => {
    if (isInCall) pause();
  }, [isInCall]);
  useEffect(() => settleUnless(lead.id), [lead.id]);

  const isWaiting = power.since === null;
  const toggle = () => (isWaiting ? resume() : pause());
  useShortcuts(
    isHere
      ? [{ keys: "t", label: t(isWaiting ? "power.go_on" : "power.wait"), group: t("phone.keys"), run: toggle }]
      : [],
  );
  if (!isHere) return null;
  return (
    <div className={styles.strip} role="status">
      <p>{t(isWaiting ? "power.waits" : "power.counting", { count: Math.ceil(left / 1000) })}</p>
      <span className={styles.deeds}>
        <Button keys="t" onPress={toggle}>
          {t(isWaiting ? "power.go_on" : "power.wait")}
        </Button>
        <Button look="quiet" onPress={() => switchPower(false)}>
          {t("power.stop")}
        </Button>
      </span>
    </div>
  );
}

/** When this lead is left, nothing is about to be dialled for it. */
function settleUnless(leadId: string): () => void {
  return () => {
    if (presentPower().leadId === leadId) settle();
  };
}

/** How long until a moment of the server's; at least as long as one looks at a lead. */
function leftUntil(until: string | null, skewMs: number): number {
  const left = until === null ? 0 : new Date(until).getTime() - (Date.now() + skewMs);
  return Math.max(COUNTDOWN_MS, left);
}

async function putOff(lead: LeadOut, until: string): Promise<void> {
  const params = { path: { lead_id: lead.id } };
  await answer(api.POST("/api/v1/leads/{lead_id}/snooze", { params, body: { until } }));
  void readAgain(["/api/v1/leads", "/api/v1/queue"]);
}
