import { expect, test } from "vitest";
import type { ModelOut } from "~/api/schema";
import { newRule, placeOf, readModel, writeModel } from "./draft";

const MODEL: ModelOut = {
  version: 3,
  mql_threshold: 50,
  half_life_days: 30,
  rules: [
    { name: "decides", kind: "fit", points: 25, when: { field: "title", has_word: ["ceo"] } },
    { name: "asked", kind: "engagement", points: 40, when: {} },
  ],
};

test("a model is written as it was read", () => {
  const { mql_threshold, half_life_days, rules } = MODEL;
  expect(writeModel(readModel(MODEL))).toEqual({ mql_threshold, half_life_days, rules });
});

test("a number that is missing is sent as one that the server refuses by name", () => {
  const model = { ...readModel(MODEL), threshold: null, rules: [{ ...newRule("fit"), points: null }] };
  expect(writeModel(model)).toMatchObject({ mql_threshold: 0, rules: [{ name: "", points: 0 }] });
});

test("what is wrong is found by its rule's place", () => {
  expect(placeOf("rules[12].when.all[0].in")).toBe(12);
  expect(placeOf("mql_threshold")).toBeUndefined();
});
