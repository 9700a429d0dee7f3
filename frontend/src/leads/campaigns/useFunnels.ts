import { keepPreviousData } from "@tanstack/react-query";
import { $api } from "~/api/client";
import { useNow } from "~/kit/useNow";
import { daysOf, type Period } from "./period";

/** The funnels of a period's responses: of all campaigns, or of one. What was read before stays meanwhile. */
export function useFunnels(period: Period, campaignId?: string) {
  const now = useNow();
  const organisation = $api.useQuery("get", "/api/v1/organisation", {});
  const zone = organisation.data?.time_zone;
  const days = daysOf(period, zone ?? "UTC", now);
  const funnels = $api.useQuery(
    "get",
    "/api/v1/campaigns/funnel",
    { params: { query: { ...days, ...(campaignId && { campaign_id: campaignId }) } } },
    { enabled: zone !== undefined, placeholderData: keepPreviousData },
  );
  return organisation.error && !organisation.data
    ? { ...funnels, error: organisation.error, refetch: organisation.refetch }
    : funnels;
}
