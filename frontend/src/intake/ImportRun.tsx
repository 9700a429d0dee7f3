// The third step: how far an import has come, what it came to, and what could not be used, to mend and send again.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { FileUp, Play, Square } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ImportOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tellProblem } from "~/kit/notices";
import { Bar, Facts, Panel, Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { ImportBadge } from "./ImportBadge";
import styles from "./intake.module.css";
import { Steps } from "./Steps";
import { useTargetName } from "./targets";
import { WrongRows } from "./WrongRows";

const EVERY_MS = 1_000;

export function ImportRun() {
  const { t } = useTranslation();
  const { importId } = useParams({ from: "/signed-in/campaigns/$campaignId/imports/$importId" });
  const may = useMay("campaigns:read");
  const found = $api.useQuery(
    "get",
    "/api/v1/imports/{import_id}",
    { params: { path: { import_id: importId } } },
    {
      enabled: may,
      refetchInterval: ({ state }) => (state.data?.status === "running" ? EVERY_MS : false),
    },
  );
  if (!may || !found.data) {
    return (
      <Screen title={t("intake.title")}>
        {may ? (
          <Shown query={found} rows={6}>
            {() => null}
          </Shown>
        ) : (
          <NotAllowed />
        )}
      </Screen>
    );
  }
  return <Run run={found.data} />;
}

function Run({ run }: { run: ImportOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayImport = useMay("intake:write");
  const nameOf = useTargetName();
  const { data: campaign } = $api.useQuery("get", "/api/v1/campaigns/{campaign_id}", {
    params: { path: { campaign_id: run.campaign_id } },
  });
  const params = { campaignId: run.campaign_id };
  useEffect(() => {
    if (run.status !== "running") void readAgain(["/api/v1/received", "/api/v1/campaigns"]);
  }, [run.status]);
  return (
    <Screen
      title={<bdi>{run.file_name}</bdi>}
      detail={
        <>
          <Link to="/campaigns/$campaignId" params={params}>
            <bdi>{campaign?.name ?? t("campaigns.campaign")}</bdi>
          </Link>{" "}
          · {moment(run.started_at)}
        </>
      }
      actions={
        mayImport && (
          <Button onPress={() => void navigate({ to: "/campaigns/$campaignId/import", params })}>
            <FileUp size={14} aria-hidden="true" />{" "}
            {t(run.rows_with_errors ? "intake.send_mended" : "intake.next_file")}
          </Button>
        )
      }
    >
      <Steps at="result" />
      <Progress run={run} />
      <ul className={styles.tiles}>
        {(["imported", "merged", "rejected"] as const).map((name) => (
          <li key={name} className={styles.tile}>
            <span className={styles.faint}>{t(`intake.counts.${name}`)}</span>
            <span className={styles.value}>{count(run[name])}</span>
            <span className={styles.faint}>{t(`intake.counts.${name}_detail`)}</span>
          </li>
        ))}
        {run.rows_with_errors !== null && (
          <li className={styles.tile}>
            <span className={styles.faint}>{t("intake.counts.wrong")}</span>
            <span className={styles.value}>{count(run.rows_with_errors)}</span>
            <span className={styles.faint}>{t("intake.counts.wrong_detail")}</span>
          </li>
        )}
      </ul>
      {run.rows_with_errors !== 0 && <WrongRows run={run} />}
      <Panel title={t("intake.were_taken_for")}>
        <Facts facts={Object.entries(run.mapping).map(([column, field]) => [column, nameOf(field)])} />
      </Panel>
    </Screen>
  );
}

function Progress({ run }: { run: ImportOut }) {
  const { t } = useTranslation();
  const mayImport = useMay("intake:write");
  const isRunning = run.status === "running";
  const path = { params: { path: { import_id: run.id } } };
  const change = useMutation({
    mutationFn: (to: "cancel" | "resume") =>
      to === "cancel"
        ? answer(api.POST("/api/v1/imports/{import_id}/cancel", path))
        : answer(api.POST("/api/v1/imports/{import_id}/resume", path)),
    onError: (error) => tellProblem(error, t("state.unreachable")),
    // Also after a refusal: it may have come to its end meanwhile.
    onSettled: () => readAgain(["/api/v1/imports"]),
  });
  const rows = { count: run.rows, number: count(run.rows), total: count(run.rows_total ?? 0) };
  const told =
    run.phase === "waiting"
      ? t("intake.waiting")
      : isRunning && run.rows_total
        ? t("intake.rows_of", rows)
        : t("intake.rows_in", rows);
  return (
    <Panel label={t("intake.progress")}>
      <div className={styles.progress}>
        <div className={styles.progressHead}>
          <ImportBadge phase={run.phase} />
          <span role="status">{told}</span>
          <span className={styles.spring} />
          {mayImport && isRunning && (
            <Button onPress={() => change.mutate("cancel")} isPending={change.isPending}>
              <Square size={14} aria-hidden="true" /> {t("intake.cancel")}
            </Button>
          )}
          {mayImport && (run.status === "failed" || run.status === "cancelled") && (
            <Button look="primary" onPress={() => change.mutate("resume")} isPending={change.isPending}>
              <Play size={14} aria-hidden="true" /> {t("intake.resume")}
            </Button>
          )}
        </div>
        {isRunning && <Bar share={run.share ?? 0} label={t("intake.progress")} />}
        {run.status === "failed" && (
          <p className={styles.problem} role="alert">
            {run.error}
          </p>
        )}
        {run.status === "cancelled" && <p className={styles.faint}>{t("intake.stays_in")}</p>}
      </div>
    </Panel>
  );
}
