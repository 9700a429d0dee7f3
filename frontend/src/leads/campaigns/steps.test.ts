import { expect, test } from "vitest";
import { stepsOf } from "./steps";

test("each step is a share of the one before and of all", () => {
  const steps = stepsOf({ responses: 200, mql: 50, sal: 10, sql: 5 });
  expect(steps.map((one) => one.count)).toEqual([200, 50, 10, 5]);
  expect(steps.map((one) => one.ofBefore)).toEqual([null, 0.25, 0.2, 0.5]);
  expect(steps.map((one) => one.ofAll)).toEqual([1, 0.25, 0.05, 0.025]);
});

test("nothing is divided by nothing", () => {
  const steps = stepsOf({ responses: 3, mql: 0, sal: 0, sql: 0 });
  expect(steps.map((one) => one.ofBefore)).toEqual([null, 0, null, null]);
  expect(stepsOf({ responses: 0, mql: 0, sal: 0, sql: 0 }).map((one) => one.ofAll)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
