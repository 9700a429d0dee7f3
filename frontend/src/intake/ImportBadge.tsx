import { useTranslation } from "react-i18next";
import type { ImportOut } from "~/api/schema";
import { Badge, type Tone } from "~/kit/Panel";

const TONES: Record<ImportOut["phase"], Tone> = {
  waiting: "info",
  importing: "info",
  done: "ok",
  failed: "danger",
  cancelled: "neutral",
};

/** How it stands with an import. */
export function ImportBadge({ phase }: { phase: ImportOut["phase"] }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[phase]}>{t(`intake.phase.${phase}`)}</Badge>;
}
