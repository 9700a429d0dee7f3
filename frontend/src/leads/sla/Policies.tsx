// What is promised: the limits for everybody, those of single teams, and the defaults that hold otherwise.

import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { PolicyOut } from "~/api/schema";
import { useMay, useTeams } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { Sideways } from "~/kit/Sideways";
import { Shown } from "~/kit/states";
import { useMinutes } from "./minutes";
import { PolicyDialog } from "./PolicyDialog";
import styles from "./Policies.module.css";

export function Policies() {
  const { t } = useTranslation();
  const mayChange = useMay("campaigns:write");
  const teams = useTeams();
  const minutes = useMinutes();
  const policies = $api.useQuery("get", "/api/v1/sla-policies", { params: { query: { limit: 200 } } });
  const [edited, setEdited] = useState<PolicyOut | "new" | null>(null);

  async function add(policy: PolicyOut): Promise<void> {
    const { name, promise, minutes, warn_minutes, reassign_minutes, team_id, is_active } = policy;
    const body = { name, promise, minutes, warn_minutes, reassign_minutes, team_id, is_active };
    await answer(api.POST("/api/v1/sla-policies", { body }));
    await readAgain(["/api/v1/sla-policies"]);
  }

  async function remove(policy: PolicyOut): Promise<void> {
    try {
      const params = { path: { policy_id: policy.id }, header: ifMatch(policy.version) };
      const removed = await answer(api.DELETE("/api/v1/sla-policies/{policy_id}", { params }));
      tell(t("policy.removed", { name: policy.name }), () => {
        add(removed).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
      await readAgain(["/api/v1/sla-policies"]);
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  return (
    <Panel
      title={t("policy.title")}
      isFlush
      actions={
        mayChange && (
          <Button onPress={() => setEdited("new")}>
            <Plus size={14} aria-hidden="true" /> {t("policy.add")}
          </Button>
        )
      }
    >
      <Shown query={policies}>
        {({ items }) => (
          <Sideways label={t("policy.title")}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t("policy.name")}</th>
                  <th scope="col">{t("policy.promise")}</th>
                  <th scope="col">{t("policy.for")}</th>
                  <th scope="col">{t("policy.warn")}</th>
                  <th scope="col">{t("policy.limit")}</th>
                  <th scope="col">{t("policy.reassign")}</th>
                  <th scope="col">
                    <span className="visually-hidden">{t("actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.promise + one.id} data-off={!one.is_active || undefined}>
                    <th scope="row" className={styles.name}>
                      {one.name} {one.version === 0 && <Badge>{t("policy.default")}</Badge>}
                      {!one.is_active && <Badge>{t("policy.off")}</Badge>}
                    </th>
                    <td>{t(`promise.${one.promise}`)}</td>
                    <td>{one.team_id ? teams.get(one.team_id)?.name : t("policy.all_teams")}</td>
                    <td>{minutes(one.warn_minutes)}</td>
                    <td>{minutes(one.minutes)}</td>
                    <td>{one.reassign_minutes === null ? t("policy.never") : minutes(one.reassign_minutes)}</td>
                    <td className={styles.actions}>
                      {mayChange && one.version > 0 && (
                        <>
                          <Button
                            look="quiet"
                            onPress={() => setEdited(one)}
                            aria-label={t("edit_named", { name: one.name })}
                          >
                            {t("edit")}
                          </Button>
                          <Button
                            look="quiet"
                            onPress={() => void remove(one)}
                            aria-label={t("remove_named", { name: one.name })}
                          >
                            {t("remove")}
                          </Button>
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Sideways>
        )}
      </Shown>
      {edited && <PolicyDialog policy={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Panel>
  );
}
