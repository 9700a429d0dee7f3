// A week of opening hours as one edits it: seven lists, Monday first, of opening and closing times.
//
// Browsers' time fields know no 24:00, so that a closing at midnight stands as 00:00 while it is edited.

export type Pair = string[];
export type Week = Pair[][];

export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

const NEW_DAY: Pair = ["09:00", "17:00"];
const MINUTES_A_DAY = 1_440;

/** The name of a weekday, Monday being 0. */
export function weekdayName(weekday: number, locale: string, width: "long" | "short" = "long"): string {
  const monday = Date.UTC(2024, 0, 1);
  const at = new Date(monday + weekday * 86_400_000);
  return new Intl.DateTimeFormat(locale, { weekday: width, timeZone: "UTC" }).format(at);
}

export function edited(week: Week): Week {
  return week.map((day) => day.map(([opens = "", closes = ""]) => [opens, closes === "24:00" ? "00:00" : closes]));
}

export function sent(week: Week): Week {
  return week.map((day) => day.map(([opens = "", closes = ""]) => [opens, closes === "00:00" ? "24:00" : closes]));
}

/** A week in which one day is another. */
export function withDay(week: Week, weekday: number, day: Pair[]): Week {
  return week.map((before, place) => (place === weekday ? day : before));
}

/** A day with one more interval: after a pause of an hour behind the last one, or the usual hours. */
export function withMore(day: Pair[]): Pair[] {
  const closes = day.at(-1)?.[1];
  if (closes === undefined) return [NEW_DAY];
  const from = minutes(closes) + 60;
  if (closes === "00:00" || from + 60 > MINUTES_A_DAY) return [...day, ["", ""]];
  const to = Math.min(from + 240, MINUTES_A_DAY);
  return [...day, [written(from), written(to % MINUTES_A_DAY)]];
}

/** How long is worked in a week, in hours, as far as its times are given. */
export function hoursOf(week: Week): number {
  let total = 0;
  for (const [opens, closes] of week.flat()) {
    if (!opens || !closes) continue;
    total += Math.max(0, (minutes(closes) || MINUTES_A_DAY) - minutes(opens));
  }
  return total / 60;
}

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(":").map(Number);
  return hours * 60 + rest;
}

function written(at: number): string {
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}
