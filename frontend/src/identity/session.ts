// Who is signed in, what they may do, and the names of everybody who works here.

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { $api, answer, api } from "~/api/client";
import { everyPage } from "~/api/query";
import type { Me, TeamOut, UserOut } from "~/api/schema";

const LONG = 10 * 60_000;
const LARGEST_PAGE = 200;

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

/** Read users and teams whole: they are few, and shown by name everywhere. */
const EVERYBODY = {
  queryKey: ["get", "/api/v1/users", { all: true }],
  queryFn: () =>
    everyPage((cursor) => {
      const query = { limit: LARGEST_PAGE, ...(cursor && { cursor }) };
      return answer(api.GET("/api/v1/users", { params: { query } }));
    }),
  staleTime: LONG,
};

const EVERY_TEAM = {
  queryKey: ["get", "/api/v1/teams", { all: true }],
  queryFn: () =>
    everyPage((cursor) => {
      const query = { limit: LARGEST_PAGE, ...(cursor && { cursor }) };
      return answer(api.GET("/api/v1/teams", { params: { query } }));
    }),
  staleTime: LONG,
};

/** Everybody who works here or did, as a list that says how its reading stands. */
export function useUserList(): UseQueryResult<UserOut[]> {
  return useQuery(EVERYBODY);
}

/** All teams, likewise. */
export function useTeamList(): UseQueryResult<TeamOut[]> {
  return useQuery(EVERY_TEAM);
}

/** Everybody who works here or did, by id. */
export function useUsers(): Map<string, UserOut> {
  const { data } = useUserList();
  return useMemo(() => new Map(data?.map((one) => [one.id, one])), [data]);
}

/** All teams, by id. */
export function useTeams(): Map<string, TeamOut> {
  const { data } = useTeamList();
  return useMemo(() => new Map(data?.map((one) => [one.id, one])), [data]);
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
