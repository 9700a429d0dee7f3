import { useTranslation } from "react-i18next";
import type { Stage, Verdict } from "~/api/schema";
import { Badge, type Tone } from "~/kit/Panel";

const STAGE_TONES: Record<Stage, Tone> = {
  inquiry: "neutral",
  mql: "info",
  working: "accent",
  sal: "ok",
  sql: "ok",
  recycled: "neutral",
  disqualified: "danger",
};

/** How far a lead has come. */
export function StageBadge({ stage }: { stage: Stage }) {
  const { t } = useTranslation();
  return <Badge tone={STAGE_TONES[stage]}>{t(`stage.${stage}`)}</Badge>;
}

const VERDICT_TONES: Record<Verdict, Tone> = { in: "ok", out: "danger", open: "neutral" };

/** How qualification stands. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  return <Badge tone={VERDICT_TONES[verdict]}>{t(`verdict.${verdict}`)}</Badge>;
}
