// The rows of an import of which something could not be used: shown, and as a file to mend and send again.

import { Download } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { ImportOut, RecordOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Menu } from "~/kit/Menu";
import { More } from "~/kit/More";
import { Badge, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table, type TableColumn } from "~/kit/Table";
import styles from "./intake.module.css";

const PAGE = 50;

export function WrongRows({ run }: { run: ImportOut }) {
  const { t } = useTranslation();
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/received/{source_id}",
    { params: { path: { source_id: run.id }, query: { only_wrong: true, limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
      refetchInterval: run.status === "running" ? 3_000 : false,
    },
  );
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const columns: TableColumn<RecordOut>[] = [
    {
      id: "row",
      label: t("intake.row"),
      width: "132px",
      isName: true,
      cell: (one) => (
        <>
          {one.row_number} {one.outcome === "rejected" && <Badge tone="danger">{t("intake.is_rejected")}</Badge>}
        </>
      ),
    },
    {
      id: "what",
      label: t("intake.what_and_why"),
      cell: (one) => (
        <ul className={styles.examples}>
          {one.errors.map((error) => (
            <li key={`${error.column} ${error.value} ${error.reason}`}>
              {error.column && (
                <b>
                  <bdi>{error.column}</bdi>
                </b>
              )}{" "}
              <bdi>{error.value}</bdi> <span className={styles.reason}>{error.reason}</span>
            </li>
          ))}
        </ul>
      ),
    },
  ];

  function download(format: "csv" | "xlsx"): void {
    location.assign(`/api/v1/imports/${run.id}/errors?format=${format}`);
  }

  return (
    <Panel
      title={t("intake.unusable")}
      isFlush
      actions={
        <Menu
          label={t("intake.report")}
          choices={[
            { id: "csv", label: "CSV", run: () => download("csv") },
            { id: "xlsx", label: "XLSX", run: () => download("xlsx") },
          ]}
        >
          <Button>
            <Download size={14} aria-hidden="true" /> {t("intake.report")}
          </Button>
        </Menu>
      }
    >
      <p className={styles.mend}>{t("intake.mend")}</p>
      <Shown query={found} rows={4}>
        {() =>
          rows.length === 0 ? (
            <Empty title={t("intake.all_good")} />
          ) : (
            <>
              <Table
                label={t("intake.unusable")}
                columns={columns}
                rows={rows}
                idOf={(one) => String(one.row_number)}
              />
              <More list={found} />
            </>
          )
        }
      </Shown>
    </Panel>
  );
}
