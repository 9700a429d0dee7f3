// Absences as people think of them: from a first to a last day, by the calendar of whoever is away.

import { type CalendarDate, fromDate, parseDate, toCalendarDate, toZoned } from "@internationalized/date";
import type { AbsenceOut } from "~/api/schema";

export const WEEKS = 6;
const DAYS = WEEKS * 7;

export interface Days {
  first: CalendarDate;
  last: CalendarDate;
  /** From midnight to midnight; otherwise the clock matters too. */
  isWhole: boolean;
}

/** The days of an absence in a zone. */
export function daysOf(absence: Pick<AbsenceOut, "starts_at" | "ends_at">, zone: string): Days {
  const starts = fromDate(new Date(absence.starts_at), zone);
  const ends = fromDate(new Date(absence.ends_at), zone);
  const lastInstant = fromDate(new Date(new Date(absence.ends_at).getTime() - 1), zone);
  const isMidnight = (one: typeof starts) => one.hour === 0 && one.minute === 0 && one.second === 0;
  return {
    first: toCalendarDate(starts),
    last: toCalendarDate(lastInstant),
    isWhole: isMidnight(starts) && isMidnight(ends),
  };
}

/** The moments between which somebody is away on these days, the last included. */
export function spanOf(first: string, last: string, zone: string): { starts_at: string; ends_at: string } {
  return {
    starts_at: toZoned(parseDate(first), zone).toDate().toISOString(),
    ends_at: toZoned(parseDate(last).add({ days: 1 }), zone)
      .toDate()
      .toISOString(),
  };
}

/** The Monday of a day's week. */
export function mondayOf(day: CalendarDate): CalendarDate {
  const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
  return day.subtract({ days: (weekday + 6) % 7 });
}

/** How many days lie between two. */
export function between(from: CalendarDate, to: CalendarDate): number {
  const utc = (one: CalendarDate) => Date.UTC(one.year, one.month - 1, one.day);
  return Math.round((utc(to) - utc(from)) / 86_400_000);
}

/** Where days stand in the weeks from a Monday on, as shares of 1; nothing when they lie outside. */
export function placeOf(days: Days, monday: CalendarDate): { from: number; width: number } | undefined {
  const begin = Math.max(0, between(monday, days.first));
  const end = Math.min(DAYS, between(monday, days.last) + 1);
  return end <= 0 || begin >= DAYS ? undefined : { from: begin / DAYS, width: (end - begin) / DAYS };
}
