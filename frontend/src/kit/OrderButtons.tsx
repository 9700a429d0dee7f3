// Moving something up or down a list; the same by Alt and the arrow keys anywhere in its row.

import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";

export interface OrderProps {
  /** What is moved, for the buttons' names. */
  name: string;
  place: number;
  count: number;
  onMove: (from: number, to: number) => void;
}

export function OrderButtons({ name, place, count, onMove }: OrderProps) {
  const { t } = useTranslation();
  return (
    <>
      <IconButton
        label={t("move_up", { name })}
        keys="Alt+ArrowUp"
        isDisabled={place === 0}
        onPress={() => onMove(place, place - 1)}
      >
        <ArrowUp size={15} aria-hidden="true" />
      </IconButton>
      <IconButton
        label={t("move_down", { name })}
        keys="Alt+ArrowDown"
        isDisabled={place === count - 1}
        onPress={() => onMove(place, place + 1)}
      >
        <ArrowDown size={15} aria-hidden="true" />
      </IconButton>
    </>
  );
}

/** What a row does with the keys: Alt and an arrow move it. */
export function moveByKey(event: KeyboardEvent, { place, count, onMove }: Omit<OrderProps, "name">): void {
  const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
  if (step === undefined) return;
  event.preventDefault();
  const to = place + step;
  if (to >= 0 && to < count) onMove(place, to);
}

/** The list with one of its items moved. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const after = [...items];
  const [item] = after.splice(from, 1);
  if (item !== undefined) after.splice(to, 0, item);
  return after;
}
