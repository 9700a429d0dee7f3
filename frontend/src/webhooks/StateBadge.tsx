import { useTranslation } from "react-i18next";
import type { DeliveryState, EndpointOut } from "~/api/schema";
import { Badge, type Tone } from "~/kit/Panel";

/** How an endpoint stands. */
export function StateBadge({ endpoint }: { endpoint: EndpointOut }) {
  const { t } = useTranslation();
  if (endpoint.is_active) return <Badge tone="ok">{t("webhooks.active")}</Badge>;
  return (
    <span title={endpoint.inactive_because ?? undefined}>
      <Badge tone="warn">{t("webhooks.inactive")}</Badge>
    </span>
  );
}

const TONES: Record<DeliveryState, Tone> = { waiting: "warn", delivered: "ok", dead: "danger" };

/** How a delivery stands. */
export function DeliveryBadge({ state }: { state: DeliveryState }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`webhooks.delivery.${state}`)}</Badge>;
}
