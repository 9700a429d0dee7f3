// The four states that every screen has besides its content: loading, empty, failed, not allowed.

import { CircleAlert, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { OFFLINE, Problem } from "~/api/client";
import { Button } from "./Button";
import styles from "./states.module.css";

/** Bars in the place of rows that are being read. */
export function Loading({ rows = 3 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.loading} role="status" aria-label={t("state.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={styles.bone} style={{ width: `${90 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** Nothing there, and what to do about it. */
export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={styles.state}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.detail}>{children}</div>}
    </div>
  );
}

/** What went wrong, in the server's own words, and trying again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  if (error instanceof Problem && error.status === 403) return <NotAllowed />;
  const told = error instanceof Problem && error.code !== OFFLINE ? error.message : t("state.unreachable");
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon}>
        <CircleAlert size={22} aria-hidden="true" />
      </span>
      <p className={styles.title}>{t("state.failed")}</p>
      <p className={styles.detail}>{told}</p>
      {onRetry && <Button onPress={onRetry}>{t("state.retry")}</Button>}
    </div>
  );
}

/** Not for this role. */
export function NotAllowed() {
  const { t } = useTranslation();
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Lock size={22} aria-hidden="true" />
      </span>
      <p className={styles.title}>{t("state.not_allowed")}</p>
      <p className={styles.detail}>{t("state.not_allowed_detail")}</p>
    </div>
  );
}

interface Read<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** The content of a query, or the state that stands for it. What was read before stays while it is read again. */
export function Shown<T>({
  query,
  rows,
  children,
}: {
  query: Read<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading rows={rows ?? 3} />;
}

/** What went wrong with a form, above its buttons; nothing while all is well. */
export function FormProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  const told = error instanceof Problem && error.code !== OFFLINE ? error.message : t("state.unreachable_form");
  return (
    <p className={styles.problem} role="alert">
      <CircleAlert size={16} aria-hidden="true" /> {told}
    </p>
  );
}

/** The reason that a problem gives for one field, if any. */
export function wrongField(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find((one) => one.field === field || one.field.endsWith(`.${field}`))?.reason;
}

/** The reason that a problem gives for a list or for something in it: `fields`, `fields[2].label`. */
export function wrongWithin(error: unknown, list: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find(({ field }) => field === list || field.startsWith(`${list}[`))?.reason;
}
