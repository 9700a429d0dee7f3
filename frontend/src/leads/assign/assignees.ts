// Whom leads can be given to: the reps with how much they have in work, and the pools of teams.

import { useMemo } from "react";
import { $api } from "~/api/client";
import type { MemberOut, NewAssignment, RuleOut } from "~/api/schema";
import { useTeams } from "~/identity/session";
import type { Choice } from "~/kit/Field";

/** Whom routing chooses: the rep of a lead, or the AE of a hand-off. */
export type Purpose = RuleOut["purpose"];

/** Who is given leads or hand-offs, with load, capacity and absence. */
export function useMembers(purpose: Purpose = "rep") {
  return $api.useQuery("get", "/api/v1/routing-members", { params: { query: { purpose } } });
}

/** Stands for whoever routing chooses. */
export const ROUTED = "routed";

/** The choices of a field that asks to whom, told with how busy everybody is. */
export function useAssignees(told: {
  routed: string;
  load: (member: MemberOut) => string;
  pool: (team: string) => string;
}): Choice[] {
  const members = useMembers().data?.items;
  const teams = useTeams();
  return useMemo(() => {
    const pools = new Set(members?.map((one) => one.team_id));
    return [
      { id: ROUTED, label: told.routed },
      ...(members ?? []).map((one) => ({ id: `user:${one.user_id}`, label: one.name, detail: told.load(one) })),
      ...[...teams.values()]
        .filter((one) => pools.has(one.id))
        .map((one) => ({ id: `team:${one.id}`, label: told.pool(one.name) })),
    ];
  }, [members, teams, told]);
}

/** To whom, as the API takes it. */
export function assigneeOf(chosen: string): Pick<NewAssignment, "user_id" | "team_id"> {
  const [kind, id = null] = chosen.split(":");
  return { user_id: kind === "user" ? id : null, team_id: kind === "team" ? id : null };
}
