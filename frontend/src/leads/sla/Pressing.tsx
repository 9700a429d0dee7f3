// Promises about to break and broken ones, under whoever promised, the longest due first.

import { Link } from "@tanstack/react-router";
import { CheckCheck, UserRoundPen } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { PressingOut } from "~/api/schema";
import { relative } from "~/i18n/time";
import { useMay, useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Badge, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { useNow } from "~/kit/useNow";
import { AssignDialog } from "~/leads/assign/AssignDialog";
import { Due } from "~/leads/Due";
import styles from "./Pressing.module.css";

const PAGE = 200;

/** The promises of one person; under a team's id or nobody's where no rep has the lead. */
interface Group {
  key: string;
  userId: string | null;
  teamId: string | null;
  promises: PressingOut[];
}

function byWhom(promises: readonly PressingOut[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of promises) {
    const key = one.promised_by ?? one.team_id ?? "";
    const group = groups.get(key) ?? { key, userId: one.promised_by, teamId: one.team_id, promises: [] };
    group.promises.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export function Pressing({ teamId, onlyBroken }: { teamId: string | undefined; onlyBroken: boolean }) {
  const { t } = useTranslation();
  const [assigned, setAssigned] = useState<PressingOut | null>(null);
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/promises",
    { params: { query: { limit: PAGE, only_broken: onlyBroken, ...(teamId && { team_id: teamId }) } } },
    {
      pageParamName: "cursor",
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.next_cursor ?? undefined,
    },
  );
  return (
    <Panel title={t("sla.pressing")} isFlush>
      <Shown query={found} rows={8}>
        {({ pages }) => {
          const promises = pages.flatMap((one) => one.items);
          if (promises.length === 0) {
            return (
              <Empty title={t("sla.none")} icon={<CheckCheck size={22} aria-hidden="true" />}>
                {t("sla.none_detail")}
              </Empty>
            );
          }
          return (
            <>
              {byWhom(promises).map((group) => (
                <Promises key={group.key} group={group} onAssign={setAssigned} />
              ))}
              {found.hasNextPage && (
                <div className={styles.more}>
                  <Button isPending={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
                    {t("more")}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Shown>
      {assigned && <AssignDialog lead={assigned} onClose={() => setAssigned(null)} />}
    </Panel>
  );
}

function Promises({ group, onAssign }: { group: Group; onAssign: (one: PressingOut) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const users = useUsers();
  const teams = useTeams();
  const team = group.teamId ? teams.get(group.teamId)?.name : undefined;
  const pool = team ? t("assign.pool", { team }) : t("assign.nobody");
  const broken = group.promises.filter((one) => one.state === "breached").length;
  const warned = group.promises.length - broken;
  return (
    <section className={styles.group} aria-labelledby={id}>
      <div className={styles.whose}>
        <h3 id={id}>{group.userId ? (users.get(group.userId)?.name ?? "…") : pool}</h3>
        {broken > 0 && <Badge tone="danger">{t("sla.broken", { count: broken })}</Badge>}
        {warned > 0 && <Badge tone="warn">{t("sla.warned", { count: warned })}</Badge>}
      </div>
      <ul>
        {group.promises.map((one) => (
          <Row key={`${one.lead_id} ${one.promise}`} one={one} onAssign={() => onAssign(one)} />
        ))}
      </ul>
    </section>
  );
}

function Row({ one, onAssign }: { one: PressingOut; onAssign: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const mayAssign = useMay("leads:assign");
  const name = one.person_name ?? t("lead.nameless");
  const isHandOff = one.promise === "hand_off_decision";
  const about = [one.title, one.company].filter(Boolean).join(" · ");
  return (
    <li className={styles.row}>
      <Link to="/leads/$leadId" params={{ leadId: one.lead_id }} className={styles.who} title={name}>
        <span className={styles.name}>{name}</span>
        <span className={styles.detail} title={about}>
          {about}
        </span>
      </Link>
      <span className={styles.promise}>
        {t(`promise.${one.promise}`)}
        {one.reassign_at && (
          <span className={styles.detail}>{t("sla.moves_on", { when: relative(one.reassign_at, now) })}</span>
        )}
      </span>
      <Due at={one.due_at} />
      <span className={styles.actions}>
        {isHandOff && one.hand_off_id ? (
          <Link
            to="/hand-offs/$handOffId"
            params={{ handOffId: one.hand_off_id }}
            className={styles.link}
            aria-label={t("sla.hand_off_of", { name })}
          >
            {t("sla.hand_off")}
          </Link>
        ) : (
          mayAssign && (
            <Button look="quiet" onPress={onAssign} aria-label={t("assign.title", { name })}>
              <UserRoundPen size={14} aria-hidden="true" /> {t("assign.do")}
            </Button>
          )
        )}
      </span>
    </li>
  );
}
