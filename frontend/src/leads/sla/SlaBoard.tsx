// The SLA board: the promises that press now and whose they are, who can take more, and what is promised at all.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTeams } from "~/identity/session";
import { SelectField } from "~/kit/Field";
import { Screen } from "~/kit/Panel";
import { ManagerTabs } from "~/leads/ManagerTabs";
import { Members } from "./Members";
import { Policies } from "./Policies";
import { Pressing } from "./Pressing";
import styles from "./SlaBoard.module.css";

const ALL = "all";

export function SlaBoard() {
  const { t } = useTranslation();
  const teams = useTeams();
  const [team, setTeam] = useState(ALL);
  const [states, setStates] = useState<"pressing" | "broken">("pressing");
  const teamId = team === ALL ? undefined : team;
  return (
    <Screen
      title={t("sla.title")}
      detail={t("sla.detail")}
      actions={
        <>
          <SelectField
            label={t("sla.states")}
            isLabelHidden
            value={states}
            onChange={(chosen) => setStates(chosen as "pressing" | "broken")}
            choices={[
              { id: "pressing", label: t("sla.warned_and_broken") },
              { id: "broken", label: t("sla.only_broken") },
            ]}
          />
          <SelectField
            label={t("scoreboard.team")}
            isLabelHidden
            value={team}
            onChange={setTeam}
            choices={[
              { id: ALL, label: t("scoreboard.all_teams") },
              ...[...teams.values()].map((one) => ({ id: one.id, label: one.name })),
            ]}
          />
        </>
      }
    >
      <ManagerTabs />
      <div className={styles.columns}>
        <Pressing teamId={teamId} onlyBroken={states === "broken"} />
        <Members teamId={teamId} />
      </div>
      <Policies />
    </Screen>
  );
}
