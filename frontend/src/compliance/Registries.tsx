// Imported lists of registries: how many numbers, and until when they hold.

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { DncListOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { Button, IconButton } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { ImportDialog } from "./ImportDialog";
import { RemoveListDialog } from "./RemoveDialogs";

export function Registries({ mayRemove }: { mayRemove: boolean }) {
  const { t } = useTranslation();
  const [isImporting, setImporting] = useState(false);
  const [removed, setRemoved] = useState<DncListOut | null>(null);
  const lists = $api.useQuery("get", "/api/v1/compliance/do-not-call/lists", {});
  return (
    <Panel
      title={t("compliance.lists")}
      isFlush
      actions={mayRemove && <Button onPress={() => setImporting(true)}>{t("compliance.import_list")}</Button>}
    >
      <Shown query={lists} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("compliance.lists_none")}>{t("compliance.lists_none_detail")}</Empty>
          ) : (
            <Table
              label={t("compliance.lists")}
              rows={items}
              idOf={(one) => one.id}
              columns={[
                { id: "name", label: t("compliance.list_name"), isName: true, cell: (one) => one.name },
                {
                  id: "numbers",
                  label: t("compliance.numbers"),
                  isNumber: true,
                  width: "112px",
                  cell: (one) => count(one.numbers),
                },
                {
                  id: "imported",
                  label: t("compliance.imported_at"),
                  isOptional: true,
                  width: "128px",
                  cell: (one) => day(one.imported_at),
                },
                {
                  id: "expires",
                  label: t("compliance.expires"),
                  width: "128px",
                  cell: (one) => (one.expires_at ? day(one.expires_at) : t("compliance.for_ever")),
                },
                {
                  id: "remove",
                  label: t("compliance.remove"),
                  isLabelHidden: true,
                  width: "56px",
                  cell: (one) =>
                    mayRemove && (
                      <IconButton
                        label={t("compliance.remove_list_of", { name: one.name })}
                        onPress={() => setRemoved(one)}
                      >
                        <Trash2 size={14} aria-hidden="true" />
                      </IconButton>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {isImporting && <ImportDialog isOwn={false} onClose={() => setImporting(false)} />}
      {removed && <RemoveListDialog list={removed} onClose={() => setRemoved(null)} />}
    </Panel>
  );
}
