import { useTranslation } from "react-i18next";
import { Badge } from "~/kit/Panel";

/** Whether a form or an inbound webhook takes anything in. */
export function DoorBadge({ isActive }: { isActive: boolean }) {
  const { t } = useTranslation();
  return <Badge tone={isActive ? "ok" : "neutral"}>{t(isActive ? "doors.open" : "doors.closed")}</Badge>;
}
