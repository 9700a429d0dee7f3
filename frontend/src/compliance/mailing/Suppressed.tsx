// The addresses that must not be mailed: find, add, remove with a reason, import, export.

import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { SuppressedOut } from "~/api/schema";
import styles from "~/compliance/CallingRules.module.css";
import { day } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useSettled } from "~/kit/useSettled";
import { AddDialog, ImportDialog, RemoveDialog } from "./SuppressedDialogs";

const LEAST_SEARCHED = 2;
const SETTLED_MS = 250;

export function Suppressed({ mayRemove }: { mayRemove: boolean }) {
  const { t } = useTranslation();
  const mayAdd = useMay("dnc:write");
  const [typed, setTyped] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [isImporting, setImporting] = useState(false);
  const [removed, setRemoved] = useState<SuppressedOut | null>(null);
  const settled = useSettled(typed.trim(), SETTLED_MS);
  const search = settled.length >= LEAST_SEARCHED ? settled : undefined;
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
              <Addresses addresses={found} onRemove={mayRemove ? setRemoved : undefined} />
              <More list={addresses} />
            </>
          );
        }}
      </Shown>
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
      {isImporting && <ImportDialog onClose={() => setImporting(false)} />}
      {removed && <RemoveDialog address={removed} onClose={() => setRemoved(null)} />}
    </Panel>
  );
}

function Addresses({
  addresses,
  onRemove,
}: {
  addresses: readonly SuppressedOut[];
  onRemove: ((address: SuppressedOut) => void) | undefined;
}) {
  const { t } = useTranslation();
  return (
    <Table
      label={t("mailing.suppressed")}
      rows={addresses}
      idOf={(one) => one.address}
      columns={[
        {
          id: "address",
          label: t("mailing.address"),
          isName: true,
          cell: (one) => <span className={styles.breaking}>{one.address}</span>,
        },
        {
          id: "reason",
          label: t("compliance.reason"),
          cell: (one) => (
            <>
              {one.reason}
              <span className={styles.detail}>{t(`mailing.because.${one.because}`)}</span>
            </>
          ),
        },
        {
          id: "added",
          label: t("compliance.added_at"),
          isOptional: true,
          width: "128px",
          cell: (one) => <time dateTime={one.added_at}>{day(one.added_at)}</time>,
        },
        {
          id: "remove",
          label: t("compliance.remove"),
          isLabelHidden: true,
          width: "56px",
          cell: (one) =>
            onRemove && (
              <IconButton label={t("mailing.remove_of", { address: one.address })} onPress={() => onRemove(one)}>
                <Trash2 size={14} aria-hidden="true" />
              </IconButton>
            ),
        },
      ]}
    />
  );
}
