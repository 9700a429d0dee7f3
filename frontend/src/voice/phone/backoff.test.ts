import { expect, test } from "vitest";
import { waitOf } from "./backoff";

test("waits twice as long after every failure, up to a limit", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 30].map((failures) => waitOf(failures, 0.5));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("is spread, so that not all come back in the same moment, and never at once", () => {
  expect(waitOf(1, 0)).toBe(375);
  expect(waitOf(1, 1)).toBe(625);
  expect(waitOf(0, 0)).toBeGreaterThan(0);
});
