// Every account by name, found by the beginning of its name or by domain.

import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { AccountOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { ExportMenu } from "~/kit/ExportMenu";
import { TextField } from "~/kit/Field";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Empty, Shown } from "~/kit/states";
import styles from "./Accounts.module.css";

const PAGE = 100;

export function AllAccounts() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/accounts",
    { params: { query: { ...(wanted && { search: wanted }), limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      placeholderData: (before) => before,
    },
  );
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const columns: Column<AccountOut>[] = [
    {
      id: "name",
      label: t("named.account"),
      isName: true,
      cell: (one) => (
        <>
          <Link to="/accounts/$accountId" params={{ accountId: one.id }} className={styles.name} title={one.name}>
            {one.name}
          </Link>
          {one.domain && <span className={styles.detail}>{one.domain}</span>}
        </>
      ),
    },
    {
      id: "place",
      label: t("lead.place"),
      width: "26%",
      isOptional: true,
      cell: (one) => [one.city, one.region, one.country].filter(Boolean).join(", "),
    },
    {
      id: "industry",
      label: t("lead.industry"),
      width: "24%",
      isOptional: true,
      cell: (one) => one.industry,
    },
    {
      id: "employees",
      label: t("lead.employees"),
      width: "116px",
      isNumber: true,
      cell: (one) => (one.employees === null ? "" : count(one.employees)),
    },
  ];
  return (
    <section className={styles.content} aria-label={t("named.all")}>
      <div className={styles.head}>
        <h2>{t("named.all")}</h2>
        <ExportMenu path="/api/v1/accounts/export" query={{ ...(wanted && { search: wanted }) }} />
      </div>
      <div className={styles.table}>
        <div className={styles.bar}>
          <TextField
            label={t("named.find_all")}
            isLabelHidden
            placeholder={t("named.find_all")}
            type="search"
            value={typed}
            onChange={setTyped}
            maxLength={300}
          />
        </div>
        <Shown query={found} rows={8}>
          {() =>
            rows.length === 0 ? (
              <Empty title={wanted ? t("palette.nothing") : t("named.no_accounts")} />
            ) : (
              <GrowingTable
                label={t("named.all")}
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
    </section>
  );
}
