// Which conversations the inbox shows, as its address says it.

import type { ConversationState } from "~/api/schema";

export const STATES: readonly ConversationState[] = ["to_answer", "waiting", "snoozed", "done"];
export const WHOSE = ["mine", "team", "everybody"] as const;
export type Whose = (typeof WHOSE)[number];

export interface InboxShown {
  /** Left out: those to be answered. */
  show?: ConversationState;
  /** Left out: one's own. */
  whose?: Whose;
  /** Only those about this lead, however they stand and whoever looks after them. */
  lead?: string;
  /** The conversation that is open. */
  open?: string;
}

/** What an address says; what makes no sense is left out. */
export function shownOf(search: Record<string, unknown>): InboxShown {
  const show = STATES.find((one) => one === search.show);
  const whose = WHOSE.find((one) => one === search.whose);
  return {
    ...(show && show !== "to_answer" && { show }),
    ...(whose && whose !== "mine" && { whose }),
    ...(isId(search.lead) && { lead: search.lead }),
    ...(isId(search.open) && { open: search.open }),
  };
}

/** The same list with another conversation open, or none. */
export function opened({ show, whose, lead }: InboxShown, open: string | undefined): InboxShown {
  return { ...(show && { show }), ...(whose && { whose }), ...(lead && { lead }), ...(open && { open }) };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f-]{36}$/i.test(value);
}

/** The one that lies so many places beyond another in a list; at its ends the last, or the first, stays. */
export function beside(ids: readonly string[], id: string | undefined, step: 1 | -1): string | undefined {
  const place = id === undefined ? -1 : ids.indexOf(id);
  if (place < 0) return ids[0];
  return ids[Math.min(Math.max(place + step, 0), ids.length - 1)];
}
