import type { ReactNode } from "react";
import styles from "./Sideways.module.css";

/** What is wider than a small screen and scrolls sideways there; it can be focused, so that arrow keys scroll it. */
export function Sideways({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.scroll} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
