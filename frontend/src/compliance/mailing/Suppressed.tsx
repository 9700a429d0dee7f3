// The addresses that must not be mailed: find, add, remove with a reason, import, export.

import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { SuppressedOut } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { Entries, type Entry } from "~/compliance/Entries";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { AddDialog, ImportDialog, RemoveAddressDialog } from "./SuppressedDialogs";

const LEAST_SEARCHED = 2;
const SETTLED_MS = 250;

export function Suppressed({ mayRemove }: { mayRemove: boolean }) {
  const { t } = useTranslation();
  const mayAdd = useMay("dnc:write");
  const [typed, setTyped] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [isImporting, setImporting] = useState(false);
  const [removed, setRemoved] = useState<SuppressedOut>();
  const settled = useSettled(typed.trim(), SETTLED_MS);
  const search = settled.length >= LEAST_SEARCHED ? settled : undefined;
  const entryOf = (one: SuppressedOut): Entry => ({
    name: one.address,
    reason: one.reason,
    source: t(`mailing.because.${one.because}`),
    addedAt: one.added_at,
  });
  const addresses = $api.useInfiniteQuery(
    "get",
    "/api/v1/compliance/mail/suppressions",
    { params: { query: { limit: 20, ...(search && { search }) } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Panel
      title={t("mailing.suppressed")}
      isFlush
      actions={
        <>
          <Button onPress={() => location.assign("/api/v1/compliance/mail/suppressions/export?format=csv")}>
            <Download size={14} aria-hidden="true" /> {t("compliance.export")}
          </Button>
          {mayRemove && <Button onPress={() => setImporting(true)}>{t("compliance.import")}</Button>}
          {mayAdd && <Button onPress={() => setAdding(true)}>{t("mailing.add")}</Button>}
        </>
      }
    >
      <div className={styles.padded}>
        <TextField
          label={t("mailing.search")}
          hint={t("mailing.search_hint")}
          type="search"
          value={typed}
          onChange={setTyped}
          maxLength={254}
        />
      </div>
      <Shown query={addresses} rows={4}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          if (found.length === 0) {
            return search ? (
              <Empty title={t("mailing.none_such")} />
            ) : (
              <Empty title={t("mailing.none")}>{t("mailing.none_detail")}</Empty>
            );
          }
          return (
            <>
              <Entries
                label={t("mailing.suppressed")}
                nameLabel={t("mailing.address")}
                entries={found.map(entryOf)}
                removeOf={(address) => t("mailing.remove_of", { address })}
                onRemove={
                  mayRemove ? (address) => setRemoved(found.find((one) => one.address === address)) : undefined
                }
              />
              <More list={addresses} />
            </>
          );
        }}
      </Shown>
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
      {isImporting && <ImportDialog onClose={() => setImporting(false)} />}
      {removed && <RemoveAddressDialog address={removed} onClose={() => setRemoved(undefined)} />}
    </Panel>
  );
}
