// The tones that the workbench makes itself, as cadences: pairs of sines, on and off, over and over.
//
// Ringback is that of North America (440 and 480 Hz, 2 s of 6; ITU-T E.180, supplement 2), played only while the network
// plays none of its own. The ring for calls to us is another, so that nobody takes one for the other.

import type { CallNow } from "~/api/schema";

export interface Tone {
  hertz: readonly [number, number];
  /** Seconds on, off, on, off …; then again from the beginning. */
  cadence: readonly number[];
  level: number;
}

export type ToneName = "ringback" | "ring";

export const TONES: Record<ToneName, Tone> = {
  ringback: { hertz: [440, 480], cadence: [2, 4], level: 0.12 },
  ring: { hertz: [587, 880], cadence: [0.4, 0.2, 0.4, 2], level: 0.2 },
};

/** The spans from, to in seconds in which a tone sounds, of all that begin before `seconds`. */
export function spansOf(tone: Tone, seconds: number): (readonly [number, number])[] {
  const spans: [number, number][] = [];
  let at = 0;
  for (let place = 0; at < seconds; place = (place + 1) % tone.cadence.length) {
    const length = tone.cadence[place] ?? 0;
    if (place % 2 === 0) spans.push([at, at + length]);
    at += length;
  }
  return spans;
}

/** What is to be heard of a call as it stands, beside what comes by the line. */
export function toneOf(call: CallNow | null, userId: string): ToneName | null {
  if (!call) return null;
  const own = call.legs.find((one) => one.user_id === userId);
  if (!own) return null;
  if (own.state === "ringing") return "ring";
  const isReached = call.status === "ringing" && call.direction === "outbound";
  return isReached && !call.has_early_media ? "ringback" : null;
}
