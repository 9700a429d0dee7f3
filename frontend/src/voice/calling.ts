// Placing calls and doing something in them; a refusal by the policy is kept for the dialog that explains it.

import i18next from "i18next";
import { answer, api, Problem } from "~/api/client";
import type { ActivityOut, CallNow, CallPlaced, Logging } from "~/api/schema";
import { tellProblem } from "~/kit/notices";
import { createStore, useStore } from "~/kit/store";
import type { Command } from "./phone/controls";
import { phone, readyPhone, showCall } from "./phone/phone";

/** Whom to call: a lead's person, a person, or a number; `name` for screens. */
export type Whom = Partial<Pick<CallPlaced, "lead_id" | "person_id" | "number" | "agreed" | "drops_message">> & {
  name?: string | null;
};

interface Refused {
  whom: Whom;
  problem: Problem;
}

interface Calling {
  isPlacing: boolean;
  refused: Refused | null;
  /** The call that was logged last. */
  loggedId: string | null;
}

const store = createStore<Calling>({ isPlacing: false, refused: null, loggedId: null });

export function useCalling(): Calling {
  return useStore(store);
}

/** Say how a call ended. A call that ended this moment may not be on record yet: it is said again. */
export async function logCall(callId: string, body: Logging): Promise<ActivityOut> {
  const sent = { params: { path: { call_id: callId } }, body };
  try {
    return await logged(callId, api.POST("/api/v1/calls/{call_id}/log", sent));
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "call-running") throw error;
    await new Promise((resolve) => setTimeout(resolve, RECORD_MS));
    return logged(callId, api.POST("/api/v1/calls/{call_id}/log", sent));
  }
}

const RECORD_MS = 700;

async function logged(callId: string, sent: Promise<{ data?: ActivityOut }>): Promise<ActivityOut> {
  const entry = await answer<ActivityOut>(sent);
  store.set({ loggedId: callId });
  return entry;
}

/** The user has read why. */
export function forgetRefusal(): void {
  store.set({ refused: null });
}

/** Whether the policy said no, rather than something being out of order. */
export function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.code.startsWith("call-refused-");
}

export type Dialled = { is: "placed" } | { is: "refused"; problem: Problem } | { is: "failed" };

/**
 * Call somebody from this window's phone, connecting it first if need be. What goes wrong is told on screen; a refusal
 * is left to the caller where `isQuiet`.
 */
export async function dial({ name, ...whom }: Whom, isQuiet = false): Promise<Dialled> {
  if (store.get().isPlacing || phone().call) return { is: "failed" };
  store.set({ isPlacing: true, refused: null });
  try {
    const state = await readyPhone();
    if (state !== "ready") {
      tellProblem(null, i18next.t("phone.cannot_call", { why: i18next.t(`phone.state.${state}`) }));
      return { is: "failed" };
    }
    await answer(api.POST("/api/v1/calls", { body: { drops_message: false, ...whom } }));
    return { is: "placed" };
  } catch (error) {
    if (!isRefusal(error)) {
      tellProblem(error, i18next.t("state.unreachable"));
      return { is: "failed" };
    }
    if (!isQuiet) store.set({ refused: { whom: { name, ...whom }, problem: error } });
    return { is: "refused", problem: error };
  } finally {
    store.set({ isPlacing: false });
  }
}

type Plain = Exclude<Command, "mute" | "press" | "bring" | "drop" | "record">;

function plain(callId: string, command: Plain): Promise<CallNow> {
  const sent = { params: { path: { call_id: callId } } };
  switch (command) {
    case "take":
      return answer(api.POST("/api/v1/calls/{call_id}/take", sent));
    case "decline":
      return answer(api.POST("/api/v1/calls/{call_id}/decline", sent));
    case "hold":
      return answer(api.POST("/api/v1/calls/{call_id}/hold", sent));
    case "resume":
      return answer(api.POST("/api/v1/calls/{call_id}/resume", sent));
    case "leave":
      return answer(api.POST("/api/v1/calls/{call_id}/leave", sent));
    case "leave-message":
      return answer(api.POST("/api/v1/calls/{call_id}/leave-message", sent));
    case "hang-up":
      return answer(api.POST("/api/v1/calls/{call_id}/hang-up", sent));
  }
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Do one thing in a call, after what was asked before it: keys that are pressed quickly, digits above all, take effect in
 * their order. What goes wrong is told on screen. Whether it was done.
 */
function act(send: () => Promise<CallNow>): Promise<boolean> {
  const done = before.then(() => actNow(send));
  before = done;
  return done;
}

async function actNow(send: () => Promise<CallNow>): Promise<boolean> {
  try {
    showCall(await send());
    return true;
  } catch (error) {
    tellProblem(error, i18next.t("state.unreachable"));
    return false;
  }
}

/** Hanging up waits for nothing. */
export function command(callId: string, one: Plain): Promise<boolean> {
  const send = () => plain(callId, one);
  return one === "hang-up" ? actNow(send) : act(send);
}

export function mute(callId: string, isMuted: boolean): Promise<boolean> {
  const sent = { params: { path: { call_id: callId } }, body: { is_muted: isMuted } };
  return act(() => answer(api.POST("/api/v1/calls/{call_id}/mute", sent)));
}

export function press(callId: string, digits: string): Promise<boolean> {
  const sent = { params: { path: { call_id: callId } }, body: { digits } };
  return act(() => answer(api.POST("/api/v1/calls/{call_id}/press", sent)));
}

export function record(callId: string, isOn: boolean): Promise<boolean> {
  const sent = { params: { path: { call_id: callId } }, body: { is_on: isOn } };
  return act(() => answer(api.POST("/api/v1/calls/{call_id}/record", sent)));
}

export function drop(callId: string, leg: string | null): Promise<boolean> {
  const sent = { params: { path: { call_id: callId } }, body: { leg } };
  return act(() => answer(api.POST("/api/v1/calls/{call_id}/drop", sent)));
}

export interface Bringing {
  purpose: "consult" | "transfer" | "hand_off";
  user_ids: string[];
  number: string | null;
  in_order: boolean;
}

export function bring(callId: string, body: Bringing): Promise<CallNow> {
  return answer(api.POST("/api/v1/calls/{call_id}/bring", { params: { path: { call_id: callId } }, body }));
}
