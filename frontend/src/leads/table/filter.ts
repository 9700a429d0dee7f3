// What the table of leads is narrowed and sorted by: it stands in the address, so that it can be kept, shared and saved.

import type { Stage } from "~/api/schema";

export const STAGES: readonly Stage[] = ["inquiry", "mql", "working", "sal", "sql", "recycled", "disqualified"];

export interface LeadFilter {
  q?: string | undefined;
  stage?: Stage[] | undefined;
  owner_id?: string[] | undefined;
  team_id?: string | undefined;
  campaign_id?: string | undefined;
  country?: string | undefined;
  score_from?: number | undefined;
  untouched?: boolean | undefined;
  overdue?: boolean | undefined;
  closed?: boolean | undefined;
  sort?: string | undefined;
}

const SORTS = /^-?(score|opened_at|due_at|next_touch_at|last_attempt_at|name|account|stage)$/;

function texts(value: unknown): string[] | undefined {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  const found = all.filter((one): one is string => typeof one === "string" && one !== "");
  return found.length > 0 ? found : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** A filter of whatever an address or a saved view says; what is not understood is left out. */
export function filterOf(said: Record<string, unknown>): LeadFilter {
  const stages = texts(said.stage)?.filter((one): one is Stage => STAGES.includes(one as Stage));
  const sort = text(said.sort);
  return {
    q: text(typeof said.q === "number" ? String(said.q) : said.q),
    stage: stages?.length ? stages : undefined,
    owner_id: texts(said.owner_id),
    team_id: text(said.team_id),
    campaign_id: text(said.campaign_id),
    country: text(said.country),
    score_from: typeof said.score_from === "number" ? said.score_from : undefined,
    untouched: flag(said.untouched),
    overdue: flag(said.overdue),
    closed: flag(said.closed),
    sort: sort && SORTS.test(sort) ? sort : undefined,
  };
}

/** Without what is not said. */
export function said(filter: LeadFilter): LeadFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
