// One step: what it does, when, and where it leads instead.

import { useTranslation } from "react-i18next";
import type { DelayUnit, StepKind } from "~/api/schema";
import { ComboField } from "~/kit/ComboField";
import { NumberField, SelectField, Switch, TextAreaField, TextField } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { Branches } from "./Branches";
import type { StepDraft } from "./draft";
import { KINDS } from "./kinds";
import styles from "./cadences.module.css";

const USUAL = { opens: "09:00", closes: "17:00" };
const LONGEST = 2_000;

export function StepEditor({
  step,
  number,
  steps,
  templates,
  errorOf,
  isDisabled,
  onChange,
}: {
  step: StepDraft;
  number: number;
  steps: readonly StepDraft[];
  templates: ReadonlyMap<string, string>;
  /** What is wrong with a field of this step. */
  errorOf: (field: string) => string | undefined;
  isDisabled: boolean;
  onChange: (changes: Partial<StepDraft>) => void;
}) {
  const { t } = useTranslation();
  const isMail = step.kind === "email" || step.kind === "manual_email";
  const title = `${t("cadences.step", { number })}: ${t(`cadences.kind.${step.kind}`)}`;
  return (
    <Panel title={title}>
      <fieldset className={styles.stack} disabled={isDisabled} aria-label={title}>
        <SelectField
          label={t("cadences.what")}
          hint={t(`cadences.kind_detail.${step.kind}`)}
          value={step.kind}
          onChange={(kind) => onChange({ kind: kind as StepKind })}
          choices={KINDS.map((kind) => ({ id: kind, label: t(`cadences.kind.${kind}`) }))}
          isDisabled={isDisabled}
        />
        <div className={styles.pair}>
          <NumberField
            label={t("cadences.delay")}
            value={step.amount}
            onChange={(amount) => onChange({ amount })}
            minValue={0}
            maxValue={step.unit === "days" ? 365 : 14_400}
            error={errorOf("delay")}
          />
          <SelectField
            label={t("cadences.delay_unit")}
            value={step.unit}
            onChange={(unit) => onChange({ unit: unit as DelayUnit })}
            choices={(["days", "minutes"] as const).map((unit) => ({
              id: unit,
              label: t(`cadences.unit.${unit}`),
            }))}
            isDisabled={isDisabled}
          />
        </div>
        <Switch
          isSelected={step.window !== null}
          onChange={(has) => onChange({ window: has ? USUAL : null })}
          isDisabled={isDisabled}
        >
          {t("cadences.has_window")}
        </Switch>
        {step.window && (
          <div className={styles.pair}>
            {(["opens", "closes"] as const).map((end) => (
              <TextField
                key={end}
                label={t(`cadences.${end}`)}
                type="time"
                value={step.window?.[end] ?? ""}
                onChange={(time) => onChange({ window: { ...(step.window ?? USUAL), [end]: time } })}
                error={end === "closes" ? errorOf("window") : undefined}
                isDisabled={isDisabled}
              />
            ))}
          </div>
        )}
        {isMail && (
          <ComboField
            key={`${step.key} ${templates.size}`}
            label={t("cadences.template")}
            hint={t("cadences.template_hint")}
            value={step.template_id ?? ""}
            onChange={(id) => onChange({ template_id: id || null })}
            choices={[...templates].map(([id, label]) => ({ id, label }))}
            error={
              errorOf("template_id") ??
              (step.template_id && templates.size > 0 && !templates.has(step.template_id)
                ? t("cadences.template_gone")
                : undefined)
            }
            isDisabled={isDisabled}
          />
        )}
        {step.kind === "email" && number > 1 && (
          <Switch
            isSelected={step.continues_thread}
            onChange={(continues_thread) => onChange({ continues_thread })}
            isDisabled={isDisabled}
          >
            {t("cadences.thread")}
          </Switch>
        )}
        {step.kind !== "email" && step.kind !== "wait" && (
          <TextAreaField
            label={t("cadences.instructions")}
            hint={t("cadences.instructions_hint")}
            value={step.instructions}
            onChange={(instructions) => onChange({ instructions })}
            maxLength={LONGEST}
            error={errorOf("instructions")}
            isDisabled={isDisabled}
          />
        )}
        <Branches
          step={step}
          steps={steps}
          number={number}
          errorOf={errorOf}
          isDisabled={isDisabled}
          onChange={onChange}
        />
      </fieldset>
    </Panel>
  );
}
