import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { moment, relative } from "~/i18n/time";
import { Badge, type Tone } from "~/kit/Panel";
import { useNow } from "~/kit/useNow";

const SOON_MS = 15 * 60_000;

/** A promise's clock: how long until the limit, or how long it has been broken. */
export function Due({ at }: { at: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const left = new Date(at).getTime() - now.getTime();
  const tone: Tone = left < 0 ? "danger" : left < SOON_MS ? "warn" : "neutral";
  const told =
    left < 0 ? t("due.broken", { when: relative(at, now) }) : t("due.until", { when: relative(at, now) });
  return (
    <Badge tone={tone}>
      <Clock size={12} aria-hidden="true" />
      <time dateTime={at} title={moment(at)}>
        {told}
      </time>
    </Badge>
  );
}
