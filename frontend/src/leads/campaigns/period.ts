// The period that campaigns are looked at for: days of the organisation's calendar, on which people responded.

const LENGTHS = { week: 7, month: 30, quarter: 91, year: 365 } as const;

export const SPANS = ["all", "week", "month", "quarter", "year", "own"] as const;
export type Span = (typeof SPANS)[number];

/** As it stands in the address; `from` and `to` count with `own` only, either may be left open. */
export interface Period {
  responded?: Span | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What the API is asked for: first and last day, each left out where it is open. */
export interface Days {
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayIn(value: unknown): string | undefined {
  return typeof value === "string" && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** A period of whatever an address says; what is not understood is left out. */
export function periodOf(said: Record<string, unknown>): Period {
  const responded = SPANS.find((one) => one === said.responded && one !== "all");
  if (responded !== "own") return { responded };
  return { responded, from: dayIn(said.from), to: dayIn(said.to) };
}

/** Today in a zone, as the API writes days. */
export function todayIn(zone: string, now: Date): string {
  const options: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone: zone,
  };
  return new Intl.DateTimeFormat("en-CA", options).format(now);
}

/** The days of a period that ends today in a zone, today itself included. */
export function daysOf(period: Period, zone: string, now: Date): Days {
  const { responded: span = "all", from, to } = period;
  if (span === "all") return {};
  if (span === "own") return { ...(from && { from }), ...(to && { to }) };
  const last = todayIn(zone, now);
  const first = new Date(Date.parse(last) - (LENGTHS[span] - 1) * 86_400_000);
  return { from: first.toISOString().slice(0, 10), to: last };
}
