/** Have the browser keep a campaign's responses as a file, with what became of each lead. */
export function downloadResponses(campaignId: string, format: "csv" | "xlsx"): void {
  location.assign(`/api/v1/campaigns/${campaignId}/responses/export?format=${format}`);
}
