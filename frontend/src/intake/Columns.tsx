// Each column of the file: its heading, some of its values, and what it is taken for, which may be changed.

import { useTranslation } from "react-i18next";
import type { ColumnOut, PreviewOut, Target } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { SelectField } from "~/kit/Field";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Badge, Panel } from "~/kit/Panel";
import styles from "./intake.module.css";

export function Columns({
  found,
  mapping,
  onMapped,
}: {
  found: PreviewOut;
  mapping: Readonly<Record<string, Target>>;
  onMapped: (column: string, target: Target) => void;
}) {
  const { t } = useTranslation();
  const choices = found.fields.map(({ name, identifies }) => ({
    id: name,
    label: t(`target.${name}`),
    ...(identifies !== "no" && { detail: t(`intake.identifies.${identifies}`) }),
  }));
  const columns: Column<ColumnOut>[] = [
    {
      id: "name",
      label: t("intake.column"),
      width: "26%",
      isName: true,
      cell: (one) => (
        <span className={styles.heading} title={one.name}>
          <bdi>{one.name}</bdi>
        </span>
      ),
    },
    {
      id: "samples",
      label: t("intake.samples"),
      isOptional: true,
      cell: (one) => (
        <span className={styles.samples} title={one.samples.join("\n")}>
          <bdi>{one.samples.join(" · ") || "–"}</bdi>
        </span>
      ),
    },
    {
      id: "field",
      label: t("intake.taken_for"),
      width: "38%",
      cell: (one) => (
        <div className={styles.taken}>
          <SelectField
            label={t("intake.taken_for_named", { name: one.name })}
            isLabelHidden
            value={mapping[one.name] ?? one.field ?? "attribute"}
            onChange={(target) => onMapped(one.name, target as Target)}
            choices={choices}
          />
          <span className={styles.why}>
            <Badge tone={one.why === "left_over" ? "neutral" : one.why === "given" ? "accent" : "info"}>
              {t(`intake.why.${one.why}`)}
            </Badge>
          </span>
        </div>
      ),
    },
  ];
  return (
    <Panel
      title={t("intake.columns", { count: found.columns.length, number: count(found.columns.length) })}
      isFlush
    >
      <div className={styles.columns}>
        <GrowingTable
          label={t("intake.steps.columns")}
          columns={columns}
          rows={found.columns}
          idOf={(one) => one.name}
        />
      </div>
    </Panel>
  );
}
