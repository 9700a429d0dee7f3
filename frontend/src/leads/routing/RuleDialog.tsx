// A routing rule: when it holds, and who gets the leads then.

import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { RuleOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import type { Purpose } from "~/leads/assign/assignees";
import { ConditionBuilder } from "~/leads/conditions/ConditionBuilder";
import { faultsByPart, type Group, type Places, readCondition, writeCondition } from "~/leads/conditions/draft";
import { RulePreview } from "./RulePreview";

/** What is told of a rule; `to` is null while nobody was chosen. */
interface Draft {
  name: string;
  purpose: Purpose;
  to: string | null;
  isActive: boolean;
  group: Group;
}

type Present = Pick<RuleOut, "version" | "name" | "purpose" | "user_id" | "team_id" | "is_active" | "conditions">;

function draftOf(rule: Present): Draft {
  return {
    name: rule.name,
    purpose: rule.purpose,
    to: rule.user_id ? `user:${rule.user_id}` : rule.team_id && `team:${rule.team_id}`,
    isActive: rule.is_active,
    group: readCondition(rule.conditions),
  };
}

function newRule(purpose: Purpose): Present {
  return { version: 0, name: "", purpose, user_id: null, team_id: null, is_active: true, conditions: {} };
}

export function RuleDialog({
  rule,
  purpose: shown,
  onClose,
}: {
  rule: RuleOut | null;
  purpose: Purpose;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const copy = useCopy<Present, Draft>(rule ?? newRule(shown), draftOf);
  const { change } = copy;
  const { name, purpose, to, isActive, group } = copy.draft;

  const save = useMutation({
    mutationFn: () => {
      const [kind, id = null] = (to ?? "").split(":");
      const body = {
        name: name.trim(),
        conditions: writeCondition(group),
        user_id: kind === "user" ? id : null,
        team_id: kind === "team" ? id : null,
        is_active: isActive,
      };
      if (!rule) return answer(api.POST("/api/v1/routing-rules", { body: { ...body, purpose, position: 100 } }));
      const params = { path: { rule_id: rule.id }, header: ifMatch(copy.base.version) };
      return answer(api.PATCH("/api/v1/routing-rules/{rule_id}", { params, body }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/routing-rules"]);
      tell(t("saved"));
      onClose();
    },
  });
  const faults = useMemo(() => {
    const places: Places = new Map();
    writeCondition(group, "conditions", places);
    return faultsByPart(save.error instanceof Problem ? save.error.fields : [], places);
  }, [group, save.error]);

  async function mergeOver(): Promise<void> {
    if (!rule) return;
    const params = { path: { rule_id: rule.id } };
    copy.rebase(await answer<RuleOut>(api.GET("/api/v1/routing-rules/{rule_id}", { params })));
    save.reset();
  }

  const receivers = [...users.values()].filter((one) => one.role === purpose && one.is_active);
  return (
    <Dialog
      title={rule ? rule.name : t("routing.add")}
      isOpen
      width="wide"
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
        label={t("routing.name")}
        value={name}
        onChange={(typed) => change({ name: typed })}
        placeholder={t("routing.name_example")}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      {!rule && (
        <SelectField
          label={t("routing.purpose")}
          value={purpose}
          onChange={(chosen) => {
            change({ purpose: chosen as Purpose, to: to?.startsWith("user:") ? null : to });
          }}
          choices={[
            { id: "rep", label: t("routing.purposes.rep") },
            { id: "ae", label: t("routing.purposes.ae") },
          ]}
        />
      )}
      <ConditionBuilder
        label={t("routing.when")}
        group={group}
        onChange={(changed) => change({ group: changed })}
        faults={faults}
      />
      <RulePreview group={group} />
      <SelectField
        label={t("routing.to")}
        value={to}
        onChange={(chosen) => change({ to: chosen })}
        placeholder={t("routing.to_whom")}
        error={wrongField(save.error, "user_id") ?? wrongField(save.error, "team_id")}
        choices={[
          ...[...teams.values()].map((one) => ({
            id: `team:${one.id}`,
            label: one.name,
            detail: t("routing.in_turn"),
          })),
          ...receivers.map((one) => ({ id: `user:${one.id}`, label: one.name, detail: t(`role.${one.role}`) })),
        ]}
        isRequired
      />
      <Switch isSelected={isActive} onChange={(chosen) => change({ isActive: chosen })}>
        {t("routing.active")}
      </Switch>
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
