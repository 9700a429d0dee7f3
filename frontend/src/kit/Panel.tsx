// The frame of screens: a head with the title and what can be done, panels of content, and small marks.

import type { ReactNode } from "react";
import styles from "./Panel.module.css";

export function Screen({
  title,
  detail,
  actions,
  children,
  isWide,
}: {
  title: ReactNode;
  detail?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Fills the height and scrolls inside (tables). */
  isWide?: boolean;
}) {
  return (
    <div className={`${styles.screen} ${isWide ? styles.wide : ""}`}>
      <header className={styles.head}>
        <div className={styles.names}>
          <h1>{title}</h1>
          {detail && <p className={styles.detail}>{detail}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Panel({
  title,
  actions,
  children,
  isFlush,
  label,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Content reaches the edges (tables, lists). */
  isFlush?: boolean;
  /** Name for assistive technology where there is no title. */
  label?: string;
}) {
  return (
    <section className={styles.panel} aria-label={label ?? (typeof title === "string" ? title : undefined)}>
      {(title || actions) && (
        <div className={styles.panelHead}>
          <h2>{title}</h2>
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      <div className={isFlush ? styles.flush : styles.padded}>{children}</div>
    </section>
  );
}

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger" | "info";

export function Badge({
  tone = "neutral",
  isTyped,
  children,
}: {
  tone?: Tone;
  /** Holds what somebody typed, which may be long: it wraps. */
  isTyped?: boolean;
  children: ReactNode;
}) {
  return <span className={`${styles.badge} ${styles[tone]} ${isTyped ? styles.typed : ""}`}>{children}</span>;
}

/** Names and values under one another. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return (
    <dl className={styles.facts}>
      {shown.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A share as a bar; says nothing by colour alone. */
export function Bar({ share, tone = "accent", label }: { share: number; tone?: Tone; label: string }) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return (
    <div
      className={`${styles.bar} ${styles[tone]}`}
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
