// Who works here: invite, change, let go, and help whoever cannot get in.

import { useMutation } from "@tanstack/react-query";
import { Ellipsis, UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { EntryLinkOut, NewUser, UserOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { Button, IconButton } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { ExportMenu } from "~/kit/ExportMenu";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { Menu } from "~/kit/Menu";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { OnceDialog } from "~/kit/OnceDialog";
import { SaveProblem } from "~/kit/SaveProblem";
import { Empty, NotAllowed, Shown, wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { hasWords } from "~/kit/words";
import { ZoneField } from "~/kit/ZoneField";
import { SettingsTabs } from "./SettingsTabs";
import { useMay, useTeams, useUserList } from "./session";
import styles from "./Users.module.css";

const ROLES: readonly NewUser["role"][] = ["rep", "ae", "demand_generation", "manager", "admin"];
const NO_TEAM = "none";

export function Users() {
  const may = useMay("users:write");
  return may ? <List /> : <NotAllowed />;
}

function List() {
  const { t } = useTranslation();
  const teams = useTeams();
  const users = useUserList();
  const [typed, setTyped] = useState("");
  const [edited, setEdited] = useState<UserOut | "new" | null>(null);
  const [link, setLink] = useState<EntryLinkOut | null>(null);

  const nameOfTeam = (one: UserOut) => (one.team_id ? (teams.get(one.team_id)?.name ?? "") : "");

  async function invite(user: UserOut): Promise<void> {
    try {
      const params = { path: { user_id: user.id } };
      setLink(await answer(api.POST("/api/v1/users/{user_id}/entry-link", { params })));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function endSessions(user: UserOut): Promise<void> {
    try {
      const params = { path: { user_id: user.id } };
      const { ended } = await answer(api.POST("/api/v1/users/{user_id}/sessions/end", { params }));
      tell(t("users.sessions_ended", { count: ended, name: user.name }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function removeFactors(user: UserOut): Promise<void> {
    try {
      const params = { path: { user_id: user.id } };
      await answer(api.POST("/api/v1/users/{user_id}/second-factors/remove", { params }));
      tell(t("users.factors_removed", { name: user.name }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Screen
      title={t("settings.title")}
      actions={
        <>
          <ExportMenu path="/api/v1/users/export" query={{}} />
          <Button look="primary" onPress={() => setEdited("new")}>
            <UserPlus size={14} aria-hidden="true" /> {t("users.add")}
          </Button>
        </>
      }
    >
      <SettingsTabs />
      <div className={styles.find}>
        <TextField
          label={t("users.find")}
          isLabelHidden
          placeholder={t("users.find")}
          type="search"
          value={typed}
          onChange={setTyped}
        />
      </div>
      <Panel label={t("settings.users")} isFlush>
        <Shown query={users} rows={8}>
          {(everybody) => {
            const found = everybody.filter((one) =>
              hasWords(`${one.name} ${one.email} ${t(`role.${one.role}`)} ${nameOfTeam(one)}`, typed),
            );
            if (found.length === 0) return <Empty title={t("users.none_such")} />;
            return (
              <ul>
                {found.map((one) => (
                  <li key={one.id} className={styles.row}>
                    <span className={styles.who}>
                      <b>{one.name}</b>
                      <span className={styles.detail}>{one.email}</span>
                    </span>
                    <span>{t(`role.${one.role}`)}</span>
                    <span className={styles.detail}>{nameOfTeam(one)}</span>
                    <span>{!one.is_active && <Badge>{t("users.left")}</Badge>}</span>
                    <span className={styles.actions}>
                      <Button look="quiet" onPress={() => setEdited(one)}>
                        {t("edit")}
                      </Button>
                      <Menu
                        label={t("users.more", { name: one.name })}
                        choices={[
                          { id: "link", label: t("users.link"), run: () => void invite(one) },
                          { id: "end", label: t("users.end_sessions"), run: () => void endSessions(one) },
                          {
                            id: "factors",
                            label: t("users.remove_factors"),
                            run: () => void removeFactors(one),
                            isDanger: true,
                          },
                        ]}
                      >
                        <IconButton label={t("users.more", { name: one.name })}>
                          <Ellipsis size={16} aria-hidden="true" />
                        </IconButton>
                      </Menu>
                    </span>
                  </li>
                ))}
              </ul>
            );
          }}
        </Shown>
      </Panel>
      {edited && (
        <UserDialog
          user={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onAdded={(made) => void invite(made)}
        />
      )}
      {link && (
        <OnceDialog
          title={t(`users.link_${link.purpose}`)}
          detail={t("users.link_detail", { until: moment(link.expires_at) })}
          secret={link.url ?? ""}
          onClose={() => setLink(null)}
        />
      )}
    </Screen>
  );
}

interface Draft {
  version: number;
  name: string;
  email: string;
  role: NewUser["role"];
  team: string;
  zone: string;
  weight: number | null;
  capacity: number | null;
  isActive: boolean;
}

const NEW: Draft = {
  version: 0,
  name: "",
  email: "",
  role: "rep",
  team: NO_TEAM,
  zone: "",
  weight: 1,
  capacity: null,
  isActive: true,
};

function draftOf(user: UserOut): Draft {
  return {
    version: user.version,
    name: user.name,
    email: user.email,
    role: user.role,
    team: user.team_id ?? NO_TEAM,
    zone: user.time_zone,
    weight: user.routing_weight,
    capacity: user.capacity,
    isActive: user.is_active,
  };
}

function withoutVersion(draft: Draft): Omit<Draft, "version"> {
  const kept: Partial<Draft> = { ...draft };
  delete kept.version;
  return kept as Omit<Draft, "version">;
}

function UserDialog({
  user,
  onClose,
  onAdded,
}: {
  user: UserOut | null;
  onClose: () => void;
  onAdded: (user: UserOut) => void;
}) {
  const { t } = useTranslation();
  const teams = useTeams();
  const copy = useCopy(user ? draftOf(user) : NEW, withoutVersion);
  const { draft, change } = copy;

  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: draft.name,
        email: draft.email,
        role: draft.role,
        team_id: draft.team === NO_TEAM ? null : draft.team,
        routing_weight: draft.weight ?? 1,
        capacity: draft.capacity,
        ...(draft.zone && { time_zone: draft.zone }),
      };
      if (!user) return answer<UserOut>(api.POST("/api/v1/users", { body }));
      return answer<UserOut>(
        api.PATCH("/api/v1/users/{user_id}", {
          params: { path: { user_id: user.id }, header: ifMatch(copy.base.version) },
          body: { ...body, is_active: draft.isActive },
        }),
      );
    },
    onSuccess: (saved) => {
      void readAgain(["/api/v1/users"]);
      onClose();
      if (user) tell(t("saved"));
      else onAdded(saved);
    },
  });

  async function mergeOver(): Promise<void> {
    if (!user) return;
    const params = { path: { user_id: user.id } };
    copy.rebase(draftOf(await answer<UserOut>(api.GET("/api/v1/users/{user_id}", { params }))));
    save.reset();
  }

  return (
    <Dialog
      title={user ? user.name : t("users.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("users.name")}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <TextField
        label={t("sign_in.email")}
        type="email"
        value={draft.email}
        onChange={(email) => change({ email })}
        error={wrongField(save.error, "email")}
        isRequired
      />
      <SelectField
        label={t("users.role")}
        value={draft.role}
        onChange={(role) => change({ role: role as NewUser["role"] })}
        choices={ROLES.map((id) => ({ id, label: t(`role.${id}`) }))}
      />
      <SelectField
        label={t("users.team")}
        value={draft.team}
        onChange={(team) => change({ team })}
        choices={[
          { id: NO_TEAM, label: t("users.no_team") },
          ...[...teams.values()].map((one) => ({ id: one.id, label: one.name })),
        ]}
      />
      <ZoneField
        label={t("users.zone")}
        hint={t("users.zone_hint")}
        value={draft.zone}
        onChange={(zone) => change({ zone })}
        error={wrongField(save.error, "time_zone")}
      />
      <NumberField
        label={t("users.weight")}
        value={draft.weight}
        onChange={(weight) => change({ weight })}
        minValue={0}
      />
      <NumberField
        label={t("users.capacity")}
        hint={t("users.capacity_hint")}
        value={draft.capacity}
        onChange={(capacity) => change({ capacity })}
        minValue={0}
      />
      {user && (
        <SelectField
          label={t("users.state")}
          value={draft.isActive ? "active" : "left"}
          onChange={(chosen) => change({ isActive: chosen === "active" })}
          choices={[
            { id: "active", label: t("users.active") },
            { id: "left", label: t("users.left"), detail: t("users.left_detail") },
          ]}
        />
      )}
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
