// All leads in one table: filtered, sorted and counted by the server, in views of one's own; smooth however many.

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { PageRowOut, RowOut } from "~/api/schema";
import { useMay, useUsers } from "~/identity/session";
import { count } from "~/i18n/numbers";
import { day, moment, relative } from "~/i18n/time";
import { ExportMenu } from "~/kit/ExportMenu";
import { Screen } from "~/kit/Panel";
import { Empty, Failed, Loading } from "~/kit/states";
import { type Column, VirtualTable } from "~/kit/VirtualTable";
import { Due } from "~/leads/Due";
import { StageBadge } from "~/leads/StageBadge";
import { useCampaigns } from "~/leads/useCampaigns";
import { Chosen } from "./Chosen";
import { Filters } from "./Filters";
import { type LeadFilter, said } from "./filter";
import styles from "./LeadTable.module.css";
import { Views } from "./Views";

const PAGE = 200;
const DEFAULT_SORT = "-score";
const NONE: ReadonlySet<string> = new Set();

function useColumns(): Column<RowOut>[] {
  const { t } = useTranslation();
  const users = useUsers();
  const campaigns = useCampaigns();
  return useMemo(
    () => [
      {
        id: "name",
        label: t("table.name"),
        width: "minmax(164px, 1.6fr)",
        sortKey: "name",
        render: (row) => (
          <span className={styles.two}>
            <b>{row.person.full_name ?? row.person.email ?? row.person.phone}</b>
            <span>{row.person.title}</span>
          </span>
        ),
      },
      {
        id: "account",
        label: t("table.account"),
        width: "minmax(128px, 1.2fr)",
        sortKey: "account",
        render: (row) => row.account?.name,
      },
      {
        id: "stage",
        label: t("table.stage"),
        width: "104px",
        sortKey: "stage",
        render: (row) => <StageBadge stage={row.stage} />,
      },
      {
        id: "score",
        label: t("table.score"),
        width: "114px",
        sortKey: "score",
        isNumber: true,
        render: (row) => Math.round(row.score),
      },
      {
        id: "owner",
        label: t("lead.owner"),
        width: "minmax(112px, 1.1fr)",
        render: (row) => (row.owner_id ? users.get(row.owner_id)?.name : t("lead.nobody")),
      },
      {
        id: "campaign",
        label: t("table.campaign"),
        width: "minmax(128px, 1.2fr)",
        render: (row) => (row.campaign_id ? campaigns.get(row.campaign_id)?.name : t("table.outbound")),
      },
      {
        id: "due",
        label: t("table.due"),
        width: "136px",
        sortKey: "due_at",
        render: (row) => row.due_at && <Due at={row.due_at} />,
      },
      {
        id: "last",
        label: t("table.last"),
        width: "136px",
        sortKey: "last_attempt_at",
        render: (row) =>
          row.last_attempt_at && (
            <span className={styles.two}>
              <When at={row.last_attempt_at} />
              <span>{t("campaigns.attempts", { count: row.attempts })}</span>
            </span>
          ),
      },
      {
        id: "opened",
        label: t("table.opened"),
        width: "116px",
        sortKey: "opened_at",
        render: (row) => day(row.opened_at),
      },
    ],
    [t, users, campaigns],
  );
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {relative(at)}
    </time>
  );
}

export function LeadTable() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const filter = useSearch({ from: "/signed-in/leads" });
  const [typed, setTyped] = useState(filter.q ?? "");
  const wanted = useDeferredValue(typed.trim());
  const columns = useColumns();
  const mayAssign = useMay("leads:assign");
  const mayEnrol = useMay("leads:work") || mayAssign;
  const [selected, setSelected] = useState(NONE);

  const narrow = useCallback(
    (change: Partial<LeadFilter>) => {
      setSelected(NONE);
      void navigate({ to: "/leads", search: said({ ...filter, ...change }), replace: true });
    },
    [navigate, filter],
  );
  useEffect(() => {
    if ((filter.q ?? "") === wanted) return;
    const timer = setTimeout(() => narrow({ q: wanted || undefined }), 150);
    return () => clearTimeout(timer);
  }, [wanted, filter.q, narrow]);

  const sort = filter.sort ?? DEFAULT_SORT;
  const query = said({ ...filter, sort });
  const rows = useInfiniteQuery({
    queryKey: ["get", "/api/v1/leads/table", { params: { query } }],
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, limit: PAGE, ...(pageParam && { cursor: pageParam }) };
      return answer<PageRowOut>(api.GET("/api/v1/leads/table", { params: { query: page as never }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const counted = $api.useQuery(
    "get",
    "/api/v1/leads/table/count",
    { params: { query: said({ ...filter, sort: undefined }) as never } },
    { placeholderData: keepPreviousData },
  );
  const all = useMemo(() => rows.data?.pages.flatMap((page) => page.items) ?? [], [rows.data]);
  const { fetchNextPage } = rows;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const total = counted.data && `${count(counted.data.count)}${counted.data.is_exact ? "" : "+"}`;

  return (
    <Screen
      title={t("places.leads")}
      detail={total !== undefined ? t("table.count", { total }) : " "}
      isWide
      actions={
        <>
          <Views
            filter={filter}
            onChosen={(chosen) => {
              setSelected(NONE);
              setTyped(chosen.q ?? "");
              void navigate({ to: "/leads", search: said(chosen) });
            }}
          />
          <ExportMenu path="/api/v1/leads/table/export" query={query} />
        </>
      }
    >
      <Filters filter={filter} typed={typed} onTyped={setTyped} onNarrowed={narrow} />
      {selected.size > 0 && (
        <Chosen
          selected={selected}
          filter={filter}
          read={all.length}
          total={counted.data?.is_exact ? counted.data.count : undefined}
          onNone={() => setSelected(NONE)}
        />
      )}
      {rows.error && !rows.data ? (
        <Failed error={rows.error} onRetry={() => void rows.refetch()} />
      ) : !rows.data ? (
        <Loading rows={10} />
      ) : all.length === 0 ? (
        <Empty title={t("table.empty")}>{t("table.empty_detail")}</Empty>
      ) : (
        <VirtualTable
          label={t("places.leads")}
          columns={columns}
          rows={all}
          total={counted.data?.count}
          keyOf={(row) => row.id}
          onOpen={(row) => void navigate({ to: "/leads/$leadId", params: { leadId: row.id } })}
          {...(mayEnrol && { selected, onSelect: setSelected })}
          sort={sort}
          onSort={(chosen) => narrow({ sort: chosen })}
          hasMore={rows.hasNextPage}
          isReading={rows.isFetchingNextPage}
          onMore={more}
        />
      )}
    </Screen>
  );
}
