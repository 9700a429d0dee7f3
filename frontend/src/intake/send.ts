// Files go to the server as the body itself.

import { answer, api } from "~/api/client";
import type { ImportOut, PreviewOut } from "~/api/schema";
import { type Chosen, queryOf } from "./chosen";

function bodyOf(file: File) {
  return {
    body: file as never,
    bodySerializer: () => file,
    headers: { "Content-Type": "application/octet-stream" },
  };
}

/** Have the server look at a file; nothing is written. */
export function preview(chosen: Chosen, campaignId: string | undefined, signal: AbortSignal): Promise<PreviewOut> {
  const query = { ...queryOf(chosen), ...(campaignId && { campaign_id: campaignId }) };
  return answer(api.POST("/api/v1/imports/preview", { params: { query }, ...bodyOf(chosen.file), signal }));
}

/** Have the server take a file in; sent twice under one key, it is taken in once. */
export function start(chosen: Chosen, campaignId: string, key: string): Promise<ImportOut> {
  const query = { ...queryOf(chosen), campaign_id: campaignId };
  const { headers, ...body } = bodyOf(chosen.file);
  return answer(
    api.POST("/api/v1/imports", { params: { query }, ...body, headers: { ...headers, "Idempotency-Key": key } }),
  );
}
