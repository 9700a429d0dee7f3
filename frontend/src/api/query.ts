// Server state: kept by TanStack Query under the keys that openapi-react-query makes, ["get", path, init].

import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./client";

const MOST_RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < MOST_RETRIES && error instanceof Problem && error.isPassing,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

/** The path of a query's key, if it is one of the API's. */
export function pathOf(key: readonly unknown[]): string | undefined {
  return key[0] === "get" && typeof key[1] === "string" ? key[1] : undefined;
}

/** Whether a query's key names this value among its path parameters or query. */
export function isAbout(key: readonly unknown[], id: string): boolean {
  return JSON.stringify(key[2] ?? null).includes(id);
}

type Choice = (query: { queryKey: readonly unknown[] }) => boolean;

/** The queries of these paths (by their beginnings) or, with `id`, only those about it. */
function of(beginnings: readonly string[], id?: string): Choice {
  return ({ queryKey }) => {
    const path = pathOf(queryKey);
    if (!path || !beginnings.some((one) => path.startsWith(one))) return false;
    return !id || isAbout(queryKey, id);
  };
}

/** Read again whatever is shown of these paths (by their beginnings), or, with `id`, only what is about it. */
export function readAgain(beginnings: readonly string[], id?: string): Promise<void> {
  return queryClient.invalidateQueries({ predicate: of(beginnings, id) });
}

/** Read these again when they are next shown: for what is just being left. */
export function readWhenShown(beginnings: readonly string[], id?: string): Promise<void> {
  return queryClient.invalidateQueries({ predicate: of(beginnings, id), refetchType: "none" });
}

interface PageOf<T> {
  items: T[];
  next_cursor?: string | null;
}

/** All of a list that is short enough to be held whole, page by page. */
export async function everyPage<T>(read: (cursor: string | undefined) => Promise<PageOf<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}
