import { parseDate } from "@internationalized/date";
import { expect, test } from "vitest";
import { between, daysOf, mondayOf, placeOf, spanOf } from "./span";

test("days are those of whoever is away, through a change of the clocks", () => {
  const span = spanOf("2026-03-27", "2026-03-30", "Europe/Berlin");
  expect(span).toEqual({ starts_at: "2026-03-26T23:00:00.000Z", ends_at: "2026-03-30T22:00:00.000Z" });
  const days = daysOf(span, "Europe/Berlin");
  expect([days.first.toString(), days.last.toString(), days.isWhole]).toEqual(["2026-03-27", "2026-03-30", true]);
  expect(daysOf(span, "America/Denver").isWhole).toBe(false);
});

test("a Monday is its own week's", () => {
  expect(mondayOf(parseDate("2026-03-01")).toString()).toBe("2026-02-23");
  expect(mondayOf(parseDate("2026-03-02")).toString()).toBe("2026-03-02");
});

test("days are drawn as far as they lie within the weeks", () => {
  const monday = parseDate("2026-03-02");
  const days = (first: string, last: string) => ({
    first: parseDate(first),
    last: parseDate(last),
    isWhole: true,
  });
  expect(placeOf(days("2026-02-23", "2026-03-01"), monday)).toBeUndefined();
  expect(placeOf(days("2026-04-13", "2026-04-14"), monday)).toBeUndefined();
  expect(placeOf(days("2026-02-23", "2026-03-08"), monday)).toEqual({ from: 0, width: 7 / 42 });
  expect(placeOf(days("2026-04-12", "2026-05-01"), monday)).toEqual({ from: 41 / 42, width: 1 / 42 });
  expect(between(monday, parseDate("2026-03-30"))).toBe(28);
});
