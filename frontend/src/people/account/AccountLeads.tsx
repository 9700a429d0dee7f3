// The leads about an account's people, closed ones too, the best scored first.

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { RowOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { day, relative } from "~/i18n/time";
import { useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Due } from "~/leads/Due";
import { StageBadge } from "~/leads/StageBadge";
import { useCampaigns } from "~/leads/useCampaigns";
import styles from "../record.module.css";

const PAGE = 25;

export function AccountLeads({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const [closed, setClosed] = useState(true);
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/leads/table",
    { params: { query: { account_id: accountId, closed, limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      placeholderData: (before) => before,
    },
  );
  return (
    <Panel
      title={t("account.leads")}
      isFlush
      actions={
        <Button look="quiet" onPress={() => setClosed(!closed)} aria-pressed={!closed}>
          {t(closed ? "account.only_open" : "account.also_closed")}
        </Button>
      }
    >
      <Shown query={found} rows={3}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) return <Empty title={t("account.no_leads")} />;
          return (
            <>
              <ul className={styles.rows}>
                {rows.map((one) => (
                  <Row key={one.id} row={one} />
                ))}
              </ul>
              {found.hasNextPage && (
                <div className={styles.more}>
                  <Button
                    look="quiet"
                    onPress={() => void found.fetchNextPage()}
                    isPending={found.isFetchingNextPage}
                  >
                    {t("show_more")}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Shown>
    </Panel>
  );
}

function Row({ row }: { row: RowOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const campaigns = useCampaigns();
  const name = row.person.full_name ?? row.person.email ?? row.person.phone ?? t("lead.nameless");
  const owner = row.owner_id ? users.get(row.owner_id)?.name : t("lead.nobody");
  const origin = row.campaign_id ? campaigns.get(row.campaign_id)?.name : t("account.outbound");
  return (
    <li>
      <span className={styles.who}>
        <Link to="/leads/$leadId" params={{ leadId: row.id }}>
          <b>{name}</b>
        </Link>
        <span className={styles.detail}>{[row.person.title, origin].filter(Boolean).join(" · ")}</span>
      </span>
      <span className={styles.detail}>{owner}</span>
      <span className={styles.faint}>
        {row.closed_at
          ? t("account.closed", { when: day(row.closed_at) })
          : row.last_attempt_at
            ? t("account.touched", { when: relative(row.last_attempt_at) })
            : t("people_map.untouched")}
      </span>
      <span className={styles.marks}>
        {row.due_at && <Due at={row.due_at} />}
        <span className={styles.faint} title={t("account.score")}>
          {count(row.score)}
        </span>
        <StageBadge stage={row.stage} />
      </span>
    </li>
  );
}
