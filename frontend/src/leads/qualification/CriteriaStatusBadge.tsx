import { useTranslation } from "react-i18next";
import type { CriteriaStatus } from "~/api/schema";
import { Badge, type Tone } from "~/kit/Panel";

const TONES: Record<CriteriaStatus, Tone> = { draft: "warn", published: "ok", retired: "neutral" };

/** Whether an edition is being written, in force, or was. */
export function CriteriaStatusBadge({ status }: { status: CriteriaStatus }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[status]}>{t(`criteria_status.${status}`)}</Badge>;
}
