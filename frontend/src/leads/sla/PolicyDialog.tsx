// A promise to agree: what, for whom, and its limits in working minutes.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NewPolicy, PolicyOut } from "~/api/schema";
import { useTeams } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField, SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";

const ALL = "all";
const PROMISES: readonly NewPolicy["promise"][] = ["first_attempt", "hand_off_decision"];

/** What is told of a promise; what and for whom it is stays as it was agreed. */
interface Draft {
  name: string;
  promise: NewPolicy["promise"];
  team: string;
  warn: number | null;
  limit: number | null;
  reassign: number | null;
  isActive: boolean;
}

type Present = Draft & { version: number };

const NEW: Present = {
  version: 0,
  name: "",
  promise: "first_attempt",
  team: ALL,
  warn: null,
  limit: null,
  reassign: null,
  isActive: true,
};

function presentOf(policy: PolicyOut): Present {
  return {
    version: policy.version,
    name: policy.name,
    promise: policy.promise,
    team: policy.team_id ?? ALL,
    warn: policy.warn_minutes,
    limit: policy.minutes,
    reassign: policy.reassign_minutes,
    isActive: policy.is_active,
  };
}

function draftOf({ name, promise, team, warn, limit, reassign, isActive }: Present): Draft {
  return { name, promise, team, warn, limit, reassign, isActive };
}

export function PolicyDialog({ policy, onClose }: { policy: PolicyOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const teams = useTeams();
  const { refetch } = $api.useQuery("get", "/api/v1/sla-policies", { params: { query: { limit: 200 } } });
  const copy = useCopy<Present, Draft>(policy ? presentOf(policy) : NEW, draftOf);
  const { change } = copy;
  const { name, promise, team, warn, limit, reassign, isActive } = copy.draft;
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
      if (!policy) {
        const team_id = team === ALL ? null : team;
        return answer(api.POST("/api/v1/sla-policies", { body: { ...body, promise, team_id } }));
      }
      const params = { path: { policy_id: policy.id }, header: ifMatch(copy.base.version) };
      return answer(api.PATCH("/api/v1/sla-policies/{policy_id}", { params, body }));
    },
    onSuccess: () => {
      void readAgain(["/api/v1/sla-policies"]);
      tell(t("saved"));
      onClose();
    },
  });

  async function mergeOver(): Promise<void> {
    const { data } = await refetch();
    const present = data?.items.find((one) => one.id === policy?.id);
    if (!present) return;
    copy.rebase(presentOf(present));
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
        onChange={(typed) => change({ name: typed })}
        placeholder={t("policy.name_example")}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <SelectField
        label={t("policy.promise")}
        value={promise}
        onChange={(chosen) => change({ promise: chosen as NewPolicy["promise"] })}
        choices={PROMISES.map((id) => ({ id, label: t(`promise.${id}`), detail: t(`promise_detail.${id}`) }))}
        isDisabled={policy !== null}
        error={wrongField(save.error, "promise")}
      />
      <SelectField
        label={t("policy.for")}
        value={team}
        onChange={(chosen) => change({ team: chosen })}
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
        onChange={(minutes) => change({ warn: minutes })}
        minValue={1}
        error={wrongField(save.error, "warn_minutes")}
        isRequired
      />
      <NumberField
        label={t("policy.limit_after")}
        value={limit}
        onChange={(minutes) => change({ limit: minutes })}
        minValue={1}
        error={wrongField(save.error, "minutes")}
        isRequired
      />
      {isAttempt && (
        <NumberField
          label={t("policy.reassign_after")}
          hint={t("policy.reassign_hint")}
          value={reassign}
          onChange={(minutes) => change({ reassign: minutes })}
          minValue={1}
          error={wrongField(save.error, "reassign_minutes")}
        />
      )}
      <Switch isSelected={isActive} onChange={(chosen) => change({ isActive: chosen })}>
        {t("policy.active")}
      </Switch>
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
