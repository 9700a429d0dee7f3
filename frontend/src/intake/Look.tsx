// The second step: what the file is taken for, column by column, its first rows as they would go in, and what could not be
// used. Each change is looked at by the server anew; what was seen before stays until that is there.

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { TriangleAlert, Upload } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/client";
import type { CampaignOut, PreviewOut, Target } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Failed, FormProblem, Loading } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { type Chosen, mapped, queryOf } from "./chosen";
import { Columns } from "./Columns";
import styles from "./intake.module.css";
import { Manner } from "./Manner";
import { Refusals } from "./Refusals";
import { SampleRows } from "./SampleRows";
import { preview, start } from "./send";
import { sizeOf } from "./size";

export function Look({
  chosen,
  campaign,
  onChange,
}: {
  chosen: Chosen;
  campaign: CampaignOut | null;
  onChange: (chosen: Chosen | null) => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useAskedBeforeLoss();
  const settled = useSettled(chosen);
  const seen = useQuery({
    queryKey: ["import-preview", chosen.key, campaign?.id ?? "", queryOf(settled)],
    queryFn: ({ signal }) => preview(settled, campaign?.id, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
  // The same request until something is changed: sent again after a lost answer, it is done once.
  const request = useRef({ of: "", key: "" });
  const starting = useMutation({
    mutationFn: (into: CampaignOut) => {
      const of = JSON.stringify([into.id, queryOf(chosen)]);
      if (request.current.of !== of) request.current = { of, key: crypto.randomUUID() };
      return start(chosen, into.id, request.current.key);
    },
    onSuccess: async ({ id, campaign_id: campaignId }) => {
      await navigate({ to: "/campaigns/$campaignId/imports/$importId", params: { campaignId, importId: id } });
      onChange(null);
    },
  });
  const found = seen.data;
  const isBehind = seen.isFetching || settled !== chosen;
  const mayStart = found !== undefined && !found.cannot_start && found.rows_read > 0 && !isBehind && !seen.error;

  return (
    <>
      <div className={styles.file}>
        <h2 ref={heading} tabIndex={-1} className={styles.fileName}>
          <bdi>{chosen.file.name}</bdi>
        </h2>
        <span className={styles.faint}>{sizeOf(chosen.file.size)}</span>
        <Button onPress={() => onChange(null)}>{t("intake.another_file")}</Button>
      </div>
      {!found && seen.error && <NotRead error={seen.error} onRetry={() => void seen.refetch()} />}
      {!found && !seen.error && (
        <Panel label={t("intake.looking")}>
          <p role="status">{t("intake.looking")}</p>
          <Loading rows={8} />
        </Panel>
      )}
      {found && (
        <>
          {seen.error && (
            <div className={styles.again}>
              <FormProblem error={seen.error} />
              <Button onPress={() => void seen.refetch()}>{t("state.retry")}</Button>
            </div>
          )}
          <Summary found={found} />
          <Columns
            found={found}
            mapping={chosen.mapping}
            onMapped={(column: string, target: Target) =>
              onChange({ ...chosen, mapping: mapped(chosen.mapping, column, target) })
            }
          />
          <Manner found={found} chosen={chosen} campaign={campaign} onChange={onChange} error={seen.error} />
          <Refusals found={found} />
          <SampleRows found={found} />
          <div className={styles.foot}>
            <FormProblem error={starting.error} />
            {!campaign && <p className={styles.faint}>{t("intake.campaign_first")}</p>}
            <span role="status" className={styles.faint}>
              {isBehind && t("intake.looking_again")}
            </span>
            <Button
              look="primary"
              isDisabled={!mayStart || !campaign}
              // Not `isPending`: what that announces by the button's name would outlive the button.
              onPress={() => campaign && !starting.isPending && starting.mutate(campaign)}
            >
              <Upload size={14} aria-hidden="true" />{" "}
              {starting.isPending ? t("intake.sending") : labelOf(found, t)}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

/** A page that is loaded anew knows no chosen file: the browser asks before that. */
function useAskedBeforeLoss(): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, []);
}

function labelOf(found: PreviewOut, t: TFunction): string {
  const rows = found.rows_total_estimate;
  const told = { count: rows, number: count(rows) };
  return t(found.is_total_exact ? "intake.start" : "intake.start_about", told);
}

/** A file that cannot be read: the server says why, and what to do. */
function NotRead({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const isFile = error instanceof Problem && !error.isPassing;
  return (
    <Panel>
      <Failed error={error} {...(!isFile && { onRetry })} />
    </Panel>
  );
}

function Summary({ found }: { found: PreviewOut }) {
  const { t } = useTranslation();
  const { rows_read: read, rows_rejected: rejected, duplicates_seen: known } = found;
  if (read === 0) return <Warning text={t("intake.no_rows")} />;
  const told = [
    t("intake.rows", { count: found.rows_total_estimate, number: count(found.rows_total_estimate) }),
    ...(found.is_total_exact ? [] : [t("intake.of_first", { number: count(read) })]),
    t("intake.good", { count: read - rejected, number: count(read - rejected) }),
    t("intake.on_record", { count: known.on_record, number: count(known.on_record) }),
    ...(known.repeated > 0
      ? [t("intake.repeated", { count: known.repeated, number: count(known.repeated) })]
      : []),
    t("intake.rejected", { count: rejected, number: count(rejected) }),
  ];
  return (
    <>
      <ul className={styles.summary} aria-label={t("intake.summary")}>
        {told.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {found.cannot_start && <Warning text={t("intake.nobody")} />}
      {!found.cannot_start && rejected === read && <Warning text={t("intake.all_rejected")} />}
      {found.notes.map((one) => (
        <Warning key={one} text={one} />
      ))}
    </>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <p className={styles.warning} role="status">
      <TriangleAlert size={16} aria-hidden="true" /> {text}
    </p>
  );
}
