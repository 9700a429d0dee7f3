// A routing rule: when it holds, and who gets the leads then.

import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { RuleOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import type { Purpose } from "~/leads/assign/assignees";
import { ConditionBuilder } from "~/leads/conditions/ConditionBuilder";
import { faultsByPart, type Places, readCondition, writeCondition } from "~/leads/conditions/draft";
import { RulePreview } from "./RulePreview";

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
  const [base, setBase] = useState(rule);
  const [name, setName] = useState(rule?.name ?? "");
  const [purpose, setPurpose] = useState<Purpose>(rule?.purpose ?? shown);
  const [to, setTo] = useState(
    rule?.user_id ? `user:${rule.user_id}` : rule?.team_id ? `team:${rule.team_id}` : null,
  );
  const [isActive, setActive] = useState(rule?.is_active ?? true);
  const [group, setGroup] = useState(() => readCondition(rule?.conditions ?? {}));

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
      if (!base) return answer(api.POST("/api/v1/routing-rules", { body: { ...body, purpose, position: 100 } }));
      const params = { path: { rule_id: base.id }, header: ifMatch(base.version) };
      return answer(api.PATCH("/api/v1/routing-rules/{rule_id}", { params, body }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/routing-rules"]);
      tell(t("saved"));
      onClose();
    },
  });
  const isStale = save.error instanceof Problem && save.error.status === 412;
  const faults = useMemo(() => {
    const places: Places = new Map();
    writeCondition(group, "conditions", places);
    return faultsByPart(save.error instanceof Problem ? save.error.fields : [], places);
  }, [group, save.error]);

  /** Take the present version as the base: what was typed stays and is saved over it, knowingly. */
  async function mergeOver(): Promise<void> {
    if (!base) return;
    const params = { path: { rule_id: base.id } };
    setBase(await answer<RuleOut>(api.GET("/api/v1/routing-rules/{rule_id}", { params })));
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
        onChange={setName}
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
            setPurpose(chosen as Purpose);
            if (to?.startsWith("user:")) setTo(null);
          }}
          choices={[
            { id: "rep", label: t("routing.purposes.rep") },
            { id: "ae", label: t("routing.purposes.ae") },
          ]}
        />
      )}
      <ConditionBuilder label={t("routing.when")} group={group} onChange={setGroup} faults={faults} />
      <RulePreview group={group} />
      <SelectField
        label={t("routing.to")}
        value={to}
        onChange={setTo}
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
      <Switch isSelected={isActive} onChange={setActive}>
        {t("routing.active")}
      </Switch>
      <FormProblem error={save.error} />
      {isStale && (
        <div>
          <Button onPress={() => void mergeOver()}>{t("merge.over")}</Button>
        </div>
      )}
    </Dialog>
  );
}
