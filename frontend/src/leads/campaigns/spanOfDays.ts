import type { TFunction } from "i18next";
import type { CampaignOut } from "~/api/schema";
import { day } from "~/i18n/time";

/** When a campaign runs, as far as is said. */
export function spanOfDays({ starts_on, ends_on }: CampaignOut, t: TFunction): string {
  if (starts_on && ends_on) return starts_on === ends_on ? day(starts_on) : `${day(starts_on)} – ${day(ends_on)}`;
  if (starts_on) return t("campaigns.since", { when: day(starts_on) });
  return ends_on ? t("campaigns.until", { when: day(ends_on) }) : "";
}
