// Whether the dialler is open, and with which number: it opens from keys, menus and links of other programs.

import { createStore } from "~/kit/store";

export const dialler = createStore<{ isOpen: boolean; number: string }>({ isOpen: false, number: "" });

/** Open it, with a number to begin with. */
export function openDialler(number = ""): void {
  dialler.set({ isOpen: true, number });
}

export function closeDialler(): void {
  dialler.set({ isOpen: false, number: "" });
}
