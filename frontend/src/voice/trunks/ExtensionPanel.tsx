import { useMutation } from "@tanstack/react-query";
import { Hash, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import type { ExtensionOut } from "~/api/schema";
import { useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { Empty, Shown, wrongField } from "~/kit/states";
import { Table } from "~/kit/Table";
import { useCopy } from "~/kit/useCopy";
import { readTelephonyAgain, type Removal, useExtensions } from "./data";
import { RowMenu } from "./RowMenu";

/** The short internal numbers. */
export function ExtensionPanel({ onRemove }: { onRemove: (removal: Removal) => void }) {
  const { t } = useTranslation();
  const extensions = useExtensions();
  const users = useUsers();
  const [edited, setEdited] = useState<ExtensionOut | "new" | null>(null);
  return (
    <Panel
      title={t("telephony.extensions")}
      isFlush
      actions={
        <Button look="quiet" onPress={() => setEdited("new")}>
          <Plus size={14} aria-hidden="true" /> {t("telephony.add_extension")}
        </Button>
      }
    >
      <Shown query={extensions}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("telephony.no_extensions")} icon={<Hash size={22} aria-hidden="true" />}>
              {t("telephony.no_extensions_detail")}
            </Empty>
          ) : (
            <Table
              label={t("telephony.extensions")}
              rows={found}
              idOf={(one) => one.id}
              columns={[
                {
                  id: "number",
                  label: t("telephony.extension"),
                  isName: true,
                  width: "112px",
                  cell: (one) => <b>{one.number}</b>,
                },
                { id: "user", label: t("telephony.whose"), cell: (one) => users.get(one.user_id)?.name ?? "…" },
                {
                  id: "more",
                  label: t("telephony.actions"),
                  isLabelHidden: true,
                  width: "64px",
                  cell: (one) => (
                    <RowMenu
                      name={one.number}
                      onEdit={() => setEdited(one)}
                      onRemove={() => onRemove({ kind: "extension", thing: one, name: one.number })}
                    />
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      {edited && <ExtensionDialog extension={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Panel>
  );
}

type Present = Pick<ExtensionOut, "number" | "user_id" | "version">;
type Draft = Omit<Present, "version">;

const NEW: Present = { number: "", user_id: "", version: 0 };

function ExtensionDialog({ extension, onClose }: { extension: ExtensionOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useUsers();
  const copy = useCopy<Present, Draft>(extension ?? NEW, ({ number, user_id }) => ({ number, user_id }));
  const { draft, change } = copy;
  const active = [...users.values()].filter((one) => one.is_active || one.id === draft.user_id);

  const save = useMutation({
    mutationFn: () => {
      if (!extension) return answer(api.POST("/api/v1/extensions", { body: draft }));
      const params = { path: { extension_id: extension.id }, header: ifMatch(copy.base.version) };
      return answer(api.PATCH("/api/v1/extensions/{extension_id}", { params, body: draft }));
    },
    onSuccess: () => {
      void readTelephonyAgain();
      onClose();
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    if (!extension) return;
    const params = { path: { extension_id: extension.id } };
    copy.rebase(await answer<ExtensionOut>(api.GET("/api/v1/extensions/{extension_id}", { params })));
    save.reset();
  }

  return (
    <Dialog
      title={
        extension ? t("telephony.edit_extension", { number: extension.number }) : t("telephony.add_extension")
      }
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={save.isPending}
            isDisabled={!draft.number.trim() || !draft.user_id}
          >
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("telephony.extension")}
        hint={t("telephony.extension_hint")}
        value={draft.number}
        onChange={(number) => change({ number })}
        error={wrongField(save.error, "number")}
        inputMode="numeric"
        maxLength={6}
        autoFocus
        isRequired
      />
      <ComboField
        label={t("telephony.whose")}
        value={draft.user_id}
        onChange={(user_id) => change({ user_id })}
        choices={active.map(({ id, name, email }) => ({ id, label: name, detail: email }))}
        isRequired
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
