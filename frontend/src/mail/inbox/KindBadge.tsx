import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "~/kit/Panel";

const TONES = {
  out_of_office: "info",
  auto_reply: "neutral",
  bounce: "danger",
} as const satisfies Record<string, Tone>;

/** What a mail is, where it is not what somebody wrote. */
export function KindBadge({ kind }: { kind: string }) {
  const { t } = useTranslation();
  if (!(kind in TONES)) return null;
  const told = kind as keyof typeof TONES;
  return <Badge tone={TONES[told]}>{t(`inbox.kind.${told}`)}</Badge>;
}
