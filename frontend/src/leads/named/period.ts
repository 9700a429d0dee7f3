// The period that reach is told for: so many days up to now.

export const SPANS = { week: 7, month: 30, quarter: 91, year: 365 } as const;
export type Span = keyof typeof SPANS;

export const SPAN_NAMES = Object.keys(SPANS) as Span[];

export function isSpan(text: unknown): text is Span {
  return typeof text === "string" && text in SPANS;
}

/** The begin of the period: midnight here so many days ago, so that it stays the same all day. */
export function sinceOf(span: Span): string {
  const at = new Date();
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() - SPANS[span]);
  return at.toISOString();
}
