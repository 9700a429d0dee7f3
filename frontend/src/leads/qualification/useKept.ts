// What is typed into criteria is kept in this browser until it is saved, with the version it was typed over, so that
// neither a reload nor a failing server loses it.

import { useState } from "react";
import type { CriteriaOut } from "~/api/schema";
import { useDraft } from "~/kit/useDraft";
import { type EditedCriteria, readCriteria } from "./draft";

interface Kept {
  base: CriteriaOut;
  criteria: EditedCriteria;
}

function readKept(text: string): Kept | undefined {
  try {
    return text ? (JSON.parse(text) as Kept) : undefined;
  } catch {
    return undefined;
  }
}

export function useKept(saved: CriteriaOut): Kept & {
  keep: (base: CriteriaOut, criteria: EditedCriteria) => void;
  forget: () => void;
} {
  const draft = useDraft(`criteria.${saved.id}`);
  const [first] = useState(() => readKept(draft.text) ?? { base: saved, criteria: readCriteria(saved) });
  return {
    ...first,
    keep: (base, criteria) => draft.write(JSON.stringify({ base, criteria } satisfies Kept)),
    forget: draft.discard,
  };
}
