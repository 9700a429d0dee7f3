import { decimal } from "~/i18n/numbers";

const STEP = 1024;
const UNITS = ["kB", "MB", "GB"] as const;

/** `256 MB`; below one, `0.5 kB`. */
export function sizeOf(bytes: number): string {
  let size = bytes / STEP;
  let place = 0;
  while (size >= STEP && place < UNITS.length - 1) {
    size /= STEP;
    place += 1;
  }
  return `${decimal(size)} ${UNITS[place]}`;
}
