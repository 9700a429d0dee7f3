// The organisation's own do-not-call list: find, add, remove with a reason, import, export.

import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { DncNumberOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { AddNumberDialog } from "./AddNumberDialog";
import styles from "./CallingRules.module.css";
import { Entries, type Entry } from "./Entries";
import { ImportDialog } from "./ImportDialog";
import { RemoveNumberDialog } from "./RemoveDialogs";

const LEAST_SEARCHED = 3;
const SETTLED_MS = 250;

export function DoNotCall({ mayRemove }: { mayRemove: boolean }) {
  const { t } = useTranslation();
  const mayAdd = useMay("dnc:write");
  const [typed, setTyped] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [isImporting, setImporting] = useState(false);
  const [removed, setRemoved] = useState<DncNumberOut>();
  const settled = useSettled(typed.trim(), SETTLED_MS);
  const search = settled.replace(/\D/g, "").length >= LEAST_SEARCHED ? settled : undefined;
  const entryOf = (one: DncNumberOut): Entry => ({
    name: one.number,
    reason: one.reason,
    source: t(`compliance.source.${one.source}`),
    addedAt: one.added_at,
  });
  const numbers = $api.useInfiniteQuery(
    "get",
    "/api/v1/compliance/do-not-call",
    { params: { query: { limit: 20, ...(search && { search }) } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Panel
      title={t("compliance.dnc")}
      isFlush
      actions={
        <>
          <Button onPress={() => location.assign("/api/v1/compliance/do-not-call/export?format=csv")}>
            <Download size={14} aria-hidden="true" /> {t("compliance.export")}
          </Button>
          {mayRemove && <Button onPress={() => setImporting(true)}>{t("compliance.import")}</Button>}
          {mayAdd && <Button onPress={() => setAdding(true)}>{t("compliance.add")}</Button>}
        </>
      }
    >
      <div className={styles.padded}>
        <TextField
          label={t("compliance.search")}
          hint={t("compliance.search_hint")}
          type="search"
          inputMode="tel"
          value={typed}
          onChange={setTyped}
          maxLength={60}
        />
      </div>
      <Shown query={numbers} rows={4}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          if (found.length === 0) {
            return search ? (
              <Empty title={t("compliance.none_such")} />
            ) : (
              <Empty title={t("compliance.none")}>{t("compliance.none_detail")}</Empty>
            );
          }
          return (
            <>
              <Entries
                label={t("compliance.dnc")}
                nameLabel={t("compliance.number")}
                entries={found.map(entryOf)}
                removeOf={(number) => t("compliance.remove_of", { number })}
                onRemove={
                  mayRemove ? (number) => setRemoved(found.find((one) => one.number === number)) : undefined
                }
              />
              <More list={numbers} />
            </>
          );
        }}
      </Shown>
      {isAdding && <AddNumberDialog onClose={() => setAdding(false)} />}
      {isImporting && <ImportDialog isOwn onClose={() => setImporting(false)} />}
      {removed && <RemoveNumberDialog number={removed} onClose={() => setRemoved(undefined)} />}
    </Panel>
  );
}
