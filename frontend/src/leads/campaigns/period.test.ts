import { expect, test } from "vitest";
import { daysOf, periodOf, todayIn } from "./period";

const NIGHT = new Date("2026-03-01T03:30:00Z");

test("a period ends today as the organisation's calendar has it", () => {
  expect(todayIn("America/New_York", NIGHT)).toBe("2026-02-28");
  expect(daysOf({ responded: "week" }, "America/New_York", NIGHT)).toEqual({
    from: "2026-02-22",
    to: "2026-02-28",
  });
  expect(daysOf({ responded: "week" }, "UTC", NIGHT)).toEqual({ from: "2026-02-23", to: "2026-03-01" });
});

test("a period of one's own may be open at either end", () => {
  expect(daysOf({ responded: "own", from: "2026-01-02" }, "UTC", NIGHT)).toEqual({ from: "2026-01-02" });
  expect(daysOf({ responded: "own", to: "2026-01-02" }, "UTC", NIGHT)).toEqual({ to: "2026-01-02" });
  expect(daysOf({}, "UTC", NIGHT)).toEqual({});
});

test("what an address says is taken only where it is understood", () => {
  expect(periodOf({ responded: "year" })).toEqual({ responded: "year" });
  expect(periodOf({ responded: "decade", from: "2026-01-02" })).toEqual({ responded: undefined });
  expect(periodOf({ responded: "own", from: "2026-13-99", to: 7 })).toEqual({
    responded: "own",
    from: undefined,
    to: undefined,
  });
});
