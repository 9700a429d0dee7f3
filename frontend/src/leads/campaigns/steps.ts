// The funnel as steps: how many came so far, and the share of those of the step before. Shares are divided here, at the
// very end; everything before is counts.

import type { FunnelOut } from "~/api/schema";

export type StepName = "responses" | "mql" | "sal" | "sql";

export interface Step {
  name: StepName;
  count: number;
  /** Of the step before; null for the first, and where nobody came so far. */
  ofBefore: number | null;
  /** Of all responses; null where there are none. */
  ofAll: number | null;
}

const NAMES: readonly StepName[] = ["responses", "mql", "sal", "sql"];

/** A part of a whole; null where there is no whole. */
export function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

export function stepsOf(funnel: Pick<FunnelOut, StepName>): Step[] {
  return NAMES.map((name, place) => {
    const before = NAMES[place - 1];
    return {
      name,
      count: funnel[name],
      ofBefore: before ? shareOf(funnel[name], funnel[before]) : null,
      ofAll: shareOf(funnel[name], funnel.responses),
    };
  });
}
