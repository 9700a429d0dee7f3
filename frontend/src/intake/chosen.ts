// What somebody is about to import: the file and how it is to be read. Kept in this tab while they look elsewhere, sign in
// again or the server fails, until the server has it; by user and campaign, so that nobody meets another's file.

import { useCallback, useSyncExternalStore } from "react";
import type { Target } from "~/api/schema";

export interface Chosen {
  /** New with every file: what was read of another one is not this one's. */
  key: string;
  file: File;
  /** What columns are said to be, where that differs from what the server takes them for. */
  mapping: Readonly<Record<string, Target>>;
  region: string;
  sheet: string;
  dayFirst: boolean | null;
  areaCode: string;
}

/** How a file is read at first. */
export function chosenOf(file: File, key: string): Chosen {
  return { key, file, mapping: {}, region: "", sheet: "", dayFirst: null, areaCode: "" };
}

const MANY: readonly Target[] = ["attribute", "ignore"];

/** The mapping with a column said to be something; a field is one column's, so another that had it is let go. */
export function mapped(
  mapping: Readonly<Record<string, Target>>,
  column: string,
  target: Target,
): Record<string, Target> {
  const kept = Object.entries(mapping).filter(
    ([name, field]) => name !== column && (field !== target || MANY.includes(target)),
  );
  return { ...Object.fromEntries(kept), [column]: target };
}

const LONGEST_NAME = 200;

/** What the server is asked with the file. */
export function queryOf(chosen: Chosen) {
  const map = Object.entries(chosen.mapping).map(([column, field]) => `${column}=${field}`);
  return {
    file_name: chosen.file.name.slice(-LONGEST_NAME) || "file",
    ...(map.length > 0 && { map }),
    ...(chosen.region && { region: chosen.region }),
    ...(chosen.sheet && { sheet: chosen.sheet }),
    ...(chosen.dayFirst !== null && { day_first: chosen.dayFirst }),
    ...(chosen.areaCode.trim() && { area_code: chosen.areaCode.trim() }),
  };
}

const kept = new Map<string, Chosen>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keep what is chosen at a place, or forget it. */
export function keep(place: string, chosen: Chosen | null): void {
  if (chosen) kept.set(place, chosen);
  else kept.delete(place);
  for (const one of listeners) one();
}

/** What is chosen at a place, and how to change that. */
export function useChosen(place: string): [Chosen | null, (chosen: Chosen | null) => void] {
  const chosen = useSyncExternalStore(subscribe, () => kept.get(place) ?? null);
  const change = useCallback((changed: Chosen | null) => keep(place, changed), [place]);
  return [chosen, change];
}

/** The place of a user's import into a campaign; without one, of the import whose campaign is still to be chosen. */
export function placeOf(userId: string, campaignId = ""): string {
  return `${userId} ${campaignId}`;
}
