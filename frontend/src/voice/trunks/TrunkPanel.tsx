import { Cable, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrunkOut } from "~/api/schema";
import { relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { Badge, Panel, type Tone } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import { type Removal, useTrunks } from "./data";
import { RowMenu } from "./RowMenu";
import styles from "./Telephony.module.css";
import { TrunkDialog } from "./TrunkDialog";

/** The lines to carriers. */
export function TrunkPanel({ onRemove }: { onRemove: (removal: Removal) => void }) {
  const { t } = useTranslation();
  const trunks = useTrunks();
  const [edited, setEdited] = useState<TrunkOut | "new" | null>(null);
  return (
    <Panel
      title={t("telephony.trunks")}
      isFlush
      actions={
        <Button look="quiet" onPress={() => setEdited("new")}>
          <Plus size={14} aria-hidden="true" /> {t("telephony.add_trunk")}
        </Button>
      }
    >
      <Shown query={trunks}>
        {(found) =>
          found.length === 0 ? (
            <Empty title={t("telephony.no_trunks")} icon={<Cable size={22} aria-hidden="true" />}>
              {t("telephony.no_trunks_detail")}
            </Empty>
          ) : (
            <Table
              label={t("telephony.trunks")}
              rows={found}
              idOf={(one) => one.id}
              columns={[
                {
                  id: "name",
                  label: t("telephony.name"),
                  isName: true,
                  cell: (one) => (
                    <>
                      <b>{one.name}</b>
                      <span className={styles.detail}>{addressOf(one)}</span>
                    </>
                  ),
                },
                {
                  id: "prices",
                  label: t("telephony.prices"),
                  isOptional: true,
                  cell: (one) => <Prices trunk={one} />,
                },
                {
                  id: "state",
                  label: t("telephony.state"),
                  width: "128px",
                  cell: (one) => <TrunkState trunk={one} />,
                },
                {
                  id: "more",
                  label: t("telephony.actions"),
                  isLabelHidden: true,
                  width: "64px",
                  cell: (one) => (
                    <RowMenu
                      name={one.name}
                      onEdit={() => setEdited(one)}
                      onRemove={() => onRemove({ kind: "trunk", thing: one, name: one.name })}
                    />
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      {edited && <TrunkDialog trunk={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Panel>
  );
}

function addressOf(trunk: TrunkOut): string {
  const host = trunk.host.includes(":") ? `[${trunk.host}]` : trunk.host;
  return `${host}:${trunk.port} · ${trunk.transport.toUpperCase()}`;
}

const SHOWN_PRICES = 3;

function Prices({ trunk }: { trunk: TrunkOut }) {
  const { t } = useTranslation();
  if (trunk.rates.length === 0) return <span className={styles.quiet}>{t("telephony.no_prices")}</span>;
  const told = trunk.rates
    .slice(0, SHOWN_PRICES)
    .map((one) => `${one.prefix ? `+${one.prefix}` : t("telephony.everywhere")} ${one.cost_per_minute}`);
  const more = trunk.rates.length - SHOWN_PRICES;
  return (
    <span className={styles.quiet}>
      {told.join(" · ")}
      {more > 0 && ` · ${t("telephony.more_prices", { count: more })}`}
    </span>
  );
}

const TONES: Record<TrunkOut["health"]["state"], Tone> = { up: "ok", down: "danger", unknown: "neutral" };

/** Whether a trunk answers, as the running server knows it; an inactive one is not asked. */
function TrunkState({ trunk }: { trunk: TrunkOut }) {
  const { t } = useTranslation();
  if (!trunk.is_active) return <Badge tone="warn">{t("telephony.inactive")}</Badge>;
  const { state, reason, since } = trunk.health;
  return (
    <>
      <Badge tone={TONES[state]}>{t(`telephony.health.${state}`)}</Badge>
      {state === "down" && (
        <span className={styles.detail}>{[reason, since && relative(since)].filter(Boolean).join(" · ")}</span>
      )}
    </>
  );
}
