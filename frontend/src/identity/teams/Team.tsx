// One team: what holds for it, who is in it, and when it works.

import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { TeamOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel, Screen } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { NotAllowed, Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { ZoneField } from "~/kit/ZoneField";
import { TeamHours } from "../hours/HoursPanel";
import { SettingsTabs } from "../SettingsTabs";
import { useMay, useUsers } from "../session";
import { Members } from "./Members";
import styles from "./Team.module.css";

export function Team() {
  const { teamId } = useParams({ from: "/signed-in/settings/teams/$teamId" });
  return useMay("users:write") ? <Page key={teamId} teamId={teamId} /> : <NotAllowed />;
}

function Page({ teamId }: { teamId: string }) {
  const { t } = useTranslation();
  const params = { path: { team_id: teamId } };
  const team = $api.useQuery("get", "/api/v1/teams/{team_id}", { params });
  return (
    <Screen
      title={team.data?.name ?? t("settings.teams")}
      detail={<Link to="/settings/teams">{t("teams.all")}</Link>}
      actions={
        <Link to="/settings/events" search={{ subject: `team:${teamId}` }}>
          {t("teams.history")}
        </Link>
      }
    >
      <SettingsTabs />
      <Shown query={team} rows={8}>
        {(found) => (
          <div className={styles.columns}>
            <Panel title={t("teams.rules")}>
              <Rules team={found} />
            </Panel>
            <Members team={found} />
            <div className={styles.whole}>
              <TeamHours teamId={teamId} />
            </div>
          </div>
        )}
      </Shown>
    </Screen>
  );
}

interface Draft {
  name: string;
  manager: string;
  zone: string;
  talk: number | null;
  sal: TeamOut["sal_counts_at"];
  engaged: number | null;
}

function draftOf(team: TeamOut): Draft {
  return {
    name: team.name,
    manager: team.manager_id ?? "",
    zone: team.time_zone,
    talk: team.minimum_talk_seconds,
    sal: team.sal_counts_at,
    engaged: team.engaged_people,
  };
}

function Rules({ team }: { team: TeamOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const copy = useCopy(team, draftOf);
  const { draft, change } = copy;
  const path = { team_id: team.id };

  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: draft.name,
        manager_id: draft.manager || null,
        time_zone: draft.zone,
        sal_counts_at: draft.sal,
        ...(draft.talk !== null && { minimum_talk_seconds: draft.talk }),
        ...(draft.engaged !== null && { engaged_people: draft.engaged }),
      };
      const params = { path, header: ifMatch(copy.base.version) };
      return answer<TeamOut>(api.PATCH("/api/v1/teams/{team_id}", { params, body }));
    },
    onSuccess: (saved) => {
      copy.settle(saved);
      void readAgain(["/api/v1/teams"]);
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    copy.rebase(await answer<TeamOut>(api.GET("/api/v1/teams/{team_id}", { params: { path } })));
    save.reset();
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    save.mutate();
  }

  const managers = [...users.values()].filter((one) => one.is_active || one.id === team.manager_id);
  return (
    <form className={styles.stack} onSubmit={submit} noValidate>
      <TextField
        label={t("teams.name")}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={wrongField(save.error, "name")}
        maxLength={200}
        isRequired
      />
      <ComboField
        label={t("teams.manager")}
        hint={t("teams.manager_hint")}
        placeholder={t("teams.no_manager")}
        value={draft.manager}
        onChange={(manager) => change({ manager })}
        choices={managers.map((one) => ({ id: one.id, label: one.name, detail: t(`role.${one.role}`) }))}
        error={wrongField(save.error, "manager_id")}
      />
      <ZoneField
        label={t("teams.zone")}
        hint={t("teams.zone_hint")}
        value={draft.zone}
        onChange={(zone) => change({ zone })}
        error={wrongField(save.error, "time_zone")}
        isRequired
      />
      <NumberField
        label={t("teams.talk")}
        hint={t("teams.talk_hint")}
        value={draft.talk}
        onChange={(talk) => change({ talk })}
        minValue={0}
        error={wrongField(save.error, "minimum_talk_seconds")}
      />
      <SelectField
        label={t("teams.sal")}
        value={draft.sal}
        onChange={(sal) => change({ sal: sal as Draft["sal"] })}
        choices={[
          { id: "hand_off", label: t("teams.sal_hand_off"), detail: t("teams.sal_hand_off_detail") },
          { id: "acceptance", label: t("teams.sal_acceptance"), detail: t("teams.sal_acceptance_detail") },
        ]}
      />
      <NumberField
        label={t("teams.engaged")}
        hint={t("teams.engaged_hint")}
        value={draft.engaged}
        onChange={(engaged) => change({ engaged })}
        minValue={1}
        error={wrongField(save.error, "engaged_people")}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
      <div className={styles.foot}>
        <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!copy.isChanged}>
          {t("save")}
        </Button>
        {copy.isChanged && (
          <Button
            onPress={() => {
              copy.discard();
              save.reset();
            }}
          >
            {t("hours.discard")}
          </Button>
        )}
      </div>
    </form>
  );
}
