// Hand-offs: for an AE those that wait for them, for a rep what became of theirs.

import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { HandOffOut, HandOffStatus } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { useMay, useMe, useUsers } from "~/identity/session";
import { SelectField } from "~/kit/Field";
import { Badge, Panel, Screen, type Tone } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { type Brief, briefOf } from "./briefing";
import styles from "./HandOffs.module.css";

const STATUS_TONES: Record<HandOffStatus, Tone> = {
  offered: "warn",
  accepted: "accent",
  rejected: "danger",
  confirmed: "ok",
  withdrawn: "neutral",
};

const WAITING: readonly HandOffStatus[] = ["offered", "accepted"];

/** How a hand-off stands. */
export function HandOffBadge({ status }: { status: HandOffStatus }) {
  const { t } = useTranslation();
  return <Badge tone={STATUS_TONES[status]}>{t(`hand_off_status.${status}`)}</Badge>;
}

export function HandOffs() {
  const { t } = useTranslation();
  const me = useMe();
  const decides = useMay("handoffs:decide");
  const isAe = me.role === "ae";
  const isRep = me.role === "rep";
  const [whose, setWhose] = useState<"mine" | "all">(isAe || isRep ? "mine" : "all");
  const mine = isAe ? { ae_id: me.id } : { rep_id: me.id };
  const query = { limit: 100, ...(whose === "mine" && mine) };
  const found = $api.useQuery("get", "/api/v1/hand-offs", { params: { query } });

  return (
    <Screen
      title={t("hand_offs.title")}
      detail={t(decides && isAe ? "hand_offs.detail_ae" : "hand_offs.detail")}
      actions={
        <SelectField
          label={t("hand_offs.whose")}
          isLabelHidden
          value={whose}
          onChange={(chosen) => setWhose(chosen as "mine" | "all")}
          choices={[
            { id: "mine", label: t("hand_offs.mine") },
            { id: "all", label: t("hand_offs.all") },
          ]}
        />
      }
    >
      <Shown query={found} rows={6}>
        {({ items }) => {
          const waiting = items.filter((one) => WAITING.includes(one.status));
          const decided = items.filter((one) => !WAITING.includes(one.status));
          return (
            <>
              <Panel title={t("hand_offs.waiting", { count: waiting.length })} isFlush>
                {waiting.length === 0 ? (
                  <Empty title={t("hand_offs.none")}>{t("hand_offs.none_detail")}</Empty>
                ) : (
                  <Rows items={waiting} />
                )}
              </Panel>
              {decided.length > 0 && (
                <Panel title={t("hand_offs.decided")} isFlush>
                  <Rows items={decided} />
                </Panel>
              )}
            </>
          );
        }}
      </Shown>
    </Screen>
  );
}

function Rows({ items }: { items: readonly HandOffOut[] }) {
  return (
    <ul>
      {items.map((one) => (
        <Row key={one.id} handOff={one} brief={briefOf(one)} />
      ))}
    </ul>
  );
}

function Row({ handOff, brief }: { handOff: HandOffOut; brief: Brief }) {
  const { t } = useTranslation();
  const users = useUsers();
  const rep = handOff.rep_id ? users.get(handOff.rep_id)?.name : undefined;
  return (
    <li>
      <Link to="/hand-offs/$handOffId" params={{ handOffId: handOff.id }} className={styles.row}>
        <span className={styles.who}>
          <b>{brief.who.name}</b>
          <span className={styles.detail}>{[brief.who.title, brief.who.company].filter(Boolean).join(" · ")}</span>
        </span>
        <span className={styles.detail}>
          {t("hand_offs.from_to", { rep: rep ?? "–", ae: users.get(handOff.ae_id)?.name ?? "…" })}
        </span>
        <span className={styles.detail}>
          {handOff.meeting_at ? moment(handOff.meeting_at) : t(`mode.${handOff.mode}`)}
        </span>
        <time className={styles.detail} dateTime={handOff.at} title={moment(handOff.at)}>
          {relative(handOff.at)}
        </time>
        <HandOffBadge status={handOff.status} />
      </Link>
    </li>
  );
}
