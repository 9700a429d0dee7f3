import { useMemo } from "react";
import { $api } from "~/api/client";
import type { CampaignOut } from "~/api/schema";

/** Campaigns by id: all of an ordinary organisation, the first two hundred of a very large one. */
export function useCampaigns(): Map<string, CampaignOut> {
  const query = { params: { query: { limit: 200 } } };
  const { data } = $api.useQuery("get", "/api/v1/campaigns", query, { staleTime: 5 * 60_000 });
  return useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]);
}
