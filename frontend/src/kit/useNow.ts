// The present, anew every so often: one timer for all clocks on screen.

import { useSyncExternalStore } from "react";

const STEP_MS = 15_000;

let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = new Date();
    for (const one of listeners) one();
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present moment, to some seconds. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
