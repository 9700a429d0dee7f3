// One scoring rule: so many points when its condition holds; opened, everything about it.

import { ChevronDown, ChevronRight, CircleAlert, X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { WrongField } from "~/api/client";
import type { RuleKind } from "~/api/schema";
import { signed } from "~/i18n/numbers";
import { IconButton } from "~/kit/Button";
import { NumberField, SelectField, TextField } from "~/kit/Field";
import { Badge } from "~/kit/Panel";
import { ConditionBuilder } from "~/leads/conditions/ConditionBuilder";
import { faultsByPart, type Group, type Places, readCondition, writeCondition } from "~/leads/conditions/draft";
import { useConditionWords } from "~/leads/conditions/words";
import type { EditedRule } from "./draft";
import styles from "./RuleEditor.module.css";

export interface RuleEditorProps {
  rule: EditedRule;
  place: number;
  /** What the server finds wrong with it. */
  wrong: readonly WrongField[];
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onChange: (rule: EditedRule) => void;
  onRemove: () => void;
}

export function RuleEditor(props: RuleEditorProps) {
  const { t } = useTranslation();
  const words = useConditionWords();
  const id = useId();
  const { rule, wrong, isOpen, onOpen, onRemove } = props;
  const name = rule.name || t("scoring.nameless");
  return (
    <li className={styles.rule}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => onOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown size={16} aria-hidden="true" /> : <ChevronRight size={16} aria-hidden="true" />}
          <span className={styles.what}>
            <b>{name}</b>
            <span className={styles.when}>{words(rule.when)}</span>
          </span>
          <span className={styles.points} data-minus={(rule.points ?? 0) < 0 || undefined}>
            {signed(rule.points ?? 0)}
          </span>
        </button>
        {wrong.length > 0 && (
          <Badge tone="danger">
            <CircleAlert size={12} aria-hidden="true" /> {t("criteria.wrong")}
          </Badge>
        )}
        <IconButton label={t("remove_named", { name })} onPress={onRemove}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Details {...props} />}
      </div>
    </li>
  );
}

function Details({ rule, place, wrong, onChange }: RuleEditorProps) {
  const { t } = useTranslation();
  const [group, setGroup] = useState(() => readCondition(rule.when));
  const faults = useMemo(() => {
    const places: Places = new Map();
    writeCondition(group, `rules[${place}].when`, places);
    return faultsByPart(wrong, places);
  }, [group, place, wrong]);

  function ask(changed: Group): void {
    setGroup(changed);
    onChange({ ...rule, when: writeCondition(changed) });
  }

  const wrongWith = (name: string) => wrong.find(({ field }) => field.endsWith(`.${name}`))?.reason;
  return (
    <div className={styles.details}>
      <div className={styles.about}>
        <TextField
          label={t("scoring.rule_name")}
          hint={t("scoring.rule_name_hint")}
          value={rule.name}
          onChange={(name) => onChange({ ...rule, name })}
          error={wrongWith("name")}
          maxLength={200}
          isRequired
        />
        <NumberField
          label={t("scoring.points")}
          value={rule.points}
          onChange={(points) => onChange({ ...rule, points })}
          minValue={-100}
          maxValue={100}
          error={wrongWith("points")}
          isRequired
        />
        <SelectField
          label={t("scoring.kind")}
          value={rule.kind}
          onChange={(kind) => onChange({ ...rule, kind: kind as RuleKind })}
          choices={[
            { id: "fit", label: t("scoring.kinds.fit"), detail: t("scoring.about.fit") },
            { id: "engagement", label: t("scoring.kinds.engagement"), detail: t("scoring.about.engagement") },
          ]}
        />
      </div>
      <ConditionBuilder label={t("scoring.when")} group={group} onChange={ask} faults={faults} />
    </div>
  );
}
