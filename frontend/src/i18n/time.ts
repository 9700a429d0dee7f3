// How moments, days and durations are written: in the reader's language, in a zone that is always named when it is not
// the reader's own.

import { locale } from "./index";

const cache = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), options);
    cache.set(key, found);
  }
  return found;
}

/** The reader's own zone, as the browser knows it. */
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `Mon 2 Mar, 09:00`: a moment in the reader's zone, or in one that is given. */
export function moment(at: string | Date, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  };
  return format(zone ? { ...options, timeZone: zone } : options).format(new Date(at));
}

/** `09:00`. */
export function clock(at: string | Date, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  return format(zone ? { ...options, timeZone: zone } : options).format(new Date(at));
}

/** `2 Mar 2026`. A bare day such as `2026-03-02` is that day wherever the reader is. */
export function day(at: string | Date): string {
  const isBare = typeof at === "string" && at.length === 10;
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  return format(isBare ? { ...options, timeZone: "UTC" } : options).format(new Date(at));
}

/** `Mon, 2 Mar`: a day of this year, in the reader's zone or in one that is given; bare days as in `day`. */
export function shortDay(at: string | Date, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  const where = typeof at === "string" && at.length === 10 ? "UTC" : zone;
  return format(where ? { ...options, timeZone: where } : options).format(new Date(at));
}

/** `Denver`, of `America/Denver`. */
export function zoneName(zone: string): string {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const DAY = 86_400;

/** `in 5 min.`, `3 days ago`, `last week`; by the largest unit of which there is at least one, from days on in full. */
export function relative(at: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  const style = Math.abs(seconds) >= DAY ? "long" : "short";
  const told = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return told.format(Math.trunc(seconds / size), unit);
  }
  return told.format(0, "second");
}

/** `4:05` of 245 seconds, `1:02:00` of 3720. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
}
