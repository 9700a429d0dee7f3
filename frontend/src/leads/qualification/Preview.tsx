// Criteria as reps will meet them, to be tried: the questions with what the answers given here would come to.

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { QuestionIn, QuestionOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Loading } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { Question } from "~/leads/lead/Qualification";
import { VerdictBadge } from "~/leads/StageBadge";
import { type EditedCriteria, writeCriteria } from "./draft";
import styles from "./Preview.module.css";

type Value = string | number | boolean | null;
type Given = Record<string, { kind: string; value: Value }>;

/** The answers that the questions, as they are now, can have. */
function answersTo(questions: readonly QuestionIn[], given: Given): Record<string, Value> {
  return Object.fromEntries(
    questions.flatMap(({ key, kind, choices }) => {
      const answer = given[key];
      if (answer?.kind !== kind) return [];
      if (kind === "choice" && !choices.includes(String(answer.value))) return [];
      return [[key, answer.value]];
    }),
  );
}

export function Preview({ criteria }: { criteria: EditedCriteria }) {
  const { t } = useTranslation();
  const [given, setGiven] = useState<Given>({});
  const agreement = writeCriteria(criteria);
  const answers = answersTo(agreement.questions, given);
  const asked = useSettled(JSON.stringify({ ...agreement, answers }), 300);
  const judged = $api.useQuery(
    "post",
    "/api/v1/criteria/rehearse",
    { body: JSON.parse(asked) as typeof agreement & { answers: typeof answers } },
    { placeholderData: (before) => before, retry: false, staleTime: 60_000 },
  );
  const findings = new Map(judged.data?.findings.map((one) => [one.question, one]));
  return (
    <Panel
      title={t("criteria.preview")}
      isFlush
      actions={
        <Button look="quiet" onPress={() => setGiven({})} isDisabled={Object.keys(answers).length === 0}>
          <RotateCcw size={14} aria-hidden="true" /> {t("criteria.start_again")}
        </Button>
      }
    >
      <div className={styles.verdict} aria-live="polite">
        {judged.isError ? (
          <p>{t("criteria.not_ready")}</p>
        ) : judged.data ? (
          <>
            <VerdictBadge verdict={judged.data.verdict} />
            <span>
              {t("qualification.points", { points: judged.data.points, minimum: judged.data.minimum_points })}
            </span>
            <p>{judged.data.explanation}</p>
          </>
        ) : (
          <Loading rows={1} />
        )}
      </div>
      <ol>
        {agreement.questions.map((one) => (
          <Question
            key={one.key}
            question={{ ...(one as QuestionOut), choices: one.choices.filter((choice) => choice !== "") }}
            last={one.key in answers ? { value: answers[one.key] ?? null } : undefined}
            finding={findings.get(one.key)}
            isNext={judged.data?.next_question?.key === one.key}
            isDisabled={false}
            onAnswer={(value) => setGiven({ ...given, [one.key]: { kind: one.kind, value } })}
          />
        ))}
      </ol>
    </Panel>
  );
}
