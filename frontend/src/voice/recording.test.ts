import { expect, test } from "vitest";
import { pathOf, skipTo } from "./recording";

test("the person stands above the line, we below it, and silence is a thin line", () => {
  expect(pathOf([100, 0], true)).toBe("M0 50L0 0L500 0L500 49.5L1000 49.5L1000 50Z");
  expect(pathOf([100], false)).toBe("M0 50L0 100L1000 100L1000 50Z");
  expect(pathOf([], true)).toBe("");
});

test("a silence is left shortly before somebody speaks again", () => {
  const silences = [
    [2, 8],
    [10, 10.5],
  ] as const;
  expect(skipTo(silences, 1)).toBeNull();
  expect(skipTo(silences, 2.1)).toBeNull();
  expect(skipTo(silences, 3)).toBeCloseTo(7.8);
  expect(skipTo(silences, 7.5)).toBeNull();
  expect(skipTo(silences, 10.3)).toBeNull();
});
