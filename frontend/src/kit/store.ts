// State that lives outside of components, for what goes on whichever screen is shown: a call, a phone.

import { useSyncExternalStore } from "react";

export interface Store<T> {
  get: () => T;
  /** Change some of it; whoever looks is told if anything is another than before. */
  set: (changed: Partial<T>) => void;
  subscribe: (listener: () => void) => () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let present = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => present,
    set(changed) {
      const keys = Object.keys(changed) as (keyof T)[];
      if (keys.every((key) => Object.is(present[key], changed[key]))) return;
      present = { ...present, ...changed };
      for (const one of listeners) one();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A store's state in a component. */
export function useStore<T extends object>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
