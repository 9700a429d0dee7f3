// What could not be used of the rows that were looked at, and why: by column and reason, the most frequent first.

import { CheckCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ErrorCountOut, PreviewOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Panel } from "~/kit/Panel";
import { Empty } from "~/kit/states";
import { Table, type TableColumn } from "~/kit/Table";
import styles from "./intake.module.css";

export function Refusals({ found }: { found: PreviewOut }) {
  const { t } = useTranslation();
  const columns: TableColumn<ErrorCountOut>[] = [
    {
      id: "column",
      label: t("intake.column"),
      width: "22%",
      isName: true,
      cell: (one) => <bdi>{one.column || t("intake.whole_row")}</bdi>,
    },
    { id: "reason", label: t("intake.reason"), cell: (one) => one.reason },
    {
      id: "examples",
      label: t("intake.examples"),
      width: "30%",
      isOptional: true,
      cell: (one) => (
        <ul className={styles.examples}>
          {one.examples.map((example) => (
            <li key={example.row}>
              {t("intake.example", { row: example.row })} <bdi>{example.value}</bdi>
            </li>
          ))}
        </ul>
      ),
    },
    { id: "count", label: t("intake.how_often"), width: "92px", isNumber: true, cell: (one) => count(one.count) },
  ];
  if (found.rows_read === 0) return null;
  return (
    <Panel title={t("intake.unusable")} isFlush>
      {found.errors.length === 0 ? (
        <Empty title={t("intake.all_good")} icon={<CheckCheck size={22} aria-hidden="true" />} />
      ) : (
        <Table
          label={t("intake.unusable")}
          columns={columns}
          rows={found.errors}
          idOf={(one) => `${one.column}\n${one.reason}`}
        />
      )}
    </Panel>
  );
}
