// What came in by a form or an inbound webhook, verbatim, the newest first; all of it, or what had something wrong.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { SelectField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { ReceivedRow } from "./ReceivedRow";
import rows from "./ReceivedRow.module.css";

const PAGE = 20;

export function Arrivals({ sourceId, hint }: { sourceId: string; hint: string }) {
  const { t } = useTranslation();
  const [isWrong, setWrong] = useState(false);
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/received/{source_id}",
    {
      params: {
        path: { source_id: sourceId },
        query: { newest_first: true, only_wrong: isWrong, limit: PAGE },
      },
    },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Panel
      title={t("received.arrived")}
      isFlush
      actions={
        <SelectField
          label={t("received.which")}
          isLabelHidden
          value={isWrong ? "wrong" : "all"}
          onChange={(chosen) => setWrong(chosen === "wrong")}
          choices={[
            { id: "all", label: t("received.all") },
            { id: "wrong", label: t("received.only_wrong") },
          ]}
        />
      }
    >
      <Shown query={found}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length > 0)
            return (
              <>
                <ul className={rows.rows}>
                  {items.map((one) => (
                    <ReceivedRow key={one.row_number} record={one} tellsOutcome />
                  ))}
                </ul>
                <More list={found} />
              </>
            );
          if (isWrong) return <Empty title={t("received.none_wrong")} />;
          return <Empty title={t("received.nothing")}>{hint}</Empty>;
        }}
      </Shown>
    </Panel>
  );
}
