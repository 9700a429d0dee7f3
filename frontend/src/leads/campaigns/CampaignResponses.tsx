// The responses themselves: who, when, by which channel and to what, and whether a lead was opened by it.

import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CampaignLeadOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Empty, Shown } from "~/kit/states";
import styles from "./campaigns.module.css";
import { useResponders } from "./useResponders";
import { Who } from "./Who";

export function CampaignResponses() {
  const { t } = useTranslation();
  const { campaignId } = useParams({ from: "/signed-in/campaigns/$campaignId/responses" });
  const { found, rows } = useResponders(campaignId);
  const columns: Column<CampaignLeadOut>[] = [
    { id: "who", label: t("table.name"), isName: true, cell: (row) => <Who row={row} /> },
    {
      id: "at",
      label: t("campaigns.responded"),
      width: "150px",
      cell: (row) => <time dateTime={row.responded_at}>{moment(row.responded_at)}</time>,
    },
    {
      id: "source",
      label: t("campaigns.source"),
      width: "18%",
      isOptional: true,
      cell: (row) => <Text text={row.source} />,
    },
    {
      id: "content",
      label: t("campaigns.content"),
      width: "22%",
      isOptional: true,
      cell: (row) => <Text text={row.content} />,
    },
    {
      id: "lead",
      label: t("campaigns.lead"),
      width: "150px",
      isOptional: true,
      cell: (row) => (
        <span className={row.is_opened_by_it ? "" : styles.faint}>
          {t(row.is_opened_by_it ? "campaigns.opened" : "campaigns.fed")}
        </span>
      ),
    },
  ];
  return (
    <div className={styles.grows}>
      <Shown query={found} rows={8}>
        {() =>
          rows.length === 0 ? (
            <Empty title={t("campaigns.no_responses")}>{t("campaigns.no_responses_detail")}</Empty>
          ) : (
            <GrowingTable
              label={t("campaigns.responses")}
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

function Text({ text }: { text: string | null }) {
  return (
    <span className={styles.clipped} title={text ?? ""}>
      <bdi>{text}</bdi>
    </span>
  );
}
