// The round robin: how many leads everybody was given in turn, pool by pool, beside the share that is theirs by weight.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { TurnsOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { useTeams, useUsers } from "~/identity/session";
import { Bar, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import type { Purpose } from "~/leads/assign/assignees";
import styles from "./Turns.module.css";

const EVERYBODY = "*";

export function Turns({ purpose }: { purpose: Purpose }) {
  const { t } = useTranslation();
  const teams = useTeams();
  const turns = $api.useQuery("get", "/api/v1/routing-turns", { params: { query: { limit: 200 } } });
  return (
    <Panel title={t("turns.title")}>
      <Shown query={turns}>
        {({ items }) => {
          const pools = Map.groupBy(
            items.filter((one) => one.pool.startsWith(`${purpose}:`)),
            (one) => one.pool.slice(purpose.length + 1),
          );
          if (pools.size === 0) return <Empty title={t("turns.none")}>{t("turns.none_detail")}</Empty>;
          return (
            <div className={styles.pools}>
              {[...pools].map(([pool, taken]) => (
                <Pool
                  key={pool}
                  name={pool === EVERYBODY ? t(`turns.all.${purpose}`) : (teams.get(pool)?.name ?? "…")}
                  taken={taken}
                />
              ))}
            </div>
          );
        }}
      </Shown>
    </Panel>
  );
}

function Pool({ name, taken }: { name: string; taken: readonly TurnsOut[] }) {
  const { t } = useTranslation();
  const users = useUsers();
  const total = taken.reduce((sum, one) => sum + one.assigned, 0);
  const rows = [...taken].sort((one, other) => other.assigned - one.assigned);
  return (
    <section aria-label={name}>
      <h3 className={styles.name}>{name}</h3>
      <ul className={styles.turns}>
        {rows.map((one) => {
          const user = users.get(one.user_id);
          const share = total ? one.assigned / total : 0;
          return (
            <li key={one.user_id} className={styles.turn}>
              <span className={styles.who}>{user?.name ?? "…"}</span>
              <span className={styles.number}>
                {count(one.assigned)} · {percent(share)}
              </span>
              <Bar share={share} label={t("turns.share", { name: user?.name ?? "", share: percent(share) })} />
              {user && user.routing_weight !== 1 && (
                <span className={styles.weight}>
                  {user.routing_weight === 0
                    ? t("members.no_turns")
                    : t("turns.weight", { weight: count(user.routing_weight) })}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
