// Custom attributes: whatever else is known, by name.

import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "~/kit/Button";
import { FieldGroup, TextField } from "~/kit/Field";
import styles from "./forms.module.css";

export interface AttributeRow {
  key: number;
  name: string;
  value: string;
  /** Its name is given; only what is added here can be named. */
  isKnown: boolean;
}

export function attributeRows(attributes: Readonly<Record<string, string>>): AttributeRow[] {
  return Object.entries(attributes).map(([name, value], key) => ({ key, name, value, isKnown: true }));
}

/** What changed against these: a name that is gone or emptied is removed by null. */
export function attributeChanges(
  before: Readonly<Record<string, string>>,
  rows: readonly AttributeRow[],
): Record<string, string | null> {
  const after = new Map(
    rows.filter((one) => one.name.trim() && one.value.trim()).map((one) => [one.name.trim(), one.value]),
  );
  const changes: Record<string, string | null> = {};
  for (const name of Object.keys(before)) if (!after.has(name)) changes[name] = null;
  for (const [name, value] of after) if (before[name] !== value) changes[name] = value;
  return changes;
}

export function Attributes({
  rows,
  onChange,
  error,
}: {
  rows: readonly AttributeRow[];
  onChange: (rows: readonly AttributeRow[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  function set(key: number, change: Partial<AttributeRow>): void {
    onChange(rows.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }
  function add(): void {
    const key = Math.max(-1, ...rows.map((one) => one.key)) + 1;
    onChange([...rows, { key, name: "", value: "", isKnown: false }]);
  }
  return (
    <FieldGroup label={t("attributes.title")}>
      {rows.map((one) => (
        <div key={one.key} className={styles.attribute}>
          {one.isKnown ? (
            <span className={styles.attributeName} title={one.name}>
              {one.name}
            </span>
          ) : (
            <TextField
              label={t("attributes.name")}
              isLabelHidden
              placeholder={t("attributes.name")}
              value={one.name}
              onChange={(name) => set(one.key, { name })}
              maxLength={300}
              autoFocus
            />
          )}
          <TextField
            label={one.isKnown ? one.name : t("attributes.value")}
            isLabelHidden
            placeholder={t("attributes.value")}
            value={one.value}
            onChange={(value) => set(one.key, { value })}
            maxLength={10_000}
          />
          <IconButton
            label={t("attributes.remove", { name: one.name })}
            onPress={() => onChange(rows.filter((other) => other.key !== one.key))}
          >
            <X size={14} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <div>
        <Button look="quiet" onPress={add}>
          <Plus size={14} aria-hidden="true" /> {t("attributes.add")}
        </Button>
      </div>
    </FieldGroup>
  );
}
