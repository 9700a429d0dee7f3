// A table of some tens of rows, drawn whole. (Of any length: GrowingTable.)

import type { ReactNode } from "react";
import styles from "./Table.module.css";

export interface TableColumn<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** As CSS has it; columns without share what is left. */
  width?: string;
  /** Names the row: one of the columns does. */
  isName?: boolean;
  /** Left out where there is little room. */
  isOptional?: boolean;
  isNumber?: boolean;
  /** Its label is for screen readers only; `head` may stand there to be seen. */
  isLabelHidden?: boolean;
  head?: ReactNode;
}

export function Table<T>({
  label,
  columns,
  rows,
  idOf,
}: {
  label: string;
  columns: readonly TableColumn<T>[];
  rows: readonly T[];
  idOf: (row: T) => string;
}) {
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((one) => (
            <th
              key={one.id}
              scope="col"
              className={classOf(one)}
              style={one.width ? { width: one.width } : undefined}
            >
              {one.isLabelHidden ? <span className="visually-hidden">{one.label}</span> : !one.head && one.label}
              {one.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={idOf(row)}>
            {columns.map((one) =>
              one.isName ? (
                <th key={one.id} scope="row" className={classOf(one)}>
                  {one.cell(row)}
                </th>
              ) : (
                <td key={one.id} className={classOf(one)}>
                  {one.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classOf(column: TableColumn<never>): string {
  return `${column.isOptional ? styles.optional : ""} ${column.isNumber ? styles.number : ""}`;
}
