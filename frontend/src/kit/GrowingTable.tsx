// A table of any length: reads further pages as one scrolls, draws only the rows in sight, and is walked through with
// the arrow keys. Columns are fixed in width, so that nothing jumps while scrolling.

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import styles from "./GrowingTable.module.css";

export interface Column<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** As CSS has it; columns without share what is left. */
  width?: string;
  isNumber?: boolean;
  /** Names the row: one of the columns does. */
  isName?: boolean;
  /** Left out where there is little room. */
  isOptional?: boolean;
  /** Its label is for screen readers only; or what stands in its head instead. */
  head?: ReactNode;
}

const ROW_PX = 52;
const AHEAD = 12;

export function GrowingTable<T>({
  label,
  columns,
  rows,
  idOf,
  hasMore = false,
  isReadingMore = false,
  onMore,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  idOf: (row: T) => string;
  hasMore?: boolean;
  isReadingMore?: boolean;
  onMore?: () => void;
}) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is not memoised, and need not be
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: AHEAD,
    getItemKey: (place) => {
      const row = rows[place];
      return row === undefined ? place : idOf(row);
    },
  });
  const drawn = virtual.getVirtualItems();
  const first = drawn[0];
  const last = drawn.at(-1);
  const isNearEnd = (last?.index ?? 0) >= rows.length - AHEAD;

  useEffect(() => {
    if (isNearEnd && hasMore && !isReadingMore) onMore?.();
  }, [isNearEnd, hasMore, isReadingMore, onMore]);

  /** Arrows go from a row's link to that of the row above or below. */
  function walk(event: KeyboardEvent<HTMLElement>): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const target = event.target as HTMLElement;
    const row = target.closest("tr");
    if (!step || !row || target.closest("input, textarea, [role=menu]")) return;
    const other = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    const place = [...row.querySelectorAll("a, button, input")].indexOf(target);
    const there = other?.querySelectorAll<HTMLElement>("a, button, input");
    const next = there?.[place] ?? there?.[0];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  return (
    <div className={styles.frame} ref={frame} tabIndex={-1}>
      <table className={styles.table} aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <colgroup>
          {columns.map((one) => (
            <col
              key={one.id}
              className={one.isOptional ? styles.optional : ""}
              style={one.width ? { width: one.width } : {}}
            />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((one) => (
              <th
                key={one.id}
                scope="col"
                className={`${one.isNumber ? styles.number : ""} ${one.isOptional ? styles.optional : ""}`}
              >
                {one.head === undefined
                  ? one.label
                  : one.head || <span className="visually-hidden">{one.label}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={walk}>
          {first && first.start > 0 && <tr aria-hidden="true" style={{ height: first.start }} />}
          {drawn.map((one) => {
            const row = rows[one.index];
            if (row === undefined) return null;
            return (
              <tr key={one.key} ref={virtual.measureElement} data-index={one.index} aria-rowindex={one.index + 2}>
                {columns.map((column) => {
                  const Cell = column.isName ? "th" : "td";
                  return (
                    <Cell
                      key={column.id}
                      {...(column.isName && { scope: "row" })}
                      className={`${column.isNumber ? styles.number : ""} ${column.isOptional ? styles.optional : ""}`}
                    >
                      {column.cell(row)}
                    </Cell>
                  );
                })}
              </tr>
            );
          })}
          {last && last.end < virtual.getTotalSize() && (
            <tr aria-hidden="true" style={{ height: virtual.getTotalSize() - last.end }} />
          )}
        </tbody>
      </table>
      {isReadingMore && (
        <p className={styles.more} role="status">
          {t("state.loading")} …
        </p>
      )}
    </div>
  );
}
