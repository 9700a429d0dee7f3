// A copy of something that is being changed, while what it was copied from may change too.

import { useState } from "react";
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

/** A copy that follows newer versions until something in it is changed; from then on nothing in it is lost. */
export function useCopy<T extends { version: number }, D extends object>(
  present: T,
  draftOf: (present: T) => D,
): Copy<T, D> {
  const begin = (one: T): State<T, D> => {
    const draft = draftOf(one);
    return { base: one, before: draft, draft };
  };
  const [state, setState] = useState(() => begin(present));
  const isChanged = JSON.stringify(state.draft) !== JSON.stringify(state.before);
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
