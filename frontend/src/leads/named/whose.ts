import type { NamedListOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";

/** Whose a list is: the rep's or the team's name. */
export function useWhose(list: Pick<NamedListOut, "user_id" | "team_id"> | undefined): string {
  const users = useUsers();
  const teams = useTeams();
  if (list?.user_id) return users.get(list.user_id)?.name ?? "…";
  return list?.team_id ? (teams.get(list.team_id)?.name ?? "…") : "";
}
