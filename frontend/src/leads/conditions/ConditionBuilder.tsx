// The condition builder: comparisons of fields with values, all, one or none of which must hold; groups may be nested.

import { FolderPlus, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Operator } from "~/api/schema";
import { Button, IconButton } from "~/kit/Button";
import { FieldGroup, NumberField, SelectField, TextField } from "~/kit/Field";
import { Shown } from "~/kit/states";
import { TokensField } from "~/kit/TokensField";
import styles from "./ConditionBuilder.module.css";
import {
  type Comparison,
  type Group,
  isGroup,
  newComparison,
  newGroup,
  type Part,
  replaced,
  valueFor,
} from "./draft";
import { ATTRIBUTES, type Language, operatorsOf, typeOf, useConditionLanguage, useFieldName } from "./fields";

/** So deep may groups be nested by hand; the server takes some more. */
const DEEPEST = 3;

export interface ConditionBuilderProps {
  label: string;
  group: Group;
  onChange: (group: Group) => void;
  /** What is wrong with which part, by its id. */
  faults?: ReadonlyMap<string, string>;
}

export function ConditionBuilder({ label, group, onChange, faults = new Map() }: ConditionBuilderProps) {
  const language = useConditionLanguage();
  return (
    <FieldGroup label={label}>
      <Shown query={language}>
        {(known) => (
          <GroupEditor
            label={label}
            group={group}
            depth={0}
            language={known}
            faults={faults}
            onChange={onChange}
            onPart={(id, by) => onChange(replaced(group, id, by))}
          />
        )}
      </Shown>
    </FieldGroup>
  );
}

interface EditorProps {
  depth: number;
  language: Language;
  faults: ReadonlyMap<string, string>;
  /** Replace a part somewhere below, or take it out with null. */
  onPart: (id: string, by: Part | null) => void;
}

function GroupEditor({
  label,
  group,
  onChange,
  ...inner
}: EditorProps & { label: string; group: Group; onChange: (group: Group) => void }) {
  const { t } = useTranslation();
  const { depth, faults, onPart } = inner;
  const fault = faults.get(group.id);
  const kind = `${group.isNot ? "not_" : ""}${group.kind}` as const;

  function add(part: Part): void {
    onChange({ ...group, parts: [...group.parts, part] });
  }

  return (
    <div role="group" aria-label={label} className={styles.group} data-inner={depth > 0 || undefined}>
      <div className={styles.head}>
        {group.parts.length === 0 ? (
          <p className={styles.always}>
            {t(group.kind === "all" ? "condition.always_detail" : "condition.never_detail")}
          </p>
        ) : (
          <SelectField
            label={t("condition.kind")}
            isLabelHidden
            value={kind}
            onChange={(chosen) =>
              onChange({
                ...group,
                kind: chosen.endsWith("all") ? "all" : "any",
                isNot: chosen.startsWith("not"),
              })
            }
            choices={(["all", "any", "not_any", "not_all"] as const).map((id) => ({
              id,
              label: t(`condition.kinds.${id}`),
            }))}
          />
        )}
        {depth > 0 && (
          <IconButton label={t("condition.remove_group")} onPress={() => onPart(group.id, null)}>
            <X size={15} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {group.parts.length > 0 && (
        <ul className={styles.parts}>
          {group.parts.map((part, place) => (
            <li key={part.id}>
              {isGroup(part) ? (
                <GroupEditor
                  {...inner}
                  label={t("condition.group", { number: place + 1 })}
                  group={part}
                  depth={depth + 1}
                  onChange={(after) => onPart(part.id, after)}
                />
              ) : (
                <ComparisonEditor
                  part={part}
                  number={place + 1}
                  language={inner.language}
                  fault={faults.get(part.id)}
                  onChange={(after) => onPart(part.id, after)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <div className={styles.add}>
        <Button look="quiet" onPress={() => add(newComparison())}>
          <Plus size={14} aria-hidden="true" /> {t("condition.add")}
        </Button>
        {depth < DEEPEST && group.parts.length > 0 && (
          <Button look="quiet" onPress={() => add({ ...newGroup([newComparison()]), kind: "any" })}>
            <FolderPlus size={14} aria-hidden="true" /> {t("condition.add_group")}
          </Button>
        )}
      </div>
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

interface ComparisonProps {
  part: Comparison;
  language: Language;
}

/** Stands for an attribute that is named by hand. */
const OTHER = "other";

function ComparisonEditor({
  part,
  language,
  number,
  fault,
  onChange,
}: ComparisonProps & { number: number; fault: string | undefined; onChange: (part: Comparison | null) => void }) {
  const { t } = useTranslation();
  const nameOf = useFieldName();
  const isOther = !language.fields.has(part.field);

  function become(field: string, operator: Operator, value: unknown): void {
    const takes = language.takes.get(operator) ?? "value";
    onChange({ ...part, field, operator, value: valueFor(value, takes, typeOf(language, field)) });
  }

  function ask(chosen: string): void {
    const field = chosen === OTHER ? ATTRIBUTES : chosen;
    const offered = operatorsOf(language, field);
    become(field, offered.includes(part.operator) ? part.operator : (offered[0] ?? "is"), part.value);
  }

  function compare(chosen: string): void {
    const [operator, known] = chosen.split(":") as [Operator, string?];
    become(part.field, operator, known === undefined ? part.value : known === "true");
  }

  const offered = [...new Set([...operatorsOf(language, part.field), part.operator])];
  return (
    <div role="group" aria-label={t("condition.comparison", { number })} className={styles.comparison}>
      <div className={styles.field}>
        <SelectField
          label={t("condition.field")}
          isLabelHidden
          value={isOther ? OTHER : part.field}
          onChange={ask}
          choices={[
            ...[...language.fields.keys()].map((id) => ({ id, label: nameOf(id) })),
            { id: OTHER, label: t("condition.attribute") },
          ]}
        />
        {isOther && (
          <TextField
            label={t("condition.attribute_name")}
            isLabelHidden
            placeholder={t("condition.attribute_name")}
            value={part.field.replace(ATTRIBUTES, "")}
            onChange={(name) => onChange({ ...part, field: ATTRIBUTES + name })}
            maxLength={200}
          />
        )}
      </div>
      <SelectField
        label={t("condition.operator")}
        isLabelHidden
        value={part.operator === "is_known" ? `is_known:${part.value !== false}` : part.operator}
        onChange={compare}
        choices={offered.flatMap((id) =>
          id === "is_known"
            ? [
                { id: "is_known:true", label: t("operator.is_known") },
                { id: "is_known:false", label: t("operator.is_not_known") },
              ]
            : [{ id, label: t(`operator.${id}`) }],
        )}
      />
      <div className={styles.value}>
        {part.operator !== "is_known" && (
          <ValueEditor part={part} language={language} onChange={(value) => onChange({ ...part, value })} />
        )}
      </div>
      <IconButton label={t("condition.remove", { number })} onPress={() => onChange(null)}>
        <X size={15} aria-hidden="true" />
      </IconButton>
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

function ValueEditor({ part, language, onChange }: ComparisonProps & { onChange: (value: unknown) => void }) {
  const { t } = useTranslation();
  const named = { label: t("condition.value"), isLabelHidden: true, onChange };
  const takes = language.takes.get(part.operator) ?? "value";
  const type = typeOf(language, part.field);
  const offer = language.fields.get(part.field);
  const about = type === "text" ? (offer?.values ?? []) : [];
  const { value } = part;
  if (takes === "values" || takes === "words") {
    const values = (Array.isArray(value) ? value : [value])
      .filter((one) => one !== null && one !== "")
      .map(String);
    return <TokensField {...named} values={values} suggestions={about} />;
  }
  if (takes === "number" || (takes === "value" && type === "number")) {
    return <NumberField {...named} value={typeof value === "number" ? value : null} />;
  }
  if (typeof value === "boolean") {
    return (
      <SelectField
        {...named}
        value={String(value)}
        onChange={(chosen) => onChange(chosen === "true")}
        choices={[
          { id: "true", label: t("yes") },
          { id: "false", label: t("no") },
        ]}
      />
    );
  }
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (offer?.is_complete) {
    const choices = about.includes(text) || !text ? about : [text, ...about];
    return (
      <SelectField
        {...named}
        value={text || null}
        choices={choices.map((id) => ({ id, label: id.replaceAll("_", " ") }))}
      />
    );
  }
  return <TextField {...named} value={text} maxLength={500} suggestions={takes === "value" ? about : []} />;
}
