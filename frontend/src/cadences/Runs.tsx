// Leads that were enrolled in numbers: how far each run is, and whom it did not enrol.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { RunOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment } from "~/i18n/time";
import { useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Bar, Panel } from "~/kit/Panel";
import { Refusals } from "./Refusals";
import styles from "./cadences.module.css";

const SHOWN = 3;
const AGAIN_MS = 1_000;

export function Runs({ cadenceId }: { cadenceId: string }) {
  const { t } = useTranslation();
  const [refused, setRefused] = useState<string | null>(null);
  const runs = $api.useQuery(
    "get",
    "/api/v1/cadences/{cadence_id}/runs",
    { params: { path: { cadence_id: cadenceId }, query: { limit: SHOWN } } },
    {
      refetchInterval: ({ state }) =>
        state.data?.items.some((one) => one.status === "running") ? AGAIN_MS : false,
    },
  );
  const shown = runs.data?.items.filter((one) => one.status !== "done" || one.refused > 0 || one.total > 1) ?? [];
  if (shown.length === 0) return null;
  return (
    <Panel title={t("cadences.runs")} isFlush>
      <ul className={styles.runs}>
        {shown.map((run) => (
          <li key={run.id}>
            <Told run={run} />
            {run.refused > 0 && <Button onPress={() => setRefused(run.id)}>{t("cadences.why_not")}</Button>}
          </li>
        ))}
      </ul>
      {refused && <Refusals runId={refused} onClose={() => setRefused(null)} />}
    </Panel>
  );
}

function Told({ run }: { run: RunOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const who = run.user_id ? (users.get(run.user_id)?.name ?? "…") : t("cadences.by_rule");
  return (
    <div>
      <RunTold run={run} />
      <span className={styles.hint}>{t("cadences.run_at", { time: moment(run.started_at), who })}</span>
    </div>
  );
}

/** How far a run is, or what it came to. */
export function RunTold({ run }: { run: RunOut }) {
  const { t } = useTranslation();
  const done = run.enrolled + run.refused;
  const told = t("cadences.run_of", { done: count(done), total: count(run.total) });
  return (
    <div role="status">
      {run.status === "running" ? (
        <>
          <span>{told}</span>
          <Bar share={run.total ? done / run.total : 0} label={told} />
        </>
      ) : (
        <b>{t("cadences.run_done", { enrolled: count(run.enrolled), refused: count(run.refused) })}</b>
      )}
      {run.error && <p className={styles.error}>{t("cadences.run_failed", { error: run.error })}</p>}
    </div>
  );
}
