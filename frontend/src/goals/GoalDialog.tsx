// A goal: so many of something in each day, week or month, for a user or a team, from a day on.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { Counter, GoalOut, Period } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import styles from "./GoalDialog.module.css";
import { useWhose } from "./whose";

/** What goals are mostly set on, first; the server refuses whatever else cannot be aimed at. */
const AIMS = [
  "sals",
  "sqls",
  "hand_offs",
  "conversations",
  "connects",
  "dials",
  "touches",
  "emails_sent",
  "meetings_held",
  "outbound_leads",
] as const satisfies readonly Counter[];
const PERIODS: readonly Period[] = ["day", "week", "month"];
const LARGEST = 1_000_000;

function ownerOf(goal: GoalOut | null): string {
  if (goal?.team_id) return `team:${goal.team_id}`;
  return goal?.user_id ? `user:${goal.user_id}` : "";
}

/** As if it had never been set: what it replaced holds again. */
async function takeBack(made: GoalOut): Promise<void> {
  const params = { path: { goal_id: made.id }, header: ifMatch(made.version) };
  await answer(api.DELETE("/api/v1/goals/{goal_id}", { params }));
  await readAgain(["/api/v1/goals"]);
}

/** Sets a goal; or, of one that is there, another target from a day on. */
export function GoalDialog({ goal, onClose }: { goal: GoalOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const whose = useWhose();
  const [owner, setOwner] = useState(ownerOf(goal));
  const [counter, setCounter] = useState<Counter>(goal?.counter ?? "sals");
  const [period, setPeriod] = useState<Period>(goal?.period ?? "week");
  const [target, setTarget] = useState<number | null>(goal?.target ?? null);
  const [starts, setStarts] = useState("");

  const set = useMutation({
    mutationFn: () => {
      const [kind, id = null] = owner.split(":");
      const body = {
        counter,
        period,
        target: target ?? 0,
        user_id: kind === "user" ? id : null,
        team_id: kind === "team" ? id : null,
        starts_on: starts || null,
      };
      return answer(api.POST("/api/v1/goals", { body }));
    },
    onSuccess: (made) => {
      void readAgain(["/api/v1/goals"]);
      onClose();
      tell(t("goals.set_told"), () => {
        takeBack(made).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    },
  });

  const reps = [...users.values()].filter((one) => one.is_active && one.role !== "demand_generation");
  return (
    <Dialog
      title={goal ? t("goals.change_title") : t("goals.set")}
      isOpen
      onClose={onClose}
      onSubmit={() => set.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={set.isPending} isDisabled={!owner}>
            {goal ? t("goals.change") : t("goals.set")}
          </Button>
        </>
      }
    >
      {goal ? (
        <p>
          <b>{whose(goal)}</b> · {t(`counter.${goal.counter}`)} · {t(`period.${goal.period}`)}
        </p>
      ) : (
        <>
          <ComboField
            label={t("goals.whose")}
            value={owner}
            onChange={setOwner}
            choices={[
              ...[...teams.values()].map((one) => ({
                id: `team:${one.id}`,
                label: one.name,
                detail: t("goals.team"),
              })),
              ...reps.map((one) => ({ id: `user:${one.id}`, label: one.name, detail: t(`role.${one.role}`) })),
            ]}
            error={wrongField(set.error, "user_id") ?? wrongField(set.error, "team_id")}
            isRequired
          />
          <SelectField
            label={t("goals.what")}
            value={counter}
            onChange={(chosen) => setCounter(chosen as Counter)}
            choices={AIMS.map((id) => ({ id, label: t(`counter.${id}`) }))}
            error={wrongField(set.error, "counter")}
          />
        </>
      )}
      <div className={styles.pair}>
        {!goal && (
          <SelectField
            label={t("goals.period")}
            value={period}
            onChange={(chosen) => setPeriod(chosen as Period)}
            choices={PERIODS.map((id) => ({ id, label: t(`period.${id}`) }))}
          />
        )}
        <NumberField
          label={t("goals.target")}
          value={target}
          onChange={setTarget}
          minValue={1}
          maxValue={LARGEST}
          error={wrongField(set.error, "target")}
          isRequired
        />
      </div>
      <TextField
        label={t("goals.starts")}
        hint={t("goals.starts_hint", { period: t(`period.${period}`) })}
        type="date"
        value={starts}
        onChange={setStarts}
        error={wrongField(set.error, "starts_on")}
      />
      <FormProblem error={set.error} />
    </Dialog>
  );
}
