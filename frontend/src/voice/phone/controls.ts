// What one sees and may do in a call, by what the server tells of it. Pure; decides nothing the server decides: a control
// is there because its path stands in `may`.

import type { CallNow, LegNow } from "~/api/schema";

/** The paths below /calls/{id}/ that the server names in `may`. */
export type Command =
  | "take"
  | "decline"
  | "mute"
  | "hold"
  | "resume"
  | "press"
  | "bring"
  | "leave"
  | "drop"
  | "record"
  | "leave-message"
  | "hang-up";

export interface Control {
  command: Command;
  /** Key of its words in the texts, below `phone.do`. */
  words: ControlWords;
  keys: string;
  /** Whether what it switches is on: muted, recording. */
  isOn?: boolean;
}

export type ControlWords =
  | "take"
  | "decline"
  | "mute"
  | "unmute"
  | "hold"
  | "resume"
  | "join"
  | "press"
  | "bring"
  | "leave"
  | "drop"
  | "record"
  | "pause"
  | "leave_message"
  | "hang_up";

/** In the order in which they stand. */
const KEYS: readonly (readonly [Command, string])[] = [
  ["mute", "m"],
  ["hold", "k"],
  ["resume", "j"],
  ["press", "d"],
  ["bring", "b"],
  ["leave", "l"],
  ["drop", "u"],
  ["record", "Shift+R"],
  ["leave-message", "v"],
  ["hang-up", "Shift+H"],
];

export function ownLeg(call: CallNow, userId: string): LegNow | undefined {
  return call.legs.find((one) => one.user_id === userId);
}

/** Whether a call is one that this user is in or is rung by. */
export function isIn(call: CallNow, userId: string): boolean {
  return call.status !== "ended" && ownLeg(call, userId) !== undefined;
}

/** Whether it rings this user. */
export function isRinging(call: CallNow, userId: string): boolean {
  return ownLeg(call, userId)?.state === "ringing";
}

/** Whoever is in it besides the user and whom they talk with; for a colleague who was called, that is the caller. */
export function othersOf(call: CallNow, userId: string): LegNow[] {
  const opposite = ownLeg(call, userId)?.part === "person" ? "owner" : "person";
  return call.legs.filter((one) => one.part !== opposite && one.user_id !== userId);
}

/** The controls of a call for the user, exactly those in `may`. */
export function controlsOf(call: CallNow, userId: string): Control[] {
  return KEYS.filter(([command]) => call.may.includes(command)).map(([command, keys]) => ({
    command,
    keys,
    ...wordsOf(command, call, userId),
  }));
}

function wordsOf(command: Command, call: CallNow, userId: string): { words: ControlWords; isOn?: boolean } {
  switch (command) {
    case "mute": {
      const isOn = ownLeg(call, userId)?.is_muted ?? false;
      return { words: isOn ? "unmute" : "mute", isOn };
    }
    case "resume":
      return { words: othersOf(call, userId).some((one) => one.state === "up") ? "join" : "resume" };
    case "record": {
      const isOn = call.recording === "on";
      return { words: isOn ? "pause" : "record", isOn };
    }
    case "leave-message":
      return { words: "leave_message" };
    case "hang-up":
      return { words: "hang_up" };
    default:
      return { words: command };
  }
}

export type Standing =
  | "dialing"
  | "ringing"
  | "talking"
  | "held"
  | "consulting"
  | "bringing"
  | "transferring"
  | "together"
  | "message"
  | "incoming"
  | "brought"
  | "away";

/** How a call stands for the user, in a word. */
export function standingOf(call: CallNow, userId: string): Standing {
  const own = ownLeg(call, userId);
  if (own?.state === "ringing") return own.part === "colleague" && call.answered_at ? "brought" : "incoming";
  if (own?.is_away) return "away";
  if (call.status === "dialing" || call.status === "ringing" || call.status === "message") return call.status;
  const others = othersOf(call, userId);
  if (others.some((one) => one.state === "up")) return call.is_held ? "consulting" : "together";
  if (others.length > 0) return "bringing";
  return call.is_held ? "held" : "talking";
}

/** Seconds that count on screen: of talk once answered, else since it began; by the server's clock. */
export function secondsOf(call: CallNow, skewMs: number, now: number): number {
  const since = new Date(call.answered_at ?? call.opened_at).getTime();
  return Math.max(0, (now + skewMs - since) / 1000);
}

/** How far the server's clock is ahead of ours, by what it told when it told it. */
export function skewOf(call: CallNow, heardAt: number): number {
  return new Date(call.now).getTime() - heardAt;
}

export type Health = "good" | "fair" | "bad" | "one_way";

const GOOD_MOS = 3.8;
const FAIR_MOS = 3.1;

/** How a line fares: MOS as speech quality is usually told (G.107, annex B: 4 satisfied, 3.6 some, 3.1 many are not). */
export function healthOf(call: CallNow): Health | null {
  if (!call.quality) return null;
  if (call.quality.is_one_way) return "one_way";
  if (call.quality.mos >= GOOD_MOS) return "good";
  return call.quality.mos >= FAIR_MOS ? "fair" : "bad";
}

/** What may be pressed on a telephone, of what was typed. */
export function digitsOf(typed: string): string {
  return typed.replaceAll(/[^0-9*#]/g, "");
}
