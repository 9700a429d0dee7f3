// How long to wait before trying a lost link again: twice as long each time, up to a limit, never quite the same.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const SPREAD = 0.25;

/** Milliseconds before attempt number `failures` (from 1); `chance` in 0 … 1 spreads those who lost it together. */
export function waitOf(failures: number, chance: number): number {
  const plain = Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), LONGEST_MS);
  return Math.round(plain * (1 - SPREAD + 2 * SPREAD * chance));
}
