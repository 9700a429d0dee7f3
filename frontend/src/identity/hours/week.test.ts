import { expect, test } from "vitest";
import { edited, hoursOf, sent, weekdayName, withDay, withMore } from "./week";

test("midnight at the end stands as 00:00 while it is edited", () => {
  const week = [[["13:00", "24:00"]], []];
  expect(edited(week)).toEqual([[["13:00", "00:00"]], []]);
  expect(sent(edited(week))).toEqual(week);
});

test("hours are added behind a pause, as far as the day goes", () => {
  expect(withMore([])).toEqual([["09:00", "17:00"]]);
  expect(withMore([["08:00", "12:00"]])).toEqual([
    ["08:00", "12:00"],
    ["13:00", "17:00"],
  ]);
  expect(withMore([["08:00", "22:00"]]).at(-1)).toEqual(["23:00", "00:00"]);
  expect(withMore([["08:00", "00:00"]]).at(-1)).toEqual(["", ""]);
});

test("a week's hours are added up, midnight being the end of a day", () => {
  expect(hoursOf([[["09:00", "12:30"]], [["22:00", "00:00"]], [["", "10:00"]]])).toBe(5.5);
});

test("one day is replaced, and days have their names", () => {
  expect(withDay([[], []], 1, [["09:00", "10:00"]])).toEqual([[], [["09:00", "10:00"]]]);
  expect(weekdayName(0, "en-US")).toBe("Monday");
  expect(weekdayName(6, "es-ES", "short")).toBe("dom");
});
