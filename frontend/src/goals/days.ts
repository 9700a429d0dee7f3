// Days by the reader's calendar, as the API writes them.

/** A day so many days before today. */
export function daysAgo(days: number): string {
  const at = new Date();
  at.setDate(at.getDate() - days);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((one) => String(one).padStart(2, "0")).join("-");
}

export function today(): string {
  return daysAgo(0);
}
