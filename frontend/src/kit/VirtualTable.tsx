// A table of any length: only the rows on screen are in the page, further ones are read as they come into sight.
//
// It is a grid for assistive technology and the keyboard: arrows move between rows, Enter opens, space selects.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox } from "./Field";
import styles from "./VirtualTable.module.css";

export interface Column<Row> {
  id: string;
  label: string;
  /** A CSS grid track: `minmax(180px, 2fr)`, `90px`. */
  width: string;
  render: (row: Row) => ReactNode;
  /** The key that the server sorts by; none: it cannot be sorted by. */
  sortKey?: string;
  isNumber?: boolean;
}

export interface VirtualTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** How many there are in all, as far as is known. */
  total: number | undefined;
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** `score`, or `-score` the other way round. */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  hasMore: boolean;
  isReading: boolean;
  onMore: () => void;
}

const ROW_HEIGHT = 44;
const COMPACT_HEIGHT = 34;
const BEYOND = 12;
/** So many rows before the end of what was read, more is read. */
const AHEAD = 60;

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, columns, rows, total, keyOf, onOpen, selected, onSelect, hasMore, isReading, onMore } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const height = document.documentElement.dataset.density === "compact" ? COMPACT_HEIGHT : ROW_HEIGHT;
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is compiled to be memoized
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: BEYOND,
    getItemKey: (place) => {
      const row = rows[place];
      return row ? keyOf(row) : place;
    },
  });
  const shown = virtual.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isReading && last >= rows.length - AHEAD) onMore();
  }, [hasMore, isReading, last, rows.length, onMore]);

  const template = [...(onSelect ? ["36px"] : []), ...columns.map((one) => one.width)].join(" ");
  const grid: CSSProperties = { gridTemplateColumns: template };

  function select(row: Row): void {
    if (!onSelect) return;
    const after = new Set(selected);
    if (!after.delete(keyOf(row))) after.add(keyOf(row));
    onSelect(after);
  }

  function move(to: number): void {
    const place = Math.min(Math.max(to, 0), rows.length - 1);
    setActive(place);
    virtual.scrollToIndex(place);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus());
  }

  function hear(event: KeyboardEvent, row: Row, place: number): void {
    if (event.target !== event.currentTarget) return;
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / height);
    const moves: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Enter") onOpen?.(row);
    else if (event.key === " " && onSelect) select(row);
    else return;
    event.preventDefault();
  }

  const areAllSelected = rows.length > 0 && rows.every((one) => selected?.has(keyOf(one)));
  return (
    <div ref={scroller} className={styles.scroller}>
      <div role="grid" aria-label={label} aria-rowcount={(total ?? rows.length) + 1} className={styles.grid}>
        <div role="row" aria-rowindex={1} className={`${styles.row} ${styles.head}`} style={grid}>
          {onSelect && (
            <span role="columnheader" className={styles.cell}>
              <Checkbox
                aria-label={t("table.select_all")}
                isSelected={areAllSelected}
                isIndeterminate={!areAllSelected && (selected?.size ?? 0) > 0}
                onChange={(all) => onSelect(all ? new Set(rows.map(keyOf)) : new Set())}
              >
                {null}
              </Checkbox>
            </span>
          )}
          {columns.map((one) => (
            <ColumnHead key={one.id} column={one} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const isSelected = selected?.has(keyOf(row)) ?? false;
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={onSelect ? isSelected : undefined}
                data-place={item.index}
                tabIndex={item.index === active ? 0 : -1}
                className={styles.row}
                style={{ ...grid, height: item.size, transform: `translateY(${item.start}px)` }}
                onFocus={() => setActive(item.index)}
                onKeyDown={(event) => hear(event, row, item.index)}
                onClick={() => onOpen?.(row)}
              >
                {onSelect && (
                  <span role="gridcell" className={styles.cell} onClick={(event) => event.stopPropagation()}>
                    <Checkbox aria-label={t("table.select")} isSelected={isSelected} onChange={() => select(row)}>
                      {null}
                    </Checkbox>
                  </span>
                )}
                {columns.map((one) => {
                  const shown = one.render(row);
                  return (
                    <span
                      key={one.id}
                      role="gridcell"
                      className={`${styles.cell} ${one.isNumber ? styles.number : ""}`}
                      title={typeof shown === "string" ? shown : undefined}
                    >
                      {shown}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      {isReading && (
        <p role="status" className={styles.reading}>
          {t("state.loading")}
        </p>
      )}
    </div>
  );
}

function ColumnHead<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}) {
  const key = column.sortKey;
  const isUp = key !== undefined && sort === key;
  const isDown = key !== undefined && sort === `-${key}`;
  const order = isUp ? "ascending" : isDown ? "descending" : "none";
  return (
    <span
      role="columnheader"
      aria-sort={key ? order : undefined}
      className={`${styles.cell} ${column.isNumber ? styles.number : ""}`}
    >
      {key && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(isDown ? key : `-${key}`)}>
          {column.label}
          {isUp && <ArrowUp size={12} aria-hidden="true" />}
          {isDown && <ArrowDown size={12} aria-hidden="true" />}
        </button>
      ) : (
        column.label
      )}
    </span>
  );
}
