// Whom a run did not enrol, and why, each with the way to their lead.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { More } from "~/kit/More";
import { Shown } from "~/kit/states";
import styles from "./cadences.module.css";

export function Refusals({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("cadences.refused_title")}
      isOpen
      onClose={onClose}
      width="wide"
      actions={<Button onPress={onClose}>{t("close")}</Button>}
    >
      <RefusalList runId={runId} />
    </Dialog>
  );
}

export function RefusalList({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const refusals = $api.useInfiniteQuery(
    "get",
    "/api/v1/cadence-runs/{run_id}/refusals",
    { params: { path: { run_id: runId }, query: { limit: 100 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Shown query={refusals} rows={4}>
      {({ pages }) => (
        <>
          <ul className={styles.refused} aria-label={t("cadences.refused_title")} tabIndex={0}>
            {pages
              .flatMap((page) => page.items)
              .map((one) => (
                <li key={one.lead_id}>
                  <Link to="/leads/$leadId" params={{ leadId: one.lead_id }}>
                    {one.name ?? t("lead.nameless")}
                  </Link>
                  <span className={styles.hint}>{one.told}</span>
                </li>
              ))}
          </ul>
          <More list={refusals} />
        </>
      )}
    </Shown>
  );
}
