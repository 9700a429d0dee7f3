// A scoring model as its builder holds it while it is changed.

import type { ModelOut, NewModel, RuleKind } from "~/api/schema";
import type { Conditions } from "~/leads/conditions/draft";

export interface EditedRule {
  /** Tells the rules apart on screen; the API knows it not. */
  id: string;
  name: string;
  kind: RuleKind;
  points: number | null;
  when: Conditions;
}

export interface EditedModel {
  threshold: number | null;
  halfLife: number | null;
  rules: readonly EditedRule[];
}

export function readModel(model: ModelOut): EditedModel {
  return {
    threshold: model.mql_threshold,
    halfLife: model.half_life_days,
    rules: model.rules.map(({ name, kind, points, when }, place) => ({
      id: `kept-${place}`,
      name,
      kind,
      points,
      when,
    })),
  };
}

/** As the API takes it; a number that is missing is sent as 0, which the server names where it cannot be. */
export function writeModel(model: EditedModel): NewModel {
  return {
    mql_threshold: model.threshold ?? 0,
    half_life_days: model.halfLife ?? 0,
    rules: model.rules.map(({ name, kind, points, when }) => ({
      name: name.trim(),
      kind,
      points: points ?? 0,
      when: when,
    })),
  };
}

/** A rule to begin with, under an id that no other has. */
export function newRule(kind: RuleKind): EditedRule {
  return { id: crypto.randomUUID(), name: "", kind, points: 10, when: {} };
}

/** What is wrong with which rule, by its place: the fields that the server names begin with `rules[n]`. */
export function placeOf(field: string): number | undefined {
  const found = /^rules\[(\d+)\]/.exec(field)?.[1];
  return found === undefined ? undefined : Number(found);
}
