// Guided qualification: the agreed questions, the next one marked, each answered in a keystroke and saved at once.

import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX, Lightbulb } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { AnswerOut, FindingOut, QualificationOut, QuestionOut } from "~/api/schema";
import { day } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { FormProblem, Shown } from "~/kit/states";
import { VerdictBadge } from "~/leads/StageBadge";
import { leadQueries } from "~/leads/useNextLead";
import { useShortcuts } from "~/shell/keys";
import styles from "./Qualification.module.css";

type Value = AnswerOut["value"];

export function Qualification({
  leadId,
  qualification,
  isDisabled,
}: {
  leadId: string;
  qualification: QualificationOut;
  isDisabled: boolean;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const criteria = $api.useQuery(
    "get",
    "/api/v1/criteria/{criteria_id}",
    { params: { path: { criteria_id: qualification.criteria_id } } },
    { staleTime: 10 * 60_000 },
  );
  const save = useMutation({
    mutationFn: ({ question, value }: { question: string; value: Value }) =>
      answer<QualificationOut>(
        api.POST("/api/v1/leads/{lead_id}/answers", {
          params: { path: { lead_id: leadId } },
          body: { answers: { [question]: value }, note: "" },
        }),
      ),
    onSuccess: (found) => {
      queryClient.setQueryData(leadQueries(leadId).qualification.queryKey, found);
      void readAgain(["/api/v1/leads/{lead_id}"], leadId);
    },
  });

  function focusNext(): void {
    const next = list.current?.querySelector<HTMLElement>("[data-next] input, [data-next] button");
    (next ?? list.current?.querySelector<HTMLElement>("input, button"))?.focus();
  }
  useShortcuts([{ keys: "q", label: t("qualification.focus"), group: t("lead.keys"), run: focusNext }]);

  const last = new Map(qualification.answers.map((one) => [one.question, one]));
  const findings = new Map(qualification.findings.map((one) => [one.question, one]));
  return (
    <div>
      <div className={styles.verdict}>
        <VerdictBadge verdict={qualification.verdict} />
        <span className={styles.points}>
          {t("qualification.points", { points: qualification.points, minimum: qualification.minimum_points })}
        </span>
        <p>{qualification.explanation}</p>
      </div>
      <FormProblem error={save.error} />
      <Shown query={criteria}>
        {({ questions }) => (
          <ol ref={list} className={styles.questions}>
            {questions.map((one) => (
              <Question
                key={one.key}
                question={one}
                last={last.get(one.key)}
                finding={findings.get(one.key)}
                isNext={qualification.next_question?.key === one.key}
                isDisabled={isDisabled}
                onAnswer={(value) => save.mutate({ question: one.key, value })}
              />
            ))}
          </ol>
        )}
      </Shown>
      <p className={styles.edition}>
        {t("qualification.edition", { name: qualification.criteria_name, edition: qualification.edition })}
      </p>
    </div>
  );
}

export interface QuestionProps {
  question: QuestionOut;
  last: Pick<AnswerOut, "value"> | undefined;
  finding: FindingOut | undefined;
  isNext: boolean;
  isDisabled: boolean;
  onAnswer: (value: Value) => void;
}

/** One question as reps meet it: its answers, the hint while it is next, and what the answer came to. */
export function Question({ question, last, finding, isNext, isDisabled, onAnswer }: QuestionProps) {
  const isMet = finding?.effect === "met";
  const isOut = finding?.effect === "disqualifies";
  return (
    <li className={styles.question} data-next={isNext || undefined}>
      <p className={styles.text} id={`question-${question.key}`}>
        {isMet && <CircleCheck size={14} className={styles.met} aria-hidden="true" />}
        {isOut && <CircleX size={14} className={styles.out} aria-hidden="true" />}
        {question.text}
        {question.is_required && <span aria-hidden="true"> *</span>}
      </p>
      {isNext && question.hint && (
        <p className={styles.hint}>
          <Lightbulb size={12} aria-hidden="true" /> {question.hint}
        </p>
      )}
      <Answer question={question} last={last} isDisabled={isDisabled} onAnswer={onAnswer} />
    </li>
  );
}

function Answer({ question, last, isDisabled, onAnswer }: Omit<QuestionProps, "finding" | "isNext">) {
  const { t } = useTranslation();
  if (question.kind === "choice" || question.kind === "yes_no") {
    const choices: readonly (readonly [Value, string])[] =
      question.kind === "yes_no"
        ? [
            [true, t("yes")],
            [false, t("no")],
          ]
        : question.choices.map((one) => [one, one.replaceAll("_", " ")]);
    return (
      <div className={styles.choices} role="group" aria-labelledby={`question-${question.key}`}>
        {choices.map(([value, label]) => (
          <button
            key={label}
            type="button"
            className={styles.choice}
            aria-pressed={last?.value === value}
            disabled={isDisabled}
            onClick={() => onAnswer(value)}
          >
            {label}
          </button>
        ))}
      </div>
    );
  }
  return (
    <Typed
      key={String(last?.value ?? "")}
      question={question}
      last={last}
      isDisabled={isDisabled}
      onAnswer={onAnswer}
    />
  );
}

/** A number, a day or a text: saved with Enter or when left. */
function Typed({ question, last, isDisabled, onAnswer }: Omit<QuestionProps, "finding" | "isNext">) {
  const { t } = useTranslation();
  const saved = last?.value === null || last?.value === undefined ? "" : String(last.value);
  const [typed, setTyped] = useState(saved);

  function save(): void {
    if (typed === saved) return;
    if (question.kind !== "number") onAnswer(typed || null);
    else if (typed.trim() === "") onAnswer(null);
    else if (!Number.isNaN(Number(typed.replace(",", ".")))) onAnswer(Number(typed.replace(",", ".")));
  }

  if (isDisabled) return <p>{question.kind === "date" && saved ? day(saved) : saved}</p>;
  return (
    <form
      className={styles.typed}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onBlur={save}
    >
      <TextField
        label={question.text}
        isLabelHidden
        type={question.kind === "date" ? "date" : "text"}
        inputMode={question.kind === "number" ? "numeric" : "text"}
        value={typed}
        onChange={setTyped}
        maxLength={5000}
      />
      {typed !== saved && (
        <Button type="submit" look="quiet">
          {t("save")}
        </Button>
      )}
    </form>
  );
}
