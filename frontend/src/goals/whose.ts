import { useTeams, useUsers } from "~/identity/session";

/** The name of the team or user that a goal is for. */
export function useWhose(): (goal: { user_id: string | null; team_id: string | null }) => string {
  const users = useUsers();
  const teams = useTeams();
  return ({ user_id, team_id }) =>
    (user_id ? users.get(user_id)?.name : team_id ? teams.get(team_id)?.name : undefined) ?? "…";
}
