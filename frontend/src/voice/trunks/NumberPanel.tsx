import { Phone, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExtensionOut, NumberOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { type Removal, useExtensions, useNumbers, useTrunks } from "./data";
import { NumberDialog } from "./NumberDialog";
import { RowMenu } from "./RowMenu";
import styles from "./Telephony.module.css";

/** The numbers that we own, and whom they ring. */
export function NumberPanel({ onRemove }: { onRemove: (removal: Removal) => void }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const trunks = useTrunks();
  const [edited, setEdited] = useState<NumberOut | "new" | null>(null);
  const whom = useWhom();
  return (
    <Panel
      title={t("telephony.numbers")}
      isFlush
      actions={
        <Button look="quiet" onPress={() => setEdited("new")}>
          <Plus size={14} aria-hidden="true" /> {t("telephony.add_number")}
        </Button>
      }
    >
      <Shown query={numbers}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("telephony.no_numbers")} icon={<Phone size={22} aria-hidden="true" />}>
              {t("telephony.no_numbers_detail")}
            </Empty>
          ) : (
            <Table
              label={t("telephony.numbers")}
              rows={found}
              idOf={(one) => one.id}
              columns={[
                {
                  id: "number",
                  label: t("telephony.number"),
                  isName: true,
                  cell: (one) => (
                    <>
                      <b>{one.number}</b>
                      <span className={styles.detail}>{one.label}</span>
                    </>
                  ),
                },
                { id: "rings", label: t("telephony.rings"), cell: (one) => whom(one.rings) },
                {
                  id: "trunk",
                  label: t("telephony.by_trunk"),
                  isOptional: true,
                  cell: (one) => trunks.data?.find((trunk) => trunk.id === one.trunk_id)?.name ?? "–",
                },
                {
                  id: "more",
                  label: t("telephony.actions"),
                  isLabelHidden: true,
                  width: "64px",
                  cell: (one) => (
                    <RowMenu
                      name={one.number}
                      onEdit={() => setEdited(one)}
                      onRemove={() => onRemove({ kind: "number", thing: one, name: one.number })}
                    />
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      {edited && <NumberDialog number={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Panel>
  );
}

/** Whom a number rings, in words. */
function useWhom(): (rings: NumberOut["rings"]) => string {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const extensions = useExtensions();
  const nameOf = (one: ExtensionOut | undefined) => (one ? (users.get(one.user_id)?.name ?? "…") : "…");
  return ({ kind, id }) => {
    if (kind === "nobody" || !id) return t("telephony.nobody");
    if (kind === "user") return users.get(id)?.name ?? "…";
    if (kind === "team") return t("telephony.team_named", { name: teams.get(id)?.name ?? "…" });
    const extension = extensions.data?.find((one) => one.id === id);
    return t("telephony.extension_of", { number: extension?.number ?? "…", name: nameOf(extension) });
  };
}
