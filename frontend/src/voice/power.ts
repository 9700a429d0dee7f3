// Power dialling for one rep: after a call is logged the next lead opens and is dialled by itself a moment later, unless
// the rep waits. Pure transitions, and the store that all screens share.

import { createStore, useStore } from "~/kit/store";

export interface Power {
  isOn: boolean;
  /** Leave my recorded message by itself where a voicemail answers. */
  dropsMessage: boolean;
  /** The lead that is about to be dialled. */
  leadId: string | null;
  leftMs: number;
  /** Since when it counts down, by our clock; null: it waits. */
  since: number | null;
}

export const COUNTDOWN_MS = 3_000;

export const OFF: Power = { isOn: false, dropsMessage: false, leadId: null, leftMs: 0, since: null };

/** The next lead is on screen, or this one may be dialled a while later. */
export function arrived(power: Power, leadId: string, now: number, leftMs = COUNTDOWN_MS): Power {
  return power.isOn ? { ...power, leadId, leftMs, since: now } : power;
}

export function remaining(power: Power, now: number): number {
  const gone = power.since === null ? 0 : now - power.since;
  return Math.max(0, power.leftMs - gone);
}

/** Wait: nothing is dialled until it goes on. */
export function paused(power: Power, now: number): Power {
  return power.since === null ? power : { ...power, leftMs: remaining(power, now), since: null };
}

export function resumed(power: Power, now: number): Power {
  return power.leadId === null || power.since !== null ? power : { ...power, since: now };
}

/** It was dialled, or the rep went elsewhere. */
export function settled(power: Power): Power {
  return { ...power, leadId: null, leftMs: 0, since: null };
}

const DROPS = "offhook.drops_message";

const store = createStore<Power>({ ...OFF, dropsMessage: localStorage.getItem(DROPS) === "yes" });

export function usePower(): Power {
  return useStore(store);
}

export function power(): Power {
  return store.get();
}

export function switchPower(isOn: boolean): void {
  store.set(isOn ? { isOn } : { ...settled(store.get()), isOn });
}

export function setDropsMessage(dropsMessage: boolean): void {
  localStorage.setItem(DROPS, dropsMessage ? "yes" : "no");
  store.set({ dropsMessage });
}

export function arrive(leadId: string, leftMs?: number): void {
  store.set(arrived(store.get(), leadId, Date.now(), leftMs));
}

export function pause(): void {
  store.set(paused(store.get(), Date.now()));
}

export function resume(): void {
  store.set(resumed(store.get(), Date.now()));
}

export function settle(): void {
  store.set(settled(store.get()));
}
