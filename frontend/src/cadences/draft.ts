// A cadence as it is being planned. Branches name their steps by keys, so that they still mean them when steps are
// moved; numbers are given only when it is sent.

import type { Ending, BranchOn, CadenceOut, DelayUnit, StepIn, StepKind } from "~/api/schema";

export interface BranchDraft {
  key: string;
  on: BranchOn;
  is_not: boolean;
  values: string[];
  at_least: number | null;
  /** The key of a step; null: the cadence ends. */
  goes_to: string | null;
}

export interface StepDraft {
  key: string;
  kind: StepKind;
  amount: number | null;
  unit: DelayUnit;
  window: { opens: string; closes: string } | null;
  template_id: string | null;
  continues_thread: boolean;
  instructions: string;
  branches: BranchDraft[];
}

export interface Draft {
  name: string;
  description: string;
  runs_beside: boolean;
  campaign_ids: string[];
  ends_on: Ending[];
  steps: StepDraft[];
}

export const ENDINGS: readonly Ending[] = ["reply", "meeting", "hand_off", "unsubscribed", "bounced"];
export const BRANCHES: readonly BranchOn[] = ["opened", "clicked", "replied", "disposition", "stage", "score"];
const MAILS: readonly StepKind[] = ["email", "manual_email"];

export function draftOf(one: CadenceOut): Draft {
  return {
    name: one.name,
    description: one.description,
    runs_beside: one.runs_beside,
    campaign_ids: [...one.campaign_ids],
    ends_on: ENDINGS.filter((ending) => one.draft.ends_on?.includes(ending)),
    steps: (one.draft.steps ?? []).map((step, place) => stepDraftOf(step, place)),
  };
}

function stepDraftOf(step: StepIn, place: number): StepDraft {
  return {
    key: keyAt(place),
    kind: step.kind,
    amount: step.delay?.amount ?? 0,
    unit: step.delay?.unit ?? "days",
    window: step.window ? { opens: clock(step.window.opens), closes: clock(step.window.closes) } : null,
    template_id: step.template_id ?? null,
    continues_thread: step.continues_thread,
    instructions: step.instructions,
    branches: (step.branches ?? []).map((branch, number) => ({
      key: `b${number}`,
      on: branch.on,
      is_not: branch.is_not,
      values: branch.values ?? [],
      at_least: branch.at_least ?? null,
      goes_to: branch.goes_to ? keyAt(branch.goes_to - 1) : null,
    })),
  };
}

function keyAt(place: number): string {
  return `s${place + 1}`;
}

/** `09:00` of `09:00:00`. */
function clock(text: string): string {
  return text.slice(0, 5);
}

/** The steps as they are sent. */
export function writtenSteps(steps: readonly StepDraft[]): StepIn[] {
  const numbers = new Map(steps.map((step, place) => [step.key, place + 1]));
  return steps.map((step) => ({
    kind: step.kind,
    delay: { amount: step.amount ?? 0, unit: step.unit },
    window: step.window,
    template_id: MAILS.includes(step.kind) ? step.template_id : null,
    continues_thread: step.kind === "email" && step.continues_thread,
    instructions: step.instructions,
    branches: step.branches.map(({ on, is_not, values, at_least, goes_to }) => ({
      on,
      is_not,
      values: on === "disposition" || on === "stage" ? values : [],
      at_least: on === "score" ? (at_least ?? 0) : null,
      goes_to: goes_to === null ? null : (numbers.get(goes_to) ?? null),
    })),
  }));
}

/** A key that none of these has. */
export function freeKey(taken: readonly { key: string }[], letter: string): string {
  const numbers = taken.map((one) => Number(one.key.slice(1)) || 0);
  return `${letter}${Math.max(0, ...numbers) + 1}`;
}

export function blankStep(steps: readonly StepDraft[], kind: StepKind): StepDraft {
  return {
    key: freeKey(steps, "s"),
    kind,
    amount: steps.length === 0 ? 0 : 1,
    unit: "days",
    window: null,
    template_id: null,
    continues_thread: false,
    instructions: "",
    branches: [],
  };
}

/** The steps without one of them; branches that led to it lead to what came after it. */
export function withoutStep(steps: readonly StepDraft[], key: string): StepDraft[] {
  const place = steps.findIndex((one) => one.key === key);
  const next = steps[place + 1]?.key ?? null;
  return steps
    .filter((one) => one.key !== key)
    .map((one) => ({
      ...one,
      branches: one.branches.map((branch) => (branch.goes_to === key ? { ...branch, goes_to: next } : branch)),
    }));
}
