import { expect, test } from "vitest";
import { beside, shownOf } from "./shown";

const ID = "0190a1b2-0000-7000-8000-000000000001";

test("an address says what is shown, and what makes no sense in it is left out", () => {
  expect(shownOf({ show: "done", whose: "team", open: ID })).toEqual({ show: "done", whose: "team", open: ID });
  expect(shownOf({ show: "to_answer", whose: "mine", lead: 4, open: "<script>" })).toEqual({});
});

test("keys go from one to the next and stay at the ends", () => {
  const ids = ["a", "b", "c"];
  expect(beside(ids, undefined, 1)).toBe("a");
  expect(beside(ids, "gone", 1)).toBe("a");
  expect(beside(ids, "a", 1)).toBe("b");
  expect(beside(ids, "c", 1)).toBe("c");
  expect(beside(ids, "a", -1)).toBe("a");
  expect(beside([], "a", 1)).toBeUndefined();
});
