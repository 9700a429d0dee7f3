// A promise to agree: what, for whom, and its limits in working minutes.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NewPolicy, PolicyOut } from "~/api/schema";
import { useTeams } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField, SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";

const ALL = "all";
const PROMISES: readonly NewPolicy["promise"][] = ["first_attempt", "hand_off_decision"];

export function PolicyDialog({ policy, onClose }: { policy: PolicyOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const teams = useTeams();
  const { refetch } = $api.useQuery("get", "/api/v1/sla-policies", { params: { query: { limit: 200 } } });
  const [base, setBase] = useState(policy);
  const [name, setName] = useState(policy?.name ?? "");
  const [promise, setPromise] = useState<NewPolicy["promise"]>(policy?.promise ?? "first_attempt");
  const [team, setTeam] = useState(policy?.team_id ?? ALL);
  const [warn, setWarn] = useState<number | null>(policy?.warn_minutes ?? null);
  const [limit, setLimit] = useState<number | null>(policy?.minutes ?? null);
  const [reassign, setReassign] = useState<number | null>(policy?.reassign_minutes ?? null);
  const [isActive, setActive] = useState(policy?.is_active ?? true);
  const isAttempt = promise === "first_attempt";

  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        warn_minutes: warn ?? 0,
        minutes: limit ?? 0,
        reassign_minutes: isAttempt ? reassign : null,
        is_active: isActive,
      };
      if (!base) {
        const team_id = team === ALL ? null : team;
        return answer(api.POST("/api/v1/sla-policies", { body: { ...body, promise, team_id } }));
      }
      const params = { path: { policy_id: base.id }, header: ifMatch(base.version) };
      return answer(api.PATCH("/api/v1/sla-policies/{policy_id}", { params, body }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/sla-policies"]);
      tell(t("saved"));
      onClose();
    },
  });
  const isStale = save.error instanceof Problem && save.error.status === 412;

  /** Take the present version as the base: what was typed stays and is saved over it, knowingly. */
  async function mergeOver(): Promise<void> {
    const { data } = await refetch();
    setBase(data?.items.find((one) => one.id === base?.id) ?? null);
    save.reset();
  }

  return (
    <Dialog
      title={policy ? policy.name : t("policy.add")}
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
        label={t("policy.name")}
        value={name}
        onChange={setName}
        placeholder={t("policy.name_example")}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <SelectField
        label={t("policy.promise")}
        value={promise}
        onChange={(chosen) => setPromise(chosen as NewPolicy["promise"])}
        choices={PROMISES.map((id) => ({ id, label: t(`promise.${id}`), detail: t(`promise_detail.${id}`) }))}
        isDisabled={policy !== null}
        error={wrongField(save.error, "promise")}
      />
      <SelectField
        label={t("policy.for")}
        value={team}
        onChange={setTeam}
        isDisabled={policy !== null}
        error={wrongField(save.error, "team_id")}
        choices={[
          { id: ALL, label: t("policy.all_teams"), detail: t("policy.all_teams_detail") },
          ...[...teams.values()].map((one) => ({ id: one.id, label: one.name })),
        ]}
      />
      <NumberField
        label={t("policy.warn_after")}
        hint={t("policy.minutes_hint")}
        value={warn}
        onChange={setWarn}
        minValue={1}
        error={wrongField(save.error, "warn_minutes")}
        isRequired
      />
      <NumberField
        label={t("policy.limit_after")}
        value={limit}
        onChange={setLimit}
        minValue={1}
        error={wrongField(save.error, "minutes")}
        isRequired
      />
      {isAttempt && (
        <NumberField
          label={t("policy.reassign_after")}
          hint={t("policy.reassign_hint")}
          value={reassign}
          onChange={setReassign}
          minValue={1}
          error={wrongField(save.error, "reassign_minutes")}
        />
      )}
      <Switch isSelected={isActive} onChange={setActive}>
        {t("policy.active")}
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
