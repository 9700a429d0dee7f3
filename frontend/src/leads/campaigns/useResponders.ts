import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";
import { $api } from "~/api/client";
import type { Stage } from "~/api/schema";

const PAGE = 100;

/** Who responded to a campaign and what became of their leads, the newest first, page by page. */
export function useResponders(campaignId: string, stage?: Stage) {
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/campaigns/{campaign_id}/leads",
    { params: { path: { campaign_id: campaignId }, query: { limit: PAGE, ...(stage && { stage: [stage] }) } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      placeholderData: keepPreviousData,
    },
  );
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  return { found, rows };
}
