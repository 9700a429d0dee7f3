import type { ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { written } from "~/shell/keys";
import styles from "./Button.module.css";

export interface ButtonProps extends Omit<AriaProps, "className" | "children"> {
  children: ReactNode;
  /** `primary`: the one thing to do here; `plain`: beside it; `quiet`: in rows and bars; `danger`: takes away. */
  look?: "primary" | "plain" | "quiet" | "danger";
  /** The shortcut that does the same, shown beside the words. */
  keys?: string;
}

export function Button({ look = "plain", keys, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={`${styles.button} ${styles[look]}`}>
      {children}
      {keys && <Kbd keys={keys} />}
    </AriaButton>
  );
}

/** A button that shows a picture only; its label is its name and its tip. */
export function IconButton({ label, keys, children, ...props }: Omit<ButtonProps, "look"> & { label: string }) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...props} aria-label={label} className={`${styles.button} ${styles.icon}`}>
        {children}
      </AriaButton>
      <Tooltip className={styles.tip ?? ""} offset={6}>
        {label} {keys && <Kbd keys={keys} />}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** Keys as one sees them on the keyboard. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={styles.kbd} aria-hidden="true">
      {written(keys)}
    </span>
  );
}
