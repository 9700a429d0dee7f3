// Who is signed in, what they may do, and the names of everybody who works here.

import { useMemo } from "react";
import { $api } from "~/api/client";
import type { Me, TeamOut, UserOut } from "~/api/schema";

const LONG = 10 * 60_000;

export const ME = ["get", "/api/v1/me", {}] as const;

/** The signed-in user; only below `SignedIn`, which has read it. */
export function useMe(): Me {
  const { data } = $api.useSuspenseQuery("get", "/api/v1/me", {}, { staleTime: LONG });
  return data;
}

/** Whether the signed-in user holds a permission. What they do not hold is not shown; the server refuses it anyway. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}

/** Everybody who works here or did, by id. */
export function useUsers(): Map<string, UserOut> {
  const { data } = $api.useQuery(
    "get",
    "/api/v1/users",
    { params: { query: { limit: 200 } } },
    { staleTime: LONG },
  );
  return useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]);
}

/** All teams, by id. */
export function useTeams(): Map<string, TeamOut> {
  const { data } = $api.useQuery(
    "get",
    "/api/v1/teams",
    { params: { query: { limit: 200 } } },
    { staleTime: LONG },
  );
  return useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]);
}

/** Where somebody in this role begins their day. */
export function homeOf(role: Me["role"]): string {
  const homes: Record<Me["role"], string> = {
    rep: "/today",
    ae: "/hand-offs",
    demand_generation: "/campaigns",
    manager: "/manager",
    admin: "/manager",
  };
  return homes[role];
}
