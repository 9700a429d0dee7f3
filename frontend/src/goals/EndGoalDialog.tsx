// Ending a goal with a day; taken back, it goes on as it did before.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { GoalOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { today } from "./days";
import { useWhose } from "./whose";

async function endOn(goal: GoalOut, lastDay: string): Promise<GoalOut> {
  const params = { path: { goal_id: goal.id }, header: ifMatch(goal.version) };
  return answer(api.PATCH("/api/v1/goals/{goal_id}", { params, body: { ends_on: lastDay } }));
}

/** As it was before it was ended: without an end, the same goal is set anew from its first day. */
async function takeBack(before: GoalOut, ended: GoalOut): Promise<void> {
  if (before.ends_on) {
    await endOn(ended, before.ends_on);
  } else {
    const { counter, period, target, user_id, team_id, starts_on } = before;
    await answer(api.POST("/api/v1/goals", { body: { counter, period, target, user_id, team_id, starts_on } }));
  }
  await readAgain(["/api/v1/goals"]);
}

export function EndGoalDialog({ goal, onClose }: { goal: GoalOut; onClose: () => void }) {
  const { t } = useTranslation();
  const whose = useWhose();
  const [lastDay, setLastDay] = useState(goal.starts_on > today() ? goal.starts_on : today());
  const end = useMutation({
    mutationFn: () => endOn(goal, lastDay),
    onSuccess: (ended) => {
      void readAgain(["/api/v1/goals"]);
      onClose();
      tell(t("goals.ended", { day: day(lastDay) }), () => {
        takeBack(goal, ended).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    },
    onError: () => void readAgain(["/api/v1/goals"]),
  });
  return (
    <Dialog
      title={t("goals.end_title")}
      isOpen
      onClose={onClose}
      onSubmit={() => end.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="danger" type="submit" isPending={end.isPending} isDisabled={!lastDay}>
            {t("goals.end")}
          </Button>
        </>
      }
    >
      <p>
        {t("goals.end_detail", {
          what: t(`counter.${goal.counter}`),
          whose: whose(goal),
          target: count(goal.target),
          period: t(`period.${goal.period}`),
        })}
      </p>
      <TextField
        label={t("goals.last_day")}
        type="date"
        value={lastDay}
        onChange={setLastDay}
        min={goal.starts_on}
        error={wrongField(end.error, "ends_on")}
        isRequired
        autoFocus
      />
      <FormProblem error={end.error} />
    </Dialog>
  );
}
