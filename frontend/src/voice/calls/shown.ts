// Which calls the screen of calls shows; part of its address.

export const CALLS_SHOWN = ["mine", "missed", "messages"] as const;
export type CallsShown = (typeof CALLS_SHOWN)[number];

export function isCallsShown(value: unknown): value is CallsShown {
  return CALLS_SHOWN.some((one) => one === value);
}
