// Where a step leads instead, when something holds at the time it is due.

import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BranchOn, Disposition, Stage } from "~/api/schema";
import texts from "~/i18n/en/leads.json";
import { Button, IconButton } from "~/kit/Button";
import { Checkbox, FieldGroup, NumberField, SelectField } from "~/kit/Field";
import { STAGES } from "~/leads/table/filter";
import { type BranchDraft, BRANCHES, freeKey, type StepDraft } from "./draft";
import styles from "./cadences.module.css";

const END = "end";
const MOST = 10;
const DISPOSITIONS = Object.keys(texts.disposition) as Disposition[];

interface Props {
  step: StepDraft;
  steps: readonly StepDraft[];
  number: number;
  errorOf: (field: string) => string | undefined;
  isDisabled: boolean;
  onChange: (changes: Partial<StepDraft>) => void;
}

export function Branches({ step, steps, number, errorOf, isDisabled, onChange }: Props) {
  const { t } = useTranslation();
  function change(key: string, changes: Partial<BranchDraft>): void {
    onChange({ branches: step.branches.map((one) => (one.key === key ? { ...one, ...changes } : one)) });
  }
  function add(): void {
    const key = freeKey(step.branches, "b");
    const blank: BranchDraft = { key, on: "opened", is_not: false, values: [], at_least: null, goes_to: null };
    onChange({ branches: [...step.branches, blank] });
  }
  return (
    <FieldGroup label={t("cadences.branches")}>
      <p className={styles.hint}>{t("cadences.branches_detail")}</p>
      {step.branches.map((branch, place) => (
        <div key={branch.key} className={styles.branch}>
          <One
            branch={branch}
            steps={steps}
            number={number}
            errorOf={(field) => errorOf(`branches.${place + 1}.${field}`)}
            isDisabled={isDisabled}
            onChange={(changes) => change(branch.key, changes)}
          />
          {!isDisabled && (
            <IconButton
              label={t("cadences.remove_branch", { number: place + 1 })}
              onPress={() => onChange({ branches: step.branches.filter((one) => one !== branch) })}
            >
              <Trash2 size={15} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      ))}
      {!isDisabled && step.branches.length < MOST && (
        <div>
          <Button look="quiet" onPress={add}>
            <Plus size={14} aria-hidden="true" /> {t("cadences.add_branch")}
          </Button>
        </div>
      )}
    </FieldGroup>
  );
}

function One({
  branch,
  steps,
  number,
  errorOf,
  isDisabled,
  onChange,
}: Omit<Props, "step" | "onChange"> & { branch: BranchDraft; onChange: (changes: Partial<BranchDraft>) => void }) {
  const { t } = useTranslation();
  const later = steps.slice(number).map((one, place) => ({
    id: one.key,
    label: `${t("cadences.step", { number: number + place + 1 })}: ${t(`cadences.kind.${one.kind}`)}`,
  }));
  return (
    <div className={styles.stack}>
      <div className={styles.condition}>
        <SelectField
          label={t("cadences.branch_is")}
          isLabelHidden
          value={branch.is_not ? "no" : "yes"}
          onChange={(is) => onChange({ is_not: is === "no" })}
          choices={[
            { id: "yes", label: t("cadences.branch_if") },
            { id: "no", label: t("cadences.branch_if_not") },
          ]}
          isDisabled={isDisabled}
        />
        <SelectField
          label={t("cadences.branch")}
          isLabelHidden
          value={branch.on}
          onChange={(on) => onChange({ on: on as BranchOn, values: [] })}
          choices={BRANCHES.map((on) => ({ id: on, label: t(`cadences.branch_on.${on}`) }))}
          isDisabled={isDisabled}
        />
      </div>
      {branch.on === "score" && (
        <NumberField
          label={t("cadences.branch_score")}
          value={branch.at_least}
          onChange={(at_least) => onChange({ at_least })}
          minValue={0}
          maxValue={100}
          error={errorOf("at_least")}
        />
      )}
      {branch.on === "disposition" && (
        <Values
          values={branch.values}
          choices={DISPOSITIONS.map((one) => [one, t(`disposition.${one}`)])}
          error={errorOf("values")}
          isDisabled={isDisabled}
          onChange={(values) => onChange({ values })}
        />
      )}
      {branch.on === "stage" && (
        <Values
          values={branch.values}
          choices={STAGES.map((one: Stage) => [one, t(`stage.${one}`)])}
          error={errorOf("values")}
          isDisabled={isDisabled}
          onChange={(values) => onChange({ values })}
        />
      )}
      <SelectField
        label={t("cadences.branch_goes")}
        value={branch.goes_to ?? END}
        onChange={(key) => onChange({ goes_to: key === END ? null : key })}
        choices={[...later, { id: END, label: t("cadences.branch_ends") }]}
        error={errorOf("goes_to")}
        isDisabled={isDisabled}
      />
    </div>
  );
}

function Values({
  values,
  choices,
  error,
  isDisabled,
  onChange,
}: {
  values: readonly string[];
  choices: readonly (readonly [string, string])[];
  error: string | undefined;
  isDisabled: boolean;
  onChange: (values: string[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <FieldGroup label={t("cadences.branch_values")}>
      <div className={styles.ticks}>
        {choices.map(([id, label]) => (
          <Checkbox
            key={id}
            isSelected={values.includes(id)}
            onChange={(is) => onChange(is ? [...values, id] : values.filter((one) => one !== id))}
            isDisabled={isDisabled}
          >
            {label}
          </Checkbox>
        ))}
      </div>
      {error && <p className={styles.error}>{error}</p>}
    </FieldGroup>
  );
}
