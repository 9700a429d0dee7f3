// How numbers are written, in the reader's language.

import { locale } from "./index";

/** `1,234`. */
export function count(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

/** `12.5`, with at most this many decimals. */
export function decimal(value: number, digits = 1): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** `42 %`; an em dash where there is nothing to divide by. */
export function percent(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: digits }).format(value);
}

/** `+25`, `−30`: with its sign, as it is added to something. */
export function signed(value: number, digits = 1): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, signDisplay: "exceptZero" }).format(
    value,
  );
}
