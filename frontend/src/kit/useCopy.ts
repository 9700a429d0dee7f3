// A copy of something that is being changed, while what it was copied from may change too.

import { useState } from "react";

export interface Copy<T, D> {
  /** The version that the copy began from: what a change is saved against. */
  base: T;
  draft: D;
  change: (changes: Partial<D>) => void;
  isChanged: boolean;
  /** Take this version as the base; what was changed stays. */
  rebase: (present: T) => void;
  /** This is how it stands now that it was saved. */
  settle: (saved: T) => void;
  discard: () => void;
}

/** A copy that follows newer versions until something in it is changed; from then on nothing in it is lost. */
export function useCopy<T extends { version: number }, D extends object>(
  present: T,
  draftOf: (present: T) => D,
): Copy<T, D> {
  const [base, setBase] = useState(present);
  const [draft, setDraft] = useState(() => draftOf(present));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(base));
  function settle(saved: T): void {
    setBase(saved);
    setDraft(draftOf(saved));
  }
  if (present.version > base.version && !isChanged) settle(present);
  return {
    base,
    draft,
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
    isChanged,
    rebase: setBase,
    settle,
    discard: () => setDraft(draftOf(base)),
  };
}
