// A list of named accounts: its name, and which team or rep is told to open it.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NamedListOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";

const TEAM = "team:";
const USER = "user:";

/** What is told of a list; `whose` is null while nobody was chosen. */
interface Draft {
  name: string;
  whose: string | null;
}

type Present = Pick<NamedListOut, "version" | "name" | "user_id" | "team_id">;

const NEW: Present = { version: 0, name: "", user_id: null, team_id: null };

function draftOf({ name, user_id, team_id }: Present): Draft {
  return { name, whose: user_id ? USER + user_id : team_id && TEAM + team_id };
}

export function ListDialog({
  list,
  onClose,
  onSaved,
}: {
  list: NamedListOut | null;
  onClose: () => void;
  onSaved?: (saved: NamedListOut) => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const copy = useCopy<Present, Draft>(list ?? NEW, draftOf);
  const { name, whose } = copy.draft;

  const save = useMutation({
    mutationFn: () => {
      const id = whose?.split(":")[1] ?? null;
      const owner = whose?.startsWith(USER) ? { user_id: id } : { team_id: id };
      if (!list) return answer<NamedListOut>(api.POST("/api/v1/named-lists", { body: { name, ...owner } }));
      return answer<NamedListOut>(
        api.PATCH("/api/v1/named-lists/{list_id}", {
          params: { path: { list_id: list.id }, header: ifMatch(copy.base.version) },
          body: { name, ...owner },
        }),
      );
    },
    onSuccess: async (saved) => {
      await readAgain(["/api/v1/named-lists"]);
      tell(t("saved"));
      onClose();
      onSaved?.(saved);
    },
  });

  async function mergeOver(): Promise<void> {
    if (!list) return;
    const params = { path: { list_id: list.id } };
    copy.rebase(await answer<NamedListOut>(api.GET("/api/v1/named-lists/{list_id}", { params })));
    save.reset();
  }

  return (
    <Dialog
      title={list ? list.name : t("named.add_list")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!name.trim() || !whose}>
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("named.list_name")}
        value={name}
        onChange={(typed) => copy.change({ name: typed })}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <SelectField
        label={t("named.opened_by")}
        hint={t("named.opened_by_hint")}
        value={whose}
        onChange={(chosen) => copy.change({ whose: chosen })}
        error={wrongField(save.error, "team_id") ?? wrongField(save.error, "user_id")}
        choices={[
          ...[...teams.values()].map((one) => ({ id: TEAM + one.id, label: one.name, detail: t("named.a_team") })),
          ...[...users.values()]
            .filter((one) => one.is_active && one.role === "rep")
            .map((one) => ({ id: USER + one.id, label: one.name, detail: t("role.rep") })),
        ]}
        isRequired
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
