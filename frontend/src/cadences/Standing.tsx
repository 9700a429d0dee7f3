// How an enrolment stands, in a badge and in words, and what can be done about its trouble.

import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { EnrolmentOut, EnrolmentState } from "~/api/schema";
import { relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { Badge, type Tone } from "~/kit/Panel";
import styles from "./cadences.module.css";
import { useWishing } from "./data";

const TONES: Record<EnrolmentState, Tone> = {
  active: "accent",
  paused: "neutral",
  attention: "warn",
  finished: "ok",
};

export function Standing({ enrolment }: { enrolment: EnrolmentOut }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[enrolment.state]}>{t(`cadences.state.${enrolment.state}`)}</Badge>;
}

/** `Step 2 of 5 · Call · due tomorrow`, or why it is finished. */
export function whatNext(t: TFunction, one: EnrolmentOut): string {
  if (one.because) return t("cadences.ended", { because: t(`cadences.because.${one.because}`) });
  const parts = [
    t("cadences.step_of", { number: one.step, count: one.steps }),
    t(`cadences.kind.${one.kind}`),
    one.state === "active" && phaseTold(t, one),
  ];
  return parts.filter(Boolean).join(" · ");
}

function phaseTold(t: TFunction, one: EnrolmentOut): string {
  switch (one.phase) {
    case "waiting":
      return one.due_at ? t("cadences.phase.waiting", { when: relative(one.due_at) }) : "";
    case "sending":
      return t("cadences.phase.sending");
    case "task":
      return t("cadences.phase.task");
    default:
      return "";
  }
}

/** What keeps it, and trying again. */
export function Problem({ enrolment }: { enrolment: EnrolmentOut }) {
  const { t } = useTranslation();
  const wishing = useWishing();
  return (
    <span className={styles.problem}>
      {enrolment.problem}
      {enrolment.may.includes("try_again") && (
        <Button
          look="quiet"
          isPending={wishing.isPending}
          onPress={() => wishing.mutate({ id: enrolment.id, wish: "try_again" })}
        >
          {t("cadences.wish.try_again")}
        </Button>
      )}
    </span>
  );
}
