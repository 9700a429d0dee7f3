// What happened to my leads: everybody who responded, how far their lead came, who has it and why, and how it went.

import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { CampaignLeadOut, Stage } from "~/api/schema";
import { day, moment, relative } from "~/i18n/time";
import { SelectField } from "~/kit/Field";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Empty, Shown } from "~/kit/states";
import { StageBadge } from "~/leads/StageBadge";
import { STAGES } from "~/leads/table/filter";
import styles from "./campaigns.module.css";
import { useResponders } from "./useResponders";
import { Who } from "./Who";

const ANY = "any";
const ROUTE = "/signed-in/campaigns/$campaignId/";

export function CampaignLeads() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { campaignId } = useParams({ from: ROUTE });
  const { stage, ...period } = useSearch({ from: ROUTE });
  const { found, rows } = useResponders(campaignId, stage);
  const columns = useColumns();
  function narrow(chosen: string): void {
    const wanted = STAGES.find((one) => one === chosen);
    void navigate({
      to: "/campaigns/$campaignId",
      params: { campaignId },
      search: { ...period, ...(wanted && { stage: wanted }) },
      replace: true,
    });
  }
  return (
    <div className={styles.grows}>
      <div className={styles.bar}>
        <SelectField
          label={t("table.stage")}
          isLabelHidden
          value={stage ?? ANY}
          onChange={narrow}
          choices={[
            { id: ANY, label: t("campaigns.any_stage") },
            ...STAGES.map((id: Stage) => ({ id, label: t(`stage.${id}`) })),
          ]}
        />
      </div>
      <Shown query={found} rows={8}>
        {() =>
          rows.length === 0 ? (
            <Empty title={stage ? t("campaigns.none_in_stage") : t("campaigns.no_responses")}>
              {!stage && t("campaigns.no_responses_detail")}
            </Empty>
          ) : (
            <GrowingTable
              label={t("campaigns.leads")}
              columns={columns}
              rows={rows}
              idOf={(one) => one.response_id}
              hasMore={found.hasNextPage}
              isReadingMore={found.isFetchingNextPage}
              onMore={() => void found.fetchNextPage()}
            />
          )
        }
      </Shown>
    </div>
  );
}

function useColumns(): Column<CampaignLeadOut>[] {
  const { t } = useTranslation();
  return [
    { id: "who", label: t("table.name"), isName: true, cell: (row) => <Who row={row} /> },
    {
      id: "stage",
      label: t("table.stage"),
      width: "116px",
      cell: (row) => <StageBadge stage={row.stage} />,
    },
    { id: "rep", label: t("lead.owner"), width: "18%", isOptional: true, cell: (row) => <Rep row={row} /> },
    {
      id: "why",
      label: t("campaigns.why"),
      width: "22%",
      isOptional: true,
      cell: (row) =>
        row.because && (
          <span className={styles.clipped} title={row.because_text ?? ""}>
            {row.because_text ?? t(`because.${row.because}`)}
          </span>
        ),
    },
    { id: "outcome", label: t("campaigns.outcome"), width: "26%", cell: (row) => <Outcome row={row} /> },
  ];
}

function Rep({ row }: { row: CampaignLeadOut }) {
  const { t } = useTranslation();
  if (!row.owner_name) {
    return (
      <span className={styles.faint}>
        {row.team_name ? t("assign.pool", { team: row.team_name }) : t("lead.nobody")}
      </span>
    );
  }
  return (
    <>
      <span className={styles.clipped}>{row.owner_name}</span>
      {row.ae_name && <span className={styles.under}>→ {row.ae_name}</span>}
    </>
  );
}

function Outcome({ row }: { row: CampaignLeadOut }) {
  const { t } = useTranslation();
  const reasons = $api.useQuery(
    "get",
    "/api/v1/reasons",
    { params: { query: { limit: 200 } } },
    { staleTime: 10 * 60_000 },
  );
  const meaning = reasons.data?.items.find((one) => one.reason === row.close_reason)?.meaning ?? row.close_reason;
  if (row.stage === "sql") return <Told what={t("campaigns.confirmed")} at={row.sql_at} />;
  if (row.stage === "recycled" || row.stage === "disqualified") {
    const back = row.recycle_until && t("campaigns.back_on", { when: day(row.recycle_until) });
    return <Told what={[meaning, back].filter(Boolean).join(" · ")} at={row.closed_at} />;
  }
  if (row.stage === "sal") return <Told what={t("campaigns.handed_off")} at={row.sal_at} />;
  if (row.attempts > 0) {
    return <Told what={t("campaigns.attempts", { count: row.attempts })} at={row.last_activity_at} />;
  }
  return <span className={styles.faint}>{t("campaigns.untouched")}</span>;
}

function Told({ what, at }: { what: string; at: string | null }) {
  return (
    <>
      <span className={styles.clipped} title={what}>
        {what}
      </span>
      {at && (
        <time dateTime={at} title={moment(at)} className={styles.under}>
          {relative(at)}
        </time>
      )}
    </>
  );
}
