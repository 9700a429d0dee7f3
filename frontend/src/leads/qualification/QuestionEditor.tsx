// One question of the builder: a line to look at and to move; opened, everything about it.

import { ChevronDown, ChevronRight, CircleAlert, Plus, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { QuestionKind } from "~/api/schema";
import { Button, IconButton } from "~/kit/Button";
import { Checkbox, NumberField, SelectField, Switch, TextAreaField, TextField } from "~/kit/Field";
import { moveByKey, OrderButtons } from "~/kit/OrderButtons";
import { Badge } from "~/kit/Panel";
import { type EditedAnswer, type EditedQuestion, newAnswer } from "./draft";
import styles from "./QuestionEditor.module.css";

const KINDS: readonly QuestionKind[] = ["choice", "yes_no", "number", "date", "text"];

export interface QuestionEditorProps {
  question: EditedQuestion;
  place: number;
  count: number;
  isOpen: boolean;
  /** What the server finds wrong with it. */
  faults: readonly string[];
  onOpen: (isOpen: boolean) => void;
  onChange: (question: EditedQuestion) => void;
  onMove: (from: number, to: number) => void;
  onRemove: () => void;
}

export function QuestionEditor(props: QuestionEditorProps) {
  const { t } = useTranslation();
  const { question, place, count, isOpen, faults, onOpen, onMove, onRemove } = props;
  const id = useId();
  const name = question.text || t("criteria.question_number", { number: place + 1 });
  return (
    <li className={styles.question} onKeyDown={(event) => moveByKey(event, { place, count, onMove })}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => onOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown size={16} aria-hidden="true" /> : <ChevronRight size={16} aria-hidden="true" />}
          <span className={styles.number}>{place + 1}</span>
          <span className={styles.text}>
            {name}
            {question.isRequired && <span aria-hidden="true"> *</span>}
          </span>
        </button>
        <span className={styles.marks}>
          {faults.length > 0 && (
            <Badge tone="danger">
              <CircleAlert size={12} aria-hidden="true" /> {t("criteria.wrong")}
            </Badge>
          )}
          <Badge>{t(`question_kind.${question.kind}`)}</Badge>
          <OrderButtons name={name} place={place} count={count} onMove={onMove} />
          <IconButton label={t("remove_named", { name })} onPress={onRemove}>
            <X size={15} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      {faults.length > 0 && (
        <ul className={styles.faults}>
          {faults.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details {...props} />}
      </div>
    </li>
  );
}

function Details({ question, onChange }: QuestionEditorProps) {
  const { t } = useTranslation();

  function change(what: Partial<EditedQuestion>): void {
    onChange({ ...question, ...what });
  }

  return (
    <div className={styles.details}>
      <TextAreaField
        label={t("criteria.text")}
        value={question.text}
        onChange={(text) => change({ text })}
        rows={2}
        maxLength={1000}
      />
      <div className={styles.pair}>
        <SelectField
          label={t("criteria.kind")}
          value={question.kind}
          onChange={(kind) => change({ kind: kind as QuestionKind })}
          choices={KINDS.map((id) => ({ id, label: t(`question_kind.${id}`) }))}
        />
        <div className={styles.required}>
          <Switch isSelected={question.isRequired} onChange={(isRequired) => change({ isRequired })}>
            {t("criteria.required")}
          </Switch>
        </div>
      </div>
      {question.kind === "choice" && (
        <Choices choices={question.choices} onChange={(choices) => change({ choices })} />
      )}
      {question.kind === "yes_no" && (
        <Answers
          answers={question.yesNo}
          nameOf={(one) => t(one.text as "yes" | "no")}
          onChange={([yes, no]) => yes && no && change({ yesNo: [yes, no] })}
        />
      )}
      {question.kind === "number" && (
        <div className={styles.pair}>
          <NumberField
            label={t("criteria.at_least")}
            hint={t("criteria.below_is_out")}
            value={question.atLeast}
            onChange={(atLeast) => change({ atLeast })}
          />
          <NumberField
            label={t("criteria.at_most")}
            hint={t("criteria.above_is_out")}
            value={question.atMost}
            onChange={(atMost) => change({ atMost })}
          />
        </div>
      )}
      <div className={styles.pair}>
        {question.kind === "date" && (
          <NumberField
            label={t("criteria.within_days")}
            hint={t("criteria.later_is_out")}
            value={question.withinDays}
            onChange={(withinDays) => change({ withinDays })}
            minValue={0}
          />
        )}
        {question.kind !== "choice" && question.kind !== "yes_no" && (
          <NumberField
            label={t("criteria.points_answered")}
            value={question.points}
            onChange={(points) => change({ points })}
            minValue={0}
          />
        )}
      </div>
      <TextAreaField
        label={t("criteria.hint")}
        hint={t("criteria.hint_hint")}
        value={question.hint}
        onChange={(hint) => change({ hint })}
        rows={2}
        maxLength={1000}
      />
      <TextField
        label={t("criteria.key")}
        hint={t("criteria.key_hint")}
        value={question.key}
        onChange={(key) => change({ key })}
        maxLength={50}
      />
    </div>
  );
}

/** Answers with their points, and which of them qualify out. */
function Answers({
  answers,
  nameOf,
  onChange,
}: {
  answers: readonly EditedAnswer[];
  nameOf: (answer: EditedAnswer) => string;
  onChange: (answers: EditedAnswer[]) => void;
}) {
  return (
    <ul className={styles.answers}>
      {answers.map((one, place) => (
        <li key={one.id} className={styles.answer}>
          <span>{nameOf(one)}</span>
          <Worth answer={one} name={nameOf(one)} onChange={(after) => onChange(answers.with(place, after))} />
        </li>
      ))}
    </ul>
  );
}

function Worth({
  answer,
  name,
  onChange,
}: {
  answer: EditedAnswer;
  name: string;
  onChange: (answer: EditedAnswer) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <NumberField
        label={t("criteria.points_for", { answer: name })}
        isLabelHidden
        value={answer.points}
        onChange={(points) => onChange({ ...answer, points })}
        minValue={0}
      />
      <Checkbox
        isSelected={answer.isOut}
        onChange={(isOut) => onChange({ ...answer, isOut })}
        aria-label={t("criteria.is_out_for", { answer: name })}
      >
        {t("criteria.is_out")}
      </Checkbox>
    </>
  );
}

function Choices({
  choices,
  onChange,
}: {
  choices: readonly EditedAnswer[];
  onChange: (choices: EditedAnswer[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <div>
      <div className={styles.heads} aria-hidden="true">
        <span>{t("criteria.choices")}</span>
        <span>{t("criteria.points")}</span>
      </div>
      <ul className={styles.answers}>
        {choices.map((one, place) => (
          <li key={one.id} className={styles.answer}>
            <TextField
              label={t("criteria.choice_number", { number: place + 1 })}
              isLabelHidden
              value={one.text.replaceAll("_", " ")}
              onChange={(text) => onChange(choices.with(place, { ...one, text }))}
              maxLength={200}
            />
            <Worth
              answer={one}
              name={one.text.replaceAll("_", " ") || t("criteria.choice_number", { number: place + 1 })}
              onChange={(after) => onChange(choices.with(place, after))}
            />
            <IconButton
              label={t("criteria.remove_choice", { number: place + 1 })}
              onPress={() => onChange(choices.filter((other) => other.id !== one.id))}
            >
              <X size={15} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
      <Button look="quiet" onPress={() => onChange([...choices, newAnswer()])}>
        <Plus size={14} aria-hidden="true" /> {t("criteria.add_choice")}
      </Button>
    </div>
  );
}
