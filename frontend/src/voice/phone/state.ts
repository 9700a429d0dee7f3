// How the phone of this window stands, as a pure function of what is known of its parts.

import type { NoMicrophone } from "./microphone";

export interface Facts {
  /** Switched on in this browser. */
  isWanted: boolean;
  microphone: "unasked" | "asking" | "open" | NoMicrophone;
  link: "closed" | "connecting" | "open" | "lost";
  /** What the server says of the telephone; null until it said something. */
  telephone: { state: string; reason: string | null } | null;
  engine: { isLost: boolean; reason: string | null };
  /** Sound flows. */
  isConnected: boolean;
  isTakenOver: boolean;
  /** The server's own words on why sound could not be connected; it is tried again. */
  problem: string | null;
}

export type PhoneState =
  | "off"
  | "asking"
  | "connecting"
  | "ready"
  | "lost"
  | NoMicrophone
  | "taken_over"
  | "telephone_off"
  | "engine_lost"
  | "refused";

export const NOTHING_KNOWN: Facts = {
  isWanted: false,
  microphone: "unasked",
  link: "closed",
  telephone: null,
  engine: { isLost: false, reason: null },
  isConnected: false,
  isTakenOver: false,
  problem: null,
};

export function stateOf(facts: Facts): PhoneState {
  if (facts.isTakenOver) return "taken_over";
  if (!facts.isWanted || facts.microphone === "unasked") return "off";
  if (facts.microphone !== "open") return facts.microphone;
  if (facts.link === "lost") return "lost";
  if (facts.telephone && facts.telephone.state !== "ready") return "telephone_off";
  if (facts.engine.isLost) return "engine_lost";
  if (facts.isConnected) return "ready";
  return facts.problem ? "refused" : "connecting";
}

/** Why it stands so, in the server's own words where it gave some. */
export function reasonOfState(facts: Facts): string | null {
  const state = stateOf(facts);
  if (state === "telephone_off") return facts.telephone?.reason ?? null;
  if (state === "refused") return facts.problem;
  return state === "engine_lost" ? facts.engine.reason : null;
}
