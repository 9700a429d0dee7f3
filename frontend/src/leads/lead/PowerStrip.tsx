// Power dialling on the lead screen: the countdown to the call, waiting by a key, and what happens when the policy says no.

import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { LeadOut, PersonOut, CallVerdictOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { queryClient } from "~/api/query";
import { Button } from "~/kit/Button";
import { tell } from "~/kit/notices";
import { useShortcuts } from "~/shell/keys";
import { dial, type Whom } from "~/voice/calling";
import { usePhone } from "~/voice/phone/phone";
import { pause, power as presentPower, remaining, resume, settle, switchPower, usePower } from "~/voice/power";
import { whomOf } from "./CallButton";
import styles from "./PowerStrip.module.css";

const STEP_MS = 200;
const ONE_DAY_MS = 86_400_000;

export function PowerStrip({ lead, person, next }: { lead: LeadOut; person: PersonOut; next: () => void }) {
  const { t } = useTranslation();
  const power = usePower();
  const { call } = usePhone();
  const isHere = power.isOn && power.leadId === lead.id;
  const [now, setNow] = useState(Date.now);
  const left = remaining(power, now);

  const dialNow = useEffectEvent(async () => {
    settle();
    const whom = whomOf(lead, person);
    const dialled = await dial(whom, true);
    if (dialled.is === "failed") switchPower(false);
    if (dialled.is !== "refused") return;
    const until = await putOff(lead, whom);
    tell(t("power.refused", { why: dialled.problem.message, when: moment(until) }));
    next();
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

/** Put a lead off that may not be called now: until it may, or till tomorrow where waiting does not help. */
async function putOff(lead: LeadOut, whom: Whom): Promise<string> {
  const until = (await verdictOf(whom))?.until ?? new Date(Date.now() + ONE_DAY_MS).toISOString();
  const params = { path: { lead_id: lead.id } };
  await answer(api.POST("/api/v1/leads/{lead_id}/snooze", { params, body: { until } }));
  void readAgain(["/api/v1/leads", "/api/v1/queue"]);
  return until;
}

async function verdictOf(whom: Whom): Promise<CallVerdictOut | undefined> {
  if (!whom.number) return undefined;
  const query = { number: whom.number, ...(whom.person_id && { person_id: whom.person_id }) };
  return queryClient.query({
    ...$api.queryOptions("get", "/api/v1/compliance/check", { params: { query } }),
    staleTime: 0,
  });
}
