// Things in rows that wrap where there is little room: what it is, how it stands, what can be done with it.

import type { ReactNode } from "react";
import styles from "./Calendar.module.css";

export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}

export function Row({ children, state, actions }: { children: ReactNode; state: ReactNode; actions: ReactNode }) {
  return (
    <li className={styles.row}>
      <div className={styles.what}>{children}</div>
      <div className={styles.state}>{state}</div>
      <div className={styles.buttons}>{actions}</div>
    </li>
  );
}
