// A copy of something that is being changed, while what it was copied from may change too.

import { useEffect, useState } from "react";
import { merged } from "./useEdit";

export interface Copy<T, D> {
  /** The version that the copy began from: what a change is saved against. */
  base: T;
  draft: D;
  change: (changes: Partial<D>) => void;
  isChanged: boolean;
  /** Take this version as the base: what was not touched follows it, what was changed stays. */
  rebase: (present: T) => void;
  /** This is how it stands now that it was saved. */
  settle: (saved: T) => void;
  discard: () => void;
}

interface State<T, D> {
  base: T;
  before: D;
  draft: D;
}

const PREFIX = "offhook.copy.";

function readKept<T, D>(name: string): State<T, D> | undefined {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept ? (JSON.parse(kept) as State<T, D>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A copy that follows newer versions until something in it is changed; from then on nothing in it is lost. With
 * `keptAs`, a name of its own, what was changed is kept in this browser until it is saved or discarded.
 */
export function useCopy<T extends { version: number }, D extends object>(
  present: T,
  draftOf: (present: T) => D,
  keptAs?: string,
): Copy<T, D> {
  const begin = (one: T): State<T, D> => {
    const draft = draftOf(one);
    return { base: one, before: draft, draft };
  };
  const [state, setState] = useState(() => (keptAs && readKept<T, D>(keptAs)) || begin(present));
  const isChanged = JSON.stringify(state.draft) !== JSON.stringify(state.before);
  useEffect(() => {
    if (!keptAs) return;
    if (isChanged) localStorage.setItem(PREFIX + keptAs, JSON.stringify(state));
    else localStorage.removeItem(PREFIX + keptAs);
  }, [keptAs, isChanged, state]);
  if (present.version > state.base.version && !isChanged) setState(begin(present));
  return {
    base: state.base,
    draft: state.draft,
    isChanged,
    change: (changes) => setState((one) => ({ ...one, draft: { ...one.draft, ...changes } })),
    rebase: (newer) =>
      setState(({ before, draft }) => {
        const after = draftOf(newer);
        return { base: newer, before: after, draft: merged(before, draft, after).values };
      }),
    settle: (saved) => setState(begin(saved)),
    discard: () => setState(({ base, before }) => ({ base, before, draft: before })),
  };
}
