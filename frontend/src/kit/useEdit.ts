// A form over a record that somebody else may change meanwhile: only what was typed is sent, and when the record turns
// out to be stale, the present one is taken as the base without losing what was typed.

import { useState } from "react";

export interface Edit<F extends object> {
  values: F;
  set: <K extends keyof F>(name: K, value: F[K]) => void;
  /** What differs from the base. */
  changes: Partial<F>;
  /** What somebody else made of fields that were typed here too. */
  theirs: Partial<F>;
  /** Take the present record as the base: what was not touched follows it, what was typed stays. */
  rebase: (present: F) => void;
}

function names<F extends object>(of: F): (keyof F)[] {
  return Object.keys(of) as (keyof F)[];
}

/** The three-way merge behind it: mine where it was typed, theirs where not; and theirs where both changed. */
export function merged<F extends object>(base: F, mine: F, present: F): { values: F; theirs: Partial<F> } {
  const values = { ...mine };
  const theirs: Partial<F> = {};
  for (const name of names(base)) {
    if (mine[name] === base[name]) values[name] = present[name];
    else if (present[name] !== base[name] && present[name] !== mine[name]) theirs[name] = present[name];
  }
  return { values, theirs };
}

export function useEdit<F extends object>(first: F): Edit<F> {
  const [state, setState] = useState<{ base: F; values: F; theirs: Partial<F> }>(() => ({
    base: first,
    values: first,
    theirs: {},
  }));
  const changes: Partial<F> = {};
  for (const name of names(state.values)) {
    if (state.values[name] !== state.base[name]) changes[name] = state.values[name];
  }
  return {
    values: state.values,
    changes,
    theirs: state.theirs,
    set: (name, value) => setState((before) => ({ ...before, values: { ...before.values, [name]: value } })),
    rebase: (present) => setState((before) => ({ base: present, ...merged(before.base, before.values, present) })),
  };
}
