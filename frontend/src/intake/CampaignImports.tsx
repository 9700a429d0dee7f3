// The imports into a campaign, the newest first, with how each stands.

import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { ImportOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { moment } from "~/i18n/time";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Empty, Shown } from "~/kit/states";
import campaigns from "~/leads/campaigns/campaigns.module.css";
import { ImportBadge } from "./ImportBadge";
import styles from "./intake.module.css";

const PAGE = 50;
const EVERY_MS = 2_000;

export function CampaignImports() {
  const { t } = useTranslation();
  const { campaignId } = useParams({ from: "/signed-in/campaigns/$campaignId/imports" });
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/imports",
    { params: { query: { campaign_id: campaignId, limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      refetchInterval: ({ state }) =>
        state.data?.pages.some((page) => page.items.some((one) => one.status === "running")) ? EVERY_MS : false,
    },
  );
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const columns: Column<ImportOut>[] = [
    {
      id: "file",
      label: t("intake.file"),
      isName: true,
      cell: (one) => (
        <>
          <Link
            to="/campaigns/$campaignId/imports/$importId"
            params={{ campaignId, importId: one.id }}
            className={campaigns.name}
            title={one.file_name}
          >
            <bdi>{one.file_name}</bdi>
          </Link>
          <time dateTime={one.started_at} className={campaigns.under}>
            {moment(one.started_at)}
          </time>
        </>
      ),
    },
    {
      id: "state",
      label: t("intake.state"),
      width: "150px",
      cell: (one) => (
        <>
          <ImportBadge phase={one.phase} />{" "}
          {one.status === "running" && <span className={styles.faint}>{percent(one.share)}</span>}
        </>
      ),
    },
    ...(["imported", "merged", "rejected"] as const).map((name) => ({
      id: name,
      label: t(`intake.counts.${name}`),
      width: "112px",
      isNumber: true,
      isOptional: true,
      cell: (one: ImportOut) => count(one[name]),
    })),
    {
      id: "wrong",
      label: t("intake.counts.wrong"),
      width: "112px",
      isNumber: true,
      isOptional: true,
      cell: (one) => (one.rows_with_errors === null ? "–" : count(one.rows_with_errors)),
    },
  ];
  return (
    <div className={campaigns.grows}>
      <Shown query={found} rows={6}>
        {() =>
          rows.length === 0 ? (
            <Empty title={t("intake.none")}>{t("intake.none_detail")}</Empty>
          ) : (
            <GrowingTable
              label={t("campaigns.imports")}
              columns={columns}
              rows={rows}
              idOf={(one) => one.id}
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
