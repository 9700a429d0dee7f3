// The teams: who leads them, who is in them, and a page for each.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { TeamOut } from "~/api/schema";
import { zoneLabel } from "~/i18n/zones";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { ExportMenu } from "~/kit/ExportMenu";
import { TextField } from "~/kit/Field";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, FormProblem, NotAllowed, Shown, wrongField } from "~/kit/states";
import { Table } from "~/kit/Table";
import { ZoneField } from "~/kit/ZoneField";
import { SettingsTabs } from "../SettingsTabs";
import { useMay, useTeamList, useUsers } from "../session";

export function Teams() {
  return useMay("users:write") ? <List /> : <NotAllowed />;
}

function List() {
  const { t } = useTranslation();
  const teams = useTeamList();
  const users = useUsers();
  const [isAdding, setAdding] = useState(false);
  const members = (team: TeamOut) => [...users.values()].filter((one) => one.team_id === team.id && one.is_active);

  return (
    <Screen
      title={t("settings.title")}
      actions={
        <>
          <ExportMenu path="/api/v1/teams/export" query={{}} />
          <Button look="primary" onPress={() => setAdding(true)}>
            <Plus size={14} aria-hidden="true" /> {t("teams.add")}
          </Button>
        </>
      }
    >
      <SettingsTabs />
      <Panel label={t("settings.teams")} isFlush>
        <Shown query={teams} rows={5}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={t("teams.none")} icon={<UsersRound size={22} aria-hidden="true" />}>
                {t("teams.none_detail")}
              </Empty>
            ) : (
              <Table
                label={t("settings.teams")}
                rows={items}
                idOf={(one) => one.id}
                columns={[
                  {
                    id: "name",
                    label: t("teams.name"),
                    isName: true,
                    cell: (one) => (
                      <Link to="/settings/teams/$teamId" params={{ teamId: one.id }}>
                        <b>{one.name}</b>
                      </Link>
                    ),
                  },
                  {
                    id: "manager",
                    label: t("teams.manager"),
                    cell: (one) => (one.manager_id ? users.get(one.manager_id)?.name : "–"),
                  },
                  {
                    id: "members",
                    label: t("teams.members"),
                    width: "96px",
                    isNumber: true,
                    cell: (one) => members(one).length,
                  },
                  {
                    id: "zone",
                    label: t("teams.zone"),
                    isOptional: true,
                    cell: (one) => zoneLabel(one.time_zone),
                  },
                  {
                    id: "sal",
                    label: t("teams.sal"),
                    isOptional: true,
                    cell: (one) => t(`teams.sal_${one.sal_counts_at}`),
                  },
                ]}
              />
            )
          }
        </Shown>
      </Panel>
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </Screen>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [zone, setZone] = useState("");
  const add = useMutation({
    mutationFn: () =>
      answer<TeamOut>(api.POST("/api/v1/teams", { body: { name, ...(zone && { time_zone: zone }) } })),
    onSuccess: (added) => {
      void readAgain(["/api/v1/teams"]);
      onClose();
      void navigate({ to: "/settings/teams/$teamId", params: { teamId: added.id } });
    },
  });
  return (
    <Dialog
      title={t("teams.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={add.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("teams.name")}
        value={name}
        onChange={setName}
        error={wrongField(add.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <ZoneField
        label={t("teams.zone")}
        hint={t("teams.zone_new_hint")}
        value={zone}
        onChange={setZone}
        error={wrongField(add.error, "time_zone")}
      />
      <FormProblem error={add.error} />
    </Dialog>
  );
}
