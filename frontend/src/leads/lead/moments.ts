// Moments that one usually means by "later", in the person's zone, so that nobody is called at night.

export interface Later {
  id: "in_one_hour" | "in_four_hours" | "tomorrow" | "in_two_days" | "next_week";
  at: Date;
}

const HOUR_MS = 3_600_000;
const MORNING = 9;

/** The offset of a zone from UTC at a moment, in milliseconds. */
function offset(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(at.getTime() / 1000) * 1000;
}

/** This wall-clock time in a zone as a moment. A time that a clock change leaves out is taken an hour later. */
export function inZone(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  zone: string,
): Date {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const guess = new Date(wall - offset(new Date(wall), zone));
  return new Date(wall - offset(guess, zone));
}

/** Nine in the morning so many days on, in the zone, on a working day. */
function morning(now: Date, days: number, zone: string): Date {
  const wall = new Date(now.getTime() + offset(now, zone));
  wall.setUTCDate(wall.getUTCDate() + days);
  while (wall.getUTCDay() === 0 || wall.getUTCDay() === 6) wall.setUTCDate(wall.getUTCDate() + 1);
  return inZone(wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate(), MORNING, 0, zone);
}

/** The usual choices, soonest first. */
export function laterThan(now: Date, zone: string): Later[] {
  const weekday = new Date(now.getTime() + offset(now, zone)).getUTCDay();
  const untilMonday = (8 - weekday) % 7 || 7;
  return [
    { id: "in_one_hour", at: new Date(now.getTime() + HOUR_MS) },
    { id: "in_four_hours", at: new Date(now.getTime() + 4 * HOUR_MS) },
    { id: "tomorrow", at: morning(now, 1, zone) },
    { id: "in_two_days", at: morning(now, 2, zone) },
    { id: "next_week", at: morning(now, untilMonday, zone) },
  ];
}
