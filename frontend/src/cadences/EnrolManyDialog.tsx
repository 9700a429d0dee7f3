// Enrolling many leads at once: those chosen one by one, or all that the table's filter means. It goes on by itself;
// whoever stays sees how far it is, and whom it did not enrol.

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { RunOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Shown } from "~/kit/states";
import type { Meant } from "~/leads/assign/AssignManyDialog";
import { said } from "~/leads/table/filter";
import styles from "./cadences.module.css";
import { readCadencesAgain } from "./data";
import { EnrolForm } from "./EnrolForm";
import { RefusalList } from "./Refusals";
import { RunTold } from "./Runs";

const AGAIN_MS = 700;

function isNamed(leads: Meant["leads"]): leads is readonly string[] {
  return Array.isArray(leads);
}

export function EnrolManyDialog({
  meant,
  onClose,
  onEnrolled,
}: {
  meant: Meant;
  onClose: () => void;
  onEnrolled: () => void;
}) {
  const { t } = useTranslation();
  const enrol = useMutation({
    mutationFn: (cadenceId: string) => {
      const params = { path: { cadence_id: cadenceId } };
      const { leads } = meant;
      const body = isNamed(leads)
        ? { lead_ids: [...leads] }
        : { filter: said({ ...leads, sort: undefined }) as never };
      return answer<RunOut>(api.POST("/api/v1/cadences/{cadence_id}/enrol", { params, body }));
    },
    onSettled: () => void readCadencesAgain(),
  });
  const run = enrol.data;
  const title = t("cadences.enrol_many", { count: meant.number, number: count(meant.number) });
  if (run) {
    return (
      <Dialog
        title={title}
        isOpen
        onClose={onEnrolled}
        width="wide"
        actions={
          <Button look="primary" onPress={onEnrolled} autoFocus>
            {t("cadences.close_done")}
          </Button>
        }
      >
        <Progress runId={run.id} />
      </Dialog>
    );
  }
  return <EnrolForm title={title} enrol={enrol} onClose={onClose} />;
}

function Progress({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const run = $api.useQuery(
    "get",
    "/api/v1/cadence-runs/{run_id}",
    { params: { path: { run_id: runId } } },
    { refetchInterval: ({ state }) => (state.data?.status === "running" ? AGAIN_MS : false) },
  );
  return (
    <Shown query={run} rows={2}>
      {(found) => (
        <div className={styles.stack}>
          <RunTold run={found} />
          {found.status === "running" && <p className={styles.hint}>{t("cadences.goes_on")}</p>}
          {found.status !== "running" && found.refused > 0 && <RefusalList runId={runId} />}
        </div>
      )}
    </Shown>
  );
}
