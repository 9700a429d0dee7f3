// The condition builder: comparisons of fields with values, all, one or none of which must hold; groups may be nested.

import { FolderPlus, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "~/kit/Button";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { TokensField } from "~/kit/TokensField";
import { useCampaigns } from "~/leads/useCampaigns";
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
import { ATTRIBUTES, CAMPAIGN_KINDS, FIELDS, kindOf, type Operator, operatorsOf, WITH_SEVERAL } from "./fields";
import { useFieldName } from "./words";

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
  return (
    <GroupEditor
      label={label}
      group={group}
      depth={0}
      faults={faults}
      onChange={onChange}
      onPart={(id, by) => onChange(replaced(group, id, by))}
    />
  );
}

interface EditorProps {
  depth: number;
  faults: ReadonlyMap<string, string>;
  /** Replace a part somewhere below, or take it out with null. */
  onPart: (id: string, by: Part | null) => void;
}

function GroupEditor({
  label,
  group,
  depth,
  faults,
  onChange,
  onPart,
}: EditorProps & { label: string; group: Group; onChange: (group: Group) => void }) {
  const { t } = useTranslation();
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
                  label={t("condition.group", { number: place + 1 })}
                  group={part}
                  depth={depth + 1}
                  faults={faults}
                  onChange={(after) => onPart(part.id, after)}
                  onPart={onPart}
                />
              ) : (
                <ComparisonEditor
                  part={part}
                  number={place + 1}
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

const ATTRIBUTE = "attribute";

function ComparisonEditor({
  part,
  number,
  fault,
  onChange,
}: {
  part: Comparison;
  number: number;
  fault: string | undefined;
  onChange: (part: Comparison | null) => void;
}) {
  const { t } = useTranslation();
  const nameOf = useFieldName();
  const isAttribute = part.field.startsWith(ATTRIBUTES);

  function choose(chosen: string): void {
    const field = chosen === ATTRIBUTE ? ATTRIBUTES : chosen;
    const offered = operatorsOf(field);
    const operator = offered.includes(part.operator) ? part.operator : (offered[0] ?? "is");
    onChange({ ...part, field, operator, value: valueFor(part, field, operator) });
  }

  function compare(chosen: string): void {
    const [operator, known] = chosen.split(":") as [Operator, string?];
    const value = known === undefined ? valueFor(part, part.field, operator) : known === "true";
    onChange({ ...part, operator, value });
  }

  const operators = operatorsOf(part.field).filter((one) => one !== "is_known");
  return (
    <div role="group" aria-label={t("condition.comparison", { number })} className={styles.comparison}>
      <div className={styles.field}>
        <SelectField
          label={t("condition.field")}
          isLabelHidden
          value={isAttribute ? ATTRIBUTE : part.field}
          onChange={choose}
          choices={[
            ...FIELDS.map((id) => ({ id, label: nameOf(id) })),
            { id: ATTRIBUTE, label: t("condition.attribute") },
          ]}
        />
        {isAttribute && (
          <TextField
            label={t("condition.attribute_name")}
            isLabelHidden
            placeholder={t("condition.attribute_name")}
            value={part.field.slice(ATTRIBUTES.length)}
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
        choices={[
          ...operators.map((id) => ({ id, label: t(`operator.${id}`) })),
          { id: "is_known:true", label: t("operator.is_known") },
          { id: "is_known:false", label: t("operator.is_not_known") },
        ]}
      />
      <div className={styles.value}>
        <ValueEditor part={part} onChange={(value) => onChange({ ...part, value })} />
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

function ValueEditor({ part, onChange }: { part: Comparison; onChange: (value: unknown) => void }) {
  const { t } = useTranslation();
  const suggestions = useSuggestions(part.field);
  const label = t("condition.value");
  const { value, operator } = part;
  if (operator === "is_known") return null;
  if (WITH_SEVERAL.has(operator)) {
    const values = (Array.isArray(value) ? value : [value])
      .filter((one) => one !== null && one !== "")
      .map(String);
    return (
      <TokensField label={label} isLabelHidden values={values} onChange={onChange} suggestions={suggestions} />
    );
  }
  if (kindOf(part.field) === "yes_no" || typeof value === "boolean") {
    return (
      <SelectField
        label={label}
        isLabelHidden
        value={String(value)}
        onChange={(chosen) => onChange(chosen === "true")}
        choices={[
          { id: "true", label: t("yes") },
          { id: "false", label: t("no") },
        ]}
      />
    );
  }
  if (operator === "at_least" || operator === "at_most" || kindOf(part.field) === "number") {
    return (
      <NumberField
        label={label}
        isLabelHidden
        value={typeof value === "number" ? value : null}
        onChange={onChange}
      />
    );
  }
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (suggestions.length > 0 && (operator === "is" || operator === "is_not")) {
    const offered = suggestions.includes(text) || text === "" ? suggestions : [text, ...suggestions];
    return (
      <SelectField
        label={label}
        isLabelHidden
        value={text || null}
        onChange={onChange}
        choices={offered.map((id) => ({ id, label: id }))}
      />
    );
  }
  return <TextField label={label} isLabelHidden value={text} onChange={onChange} maxLength={500} />;
}

/** Values that a field is known to have. */
function useSuggestions(field: string): readonly string[] {
  const campaigns = useCampaigns();
  if (field === "campaign_kind") return CAMPAIGN_KINDS;
  if (field === "campaign") return [...new Set([...campaigns.values()].map((one) => one.name))].sort();
  return [];
}
