import { useMemo } from "react";
import { $api } from "~/api/client";
import type { Me, NamedListOut } from "~/api/schema";

/** The lists of named accounts: all of an ordinary organisation. */
export function useLists() {
  return $api.useQuery("get", "/api/v1/named-lists", { params: { query: { limit: 200 } } });
}

/** Whether a list is this user's own or their team's. */
export function isOwn(list: NamedListOut, me: Me): boolean {
  return list.user_id === me.id || (list.team_id !== null && list.team_id === me.team_id);
}

/** Own lists first, then the team's, then everybody else's; each by name. */
export function useListsInOrder(lists: readonly NamedListOut[] | undefined, me: Me): NamedListOut[] {
  return useMemo(() => {
    const rank = (one: NamedListOut) => (one.user_id === me.id ? 0 : isOwn(one, me) ? 1 : 2);
    return [...(lists ?? [])].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  }, [lists, me]);
}
