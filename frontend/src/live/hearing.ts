// Screens that want to hear of events themselves, besides reading again what they concern.

import { useEffect, useEffectEvent } from "react";
import type { LiveEvent } from "./link";

type Listener = (events: readonly LiveEvent[]) => void;

const listeners = new Set<Listener>();

/** Pass on what the link told. */
export function hear(events: readonly LiveEvent[]): void {
  for (const one of listeners) one(events);
}

/** Be told of events as they come, while mounted. */
export function useHearing(listener: Listener): void {
  const listen = useEffectEvent(listener);
  useEffect(() => {
    const heard: Listener = (events) => listen(events);
    listeners.add(heard);
    return () => {
      listeners.delete(heard);
    };
  }, []);
}
