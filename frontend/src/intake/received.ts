// What came in by a form or an inbound webhook: how many, and when the last.

import { $api } from "~/api/client";

/** The newest row that was received; rows are numbered from 1, so that its number tells how many there are. */
export function useNewest(sourceId: string) {
  return $api.useQuery("get", "/api/v1/received/{source_id}", {
    params: { path: { source_id: sourceId }, query: { newest_first: true, limit: 1 } },
  });
}
