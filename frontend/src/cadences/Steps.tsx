// The steps of a cadence in their order: chosen with the arrows, moved with Alt and the arrows, removed with Delete.

import { Trash2 } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { StepKind } from "~/api/schema";
import { Button, IconButton } from "~/kit/Button";
import { moveByKey, moved, OrderButtons } from "~/kit/OrderButtons";
import { Badge, Panel } from "~/kit/Panel";
import { Empty } from "~/kit/states";
import { conditionTold } from "./conditions";
import type { StepDraft } from "./draft";
import { delayTold, ICONS, KINDS } from "./kinds";
import styles from "./cadences.module.css";

export function Steps({
  steps,
  at,
  templates,
  faults,
  isDisabled,
  onShow,
  onAdd,
  onRemove,
  onChange,
}: {
  steps: readonly StepDraft[];
  /** The key of the step that is shown beside. */
  at: string | null;
  /** Names of templates by id. */
  templates: ReadonlyMap<string, string>;
  /** What is wrong, by the number of the step. */
  faults: ReadonlyMap<number, string>;
  isDisabled: boolean;
  onShow: (key: string) => void;
  onAdd: (kind: StepKind) => void;
  onRemove: (key: string) => void;
  onChange: (steps: StepDraft[]) => void;
}) {
  const { t } = useTranslation();

  function move(from: number, to: number): void {
    onChange(moved(steps, from, to));
  }

  function press(event: KeyboardEvent<HTMLElement>, place: number): void {
    if (!isDisabled) moveByKey(event, { place, count: steps.length, onMove: move });
    if (event.defaultPrevented || event.altKey) return;
    const key = steps[place]?.key;
    if (event.key === "Delete" && key && !isDisabled) onRemove(key);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = step && steps[place + step];
    if (!next) return;
    event.preventDefault();
    onShow(next.key);
    const list = event.currentTarget.closest("ol");
    list?.querySelectorAll<HTMLElement>("[data-step]")[place + step]?.focus();
  }

  return (
    <Panel title={t("cadences.steps")} isFlush>
      {steps.length === 0 && <Empty title={t("cadences.no_steps")} />}
      <ol className={styles.steps} aria-label={t("cadences.steps")}>
        {steps.map((step, place) => (
          <li key={step.key} className={styles.stepRow} data-chosen={step.key === at || undefined}>
            <button
              type="button"
              data-step
              className={styles.step}
              aria-current={step.key === at ? "step" : undefined}
              aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
              onClick={() => onShow(step.key)}
              onKeyDown={(event) => press(event, place)}
            >
              <Told
                step={step}
                number={place + 1}
                steps={steps}
                templates={templates}
                fault={faults.get(place + 1)}
              />
            </button>
            {!isDisabled && (
              <span className={styles.stepButtons}>
                <OrderButtons
                  name={t("cadences.step", { number: place + 1 })}
                  place={place}
                  count={steps.length}
                  onMove={move}
                />
                <IconButton
                  label={t("cadences.remove_step", { number: place + 1 })}
                  onPress={() => onRemove(step.key)}
                >
                  <Trash2 size={15} aria-hidden="true" />
                </IconButton>
              </span>
            )}
          </li>
        ))}
      </ol>
      {!isDisabled && (
        <div className={styles.adding} role="group" aria-label={t("cadences.add_step")}>
          <span className={styles.hint}>{t("cadences.add_step")}</span>
          {KINDS.map((kind, place) => {
            const Icon = ICONS[kind];
            return (
              <Button key={kind} keys={String(place + 1)} onPress={() => onAdd(kind)}>
                <Icon size={14} aria-hidden="true" /> {t(`cadences.kind.${kind}`)}
              </Button>
            );
          })}
        </div>
      )}
    </Panel>
  );
}

function Told({
  step,
  number,
  steps,
  templates,
  fault,
}: {
  step: StepDraft;
  number: number;
  steps: readonly StepDraft[];
  templates: ReadonlyMap<string, string>;
  fault: string | undefined;
}) {
  const { t } = useTranslation();
  const Icon = ICONS[step.kind];
  const what = step.template_id ? templates.get(step.template_id) : step.instructions;
  const when = [
    delayTold(t, step.amount ?? 0, step.unit),
    step.window && `${step.window.opens}–${step.window.closes}`,
  ].filter(Boolean);
  return (
    <>
      <span className={styles.number}>{number}</span>
      <Icon size={16} aria-hidden="true" className={styles.kind} />
      <span className={styles.stepText}>
        <b>{t(`cadences.kind.${step.kind}`)}</b>
        <span className={styles.hint}>{when.join(" · ")}</span>
        {what && <span className={styles.line}>{what}</span>}
        {step.branches.map((branch) => (
          <Badge key={branch.key} tone="info" isTyped>
            {conditionTold(t, branch, steps)}
          </Badge>
        ))}
        {fault && (
          <Badge tone="danger" isTyped>
            {fault}
          </Badge>
        )}
      </span>
    </>
  );
}
