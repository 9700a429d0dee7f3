// One question of a form: a line to look at and to move; opened, everything about it.

import { ChevronDown, ChevronRight, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { FieldKind } from "~/api/schema";
import { useTargetName } from "~/intake/targets";
import { IconButton } from "~/kit/Button";
import { SelectField, Switch, TextField } from "~/kit/Field";
import { moveByKey, OrderButtons } from "~/kit/OrderButtons";
import { Badge } from "~/kit/Panel";
import { TokensField } from "~/kit/TokensField";
import type { EditedQuestion } from "./draft";
import styles from "./QuestionRow.module.css";

const KINDS: readonly FieldKind[] = ["text", "long_text", "email", "phone", "choice"];

export interface QuestionRowProps {
  question: EditedQuestion;
  place: number;
  count: number;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChange: (question: EditedQuestion) => void;
  onMove: (from: number, to: number) => void;
  onRemove: () => void;
}

export function QuestionRow(props: QuestionRowProps) {
  const { t } = useTranslation();
  const nameOf = useTargetName();
  const { question, place, count, isOpen, onOpen, onMove, onRemove } = props;
  const id = useId();
  const name = question.label || t("criteria.question_number", { number: place + 1 });
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
          <span className={styles.text}>
            {name}
            <span className={styles.field}>{nameOf(question.field)}</span>
          </span>
        </button>
        <span className={styles.marks}>
          {question.isRequired && <Badge tone="info">{t("forms.required")}</Badge>}
          <Badge>{t(`forms.kinds.${question.kind}`)}</Badge>
          <OrderButtons name={name} place={place} count={count} onMove={onMove} />
          <IconButton label={t("remove_named", { name })} onPress={onRemove}>
            <X size={15} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details {...props} />}
      </div>
    </li>
  );
}

function Details({ question, onChange }: QuestionRowProps) {
  const { t } = useTranslation();

  function change(what: Partial<EditedQuestion>): void {
    onChange({ ...question, ...what });
  }

  return (
    <div className={styles.details}>
      <div className={styles.pair}>
        <TextField
          label={t("forms.label")}
          value={question.label}
          onChange={(label) => change({ label })}
          maxLength={200}
          isRequired
        />
        <TextField
          label={t("forms.field")}
          hint={t("forms.field_hint")}
          value={question.field}
          onChange={(field) => change({ field })}
          maxLength={100}
          isRequired
        />
        <SelectField
          label={t("forms.kind")}
          value={question.kind}
          onChange={(kind) => change({ kind: kind as FieldKind })}
          choices={KINDS.map((id) => ({ id, label: t(`forms.kinds.${id}`) }))}
        />
        <div className={styles.required}>
          <Switch isSelected={question.isRequired} onChange={(isRequired) => change({ isRequired })}>
            {t("forms.must")}
          </Switch>
        </div>
      </div>
      {question.kind === "choice" && (
        <TokensField
          label={t("forms.choices")}
          values={question.choices}
          onChange={(choices) => change({ choices })}
        />
      )}
    </div>
  );
}
