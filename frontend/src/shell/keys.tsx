// Keyboard shortcuts: a screen says which it has, they hold while it is shown, and the `?` sheet lists them.
//
// Plain letters and digits hold only outside text fields and dialogs; those with a modifier hold everywhere.

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
} from "react";
import { tinykeys } from "tinykeys";

export interface Shortcut {
  /** As tinykeys writes it: `n`, `g t`, `$mod+k`, `Shift+?`. */
  keys: string;
  /** What it does, as the sheet tells it. */
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Also inside text fields and dialogs. */
  isEverywhere?: boolean;
}

type Add = (shortcuts: readonly Shortcut[]) => () => void;

const AddContext = createContext<Add | null>(null);
const AllContext = createContext<readonly Shortcut[]>([]);

export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const [groups, setGroups] = useState<ReadonlyMap<symbol, readonly Shortcut[]>>(new Map());
  const add = useCallback<Add>((shortcuts) => {
    const key = Symbol("shortcuts");
    setGroups((before) => new Map(before).set(key, shortcuts));
    return () =>
      setGroups((before) => {
        const after = new Map(before);
        after.delete(key);
        return after;
      });
  }, []);
  const all = useMemo(() => [...groups.values()].flat(), [groups]);
  return (
    <AddContext value={add}>
      <AllContext value={all}>{children}</AllContext>
    </AddContext>
  );
}

const SEQUENCE_MS = 1_000;
let begunAt = -SEQUENCE_MS;
let ending: KeyboardEvent | undefined;

// The second key of a sequence such as `g h` is not `h` by itself.
window.addEventListener(
  "keydown",
  (event) => {
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !isTaken(event);
    if (event.timeStamp - begunAt < SEQUENCE_MS) ending = event;
    begunAt = isPlain && event.key === "g" ? event.timeStamp : -SEQUENCE_MS;
  },
  { capture: true },
);

/** Where letters are text; ticks and sliders take none. */
const TYPED = "input:not([type=checkbox], [type=radio], [type=range]), textarea";

/** Whether a plain key typed there is text, or belongs to an open dialog, menu or list. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest(`${TYPED}, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]`)) {
    return true;
  }
  return document.querySelector("[role=dialog]") !== null;
}

/** Have these shortcuts while the component is mounted. Their labels and actions may change at any rendering. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const add = useContext(AddContext);
  if (!add) throw new Error("Shortcuts are used outside ShortcutsProvider");
  const run = useEffectEvent((keys: string, event: KeyboardEvent) => {
    const found = shortcuts.find((one) => one.keys === keys);
    if (!found || event.defaultPrevented || (!found.isEverywhere && isTaken(event))) return;
    if (keys.length === 1 && event === ending) return;
    event.preventDefault();
    found.run(event);
  });
  const tell = useEffectEvent(() => add(shortcuts));
  // The list is new at every rendering; what it binds and tells is not.
  const signature = shortcuts.map((one) => `${one.keys}\0${one.label}`).join("\u0001");
  useEffect(() => {
    const keys = signature.split("\u0001").flatMap((one) => one.split("\0")[0] ?? []);
    const bindings = keys.filter(Boolean).map((one) => [one, (event: KeyboardEvent) => run(one, event)] as const);
    const unbind = tinykeys(window, Object.fromEntries(bindings), { ignore: () => false });
    const forget = tell();
    return () => {
      unbind();
      forget();
    };
  }, [signature]);
}

/** Choose among what a dialog offers by a digit, wherever the focus is but in a text field. */
export function useDigits(choose: (place: number) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    const place = "123456789".indexOf(event.key);
    const isTyped = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (place < 0 || isTyped || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(place);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => hear(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** All shortcuts that hold now, for the sheet. */
export function useAllShortcuts(): readonly Shortcut[] {
  return useContext(AllContext);
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.userAgent);

/** How a shortcut is written on screen: `Ctrl K`, `g t`. */
export function written(keys: string): string {
  return keys
    .replace("$mod", isMac ? "⌘" : "Ctrl")
    .replace("Shift+?", "?")
    .replace("Shift+", "⇧")
    .replaceAll("+", " ")
    .replace("Enter", "↵")
    .replace("ArrowDown", "↓")
    .replace("ArrowUp", "↑");
}
