// A list of named accounts: its name, and which team or rep is told to open it.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NamedListOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

const TEAM = "team:";
const USER = "user:";

function whoseOf(list: NamedListOut): string {
  return list.user_id ? USER + list.user_id : TEAM + (list.team_id ?? "");
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
  const [base, setBase] = useState(list);
  const [name, setName] = useState(list?.name ?? "");
  const [whose, setWhose] = useState<string | null>(list && whoseOf(list));

  const save = useMutation({
    mutationFn: () => {
      const id = whose?.split(":")[1] ?? null;
      const owner = whose?.startsWith(USER) ? { user_id: id } : { team_id: id };
      if (!base) return answer<NamedListOut>(api.POST("/api/v1/named-lists", { body: { name, ...owner } }));
      return answer<NamedListOut>(
        api.PATCH("/api/v1/named-lists/{list_id}", {
          params: { path: { list_id: base.id }, header: ifMatch(base.version) },
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
  const isStale = save.error instanceof Problem && save.error.status === 412;

  async function mergeOver(): Promise<void> {
    if (!base) return;
    const params = { path: { list_id: base.id } };
    setBase(await answer<NamedListOut>(api.GET("/api/v1/named-lists/{list_id}", { params })));
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
        onChange={setName}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <SelectField
        label={t("named.opened_by")}
        hint={t("named.opened_by_hint")}
        value={whose}
        onChange={setWhose}
        error={wrongField(save.error, "team_id") ?? wrongField(save.error, "user_id")}
        choices={[
          ...[...teams.values()].map((one) => ({ id: TEAM + one.id, label: one.name, detail: t("named.a_team") })),
          ...[...users.values()]
            .filter((one) => one.is_active && one.role === "rep")
            .map((one) => ({ id: USER + one.id, label: one.name, detail: t("role.rep") })),
        ]}
        isRequired
      />
      <FormProblem error={save.error} />
      {isStale && (
        <div>
          <Button onPress={() => void mergeOver()}>{t("merge.over")}</Button>
        </div>
      )}
    </Dialog>
  );
}
