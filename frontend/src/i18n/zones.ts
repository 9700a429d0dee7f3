// IANA time zones that can be chosen, and what time it is there.

import { locale } from "./index";

/** Names that browsers still list in their former spelling. */
const RENAMED: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

let known: readonly string[] | undefined;

/** All zones by their present names, in order; with one that is in use though it is not among them. */
export function timeZones(used = ""): readonly string[] {
  known ??= [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone").map((one) => RENAMED[one] ?? one)])].sort();
  return used && !known.includes(used) ? [...known, used] : known;
}

/** `America/New York`. */
export function zoneLabel(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** `14:05, GMT-5`: the time there; nothing for what is no zone. */
export function timeIn(zone: string, at: Date): string {
  try {
    return new Intl.DateTimeFormat(locale(), {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
      weekday: "short",
      timeZoneName: "shortOffset",
    }).format(at);
  } catch {
    return "";
  }
}
