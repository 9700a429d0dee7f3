import { UserMinus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { TeamOut, UserOut } from "~/api/schema";
import { IconButton } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { tell, tellProblem } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { useTeams, useUserList } from "../session";
import styles from "./Members.module.css";

/** Who is in a team, taking people in and out of it. */
export function Members({ team }: { team: TeamOut }) {
  const { t } = useTranslation();
  const teams = useTeams();
  const users = useUserList();
  // Remounted after each choice, so that the field is empty again.
  const [taken, setTaken] = useState(0);

  async function move(user: UserOut, teamId: string | null): Promise<UserOut> {
    const params = { path: { user_id: user.id }, header: ifMatch(user.version) };
    const moved = await answer<UserOut>(
      api.PATCH("/api/v1/users/{user_id}", { params, body: { team_id: teamId } }),
    );
    await readAgain(["/api/v1/users"]);
    return moved;
  }

  async function change(user: UserOut, teamId: string | null, told: string): Promise<void> {
    try {
      const moved = await move(user, teamId);
      tell(told, () => {
        move(moved, user.team_id).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      void readAgain(["/api/v1/users"]);
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Shown query={users}>
      {(everybody) => {
        const members = everybody.filter((one) => one.team_id === team.id && one.is_active);
        const others = everybody.filter((one) => one.team_id !== team.id && one.is_active);
        return (
          <Panel title={t("teams.members", { count: members.length })}>
            <div className={styles.stack}>
              {members.length === 0 && <p className={styles.detail}>{t("teams.no_members")}</p>}
              <ul className={styles.members}>
                {members.map((one) => (
                  <li key={one.id}>
                    <span className={styles.who}>
                      {one.name} <span className={styles.detail}>{t(`role.${one.role}`)}</span>
                    </span>
                    <IconButton
                      label={t("teams.take_out_of", { name: one.name })}
                      onPress={() => void change(one, null, t("teams.taken_out", { name: one.name }))}
                    >
                      <UserMinus size={16} aria-hidden="true" />
                    </IconButton>
                  </li>
                ))}
              </ul>
              <ComboField
                key={taken}
                label={t("teams.take_in")}
                hint={t("teams.take_in_hint")}
                value=""
                onChange={(id) => {
                  const chosen = others.find((one) => one.id === id);
                  if (!chosen) return;
                  setTaken((before) => before + 1);
                  void change(chosen, team.id, t("teams.taken_in", { name: chosen.name }));
                }}
                choices={others.map((one) => ({
                  id: one.id,
                  label: one.name,
                  detail: [t(`role.${one.role}`), one.team_id && teams.get(one.team_id)?.name]
                    .filter(Boolean)
                    .join(" · "),
                }))}
              />
            </div>
          </Panel>
        );
      }}
    </Shown>
  );
}
