// The model tried on the newest leads, beside the one in force: who would be an MQL, who no more, and all scores.

import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/client";
import type { ModelOut, RescoredOut, RescoringOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Panel } from "~/kit/Panel";
import { Empty, Failed, Loading } from "~/kit/states";
import styles from "./Trial.module.css";
import type { useTrial } from "./trial";

const Bands = lazy(async () => ({ default: (await import("./Bands")).Bands }));

export function Trial({
  tried,
  inForce,
  isChanged,
}: {
  tried: ReturnType<typeof useTrial>;
  inForce: ModelOut;
  isChanged: boolean;
}) {
  const { t } = useTranslation();
  const error: unknown = tried.error;
  const wrong = error instanceof Problem && error.status === 422 ? error.message : null;
  return (
    <Panel title={t("scoring.trial")}>
      <p className={styles.hint}>
        {inForce.version === 0
          ? t("scoring.in_force_default")
          : t("scoring.in_force", { version: inForce.version })}
      </p>
      {wrong ? (
        <p className={styles.wrong} role="status">
          {wrong}
        </p>
      ) : error ? (
        <Failed error={error} onRetry={() => void tried.refetch()} />
      ) : tried.data ? (
        <Compared found={tried.data} isChanged={isChanged} />
      ) : (
        <Loading rows={6} />
      )}
    </Panel>
  );
}

function Compared({ found, isChanged }: { found: RescoringOut; isChanged: boolean }) {
  const { t } = useTranslation();
  if (found.tried === 0) return <Empty title={t("scoring.no_leads")}>{t("scoring.no_leads_detail")}</Empty>;
  return (
    <div className={styles.told} aria-live="polite">
      <p>{t("scoring.tried", { count: found.tried, number: count(found.tried) })}</p>
      <dl className={styles.numbers}>
        <div>
          <dt>{t("scoring.mqls_before")}</dt>
          <dd>{count(found.mqls_before)}</dd>
        </div>
        <div>
          <dt>{t("scoring.mqls_after")}</dt>
          <dd>{count(found.mqls_after)}</dd>
        </div>
        <div>
          <dt>{t("scoring.gained")}</dt>
          <dd>{count(found.gained)}</dd>
        </div>
        <div>
          <dt>{t("scoring.lost")}</dt>
          <dd>{count(found.lost)}</dd>
        </div>
      </dl>
      {!isChanged && <p className={styles.hint}>{t("scoring.change_it")}</p>}
      <Suspense fallback={<Loading rows={4} />}>
        <Bands bands={found.bands} />
      </Suspense>
      <Examples title={t("scoring.gained_examples")} leads={found.gained_examples} />
      <Examples title={t("scoring.lost_examples")} leads={found.lost_examples} />
      <p className={styles.hint}>{t("scoring.why_hint")}</p>
    </div>
  );
}

function Examples({ title, leads }: { title: string; leads: readonly RescoredOut[] }) {
  const { t } = useTranslation();
  if (leads.length === 0) return null;
  return (
    <section>
      <h3 className={styles.heading}>{title}</h3>
      <ul className={styles.examples}>
        {leads.map((one) => (
          <li key={one.lead_id}>
            <span className={styles.who}>
              <Link to="/leads/$leadId" params={{ leadId: one.lead_id }}>
                {one.person_name ?? t("lead.nameless")}
              </Link>
              <span className={styles.hint}>{[one.account_name, one.campaign].filter(Boolean).join(" · ")}</span>
            </span>
            <span className={styles.scores}>
              {Math.round(one.before)} → <b>{Math.round(one.after)}</b>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
