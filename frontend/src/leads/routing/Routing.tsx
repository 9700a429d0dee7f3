// Routing: the rules in the order in which they are tried, whose turn it was how often, and where a lead would go.

import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { queryClient, readAgain } from "~/api/query";
import type { RuleOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { moved } from "~/kit/OrderButtons";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import type { Purpose } from "~/leads/assign/assignees";
import { ManagerTabs } from "~/leads/ManagerTabs";
import styles from "./Routing.module.css";
import { RuleDialog } from "./RuleDialog";
import { RuleRow } from "./RuleRow";
import { Turns } from "./Turns";
import { WhyThere } from "./WhyThere";

const RULES = ["get", "/api/v1/routing-rules", { params: { query: { limit: 200 } } }] as const;

export function Routing() {
  const { t } = useTranslation();
  const mayChange = useMay("campaigns:write");
  const [purpose, setPurpose] = useState<Purpose>("rep");
  const [edited, setEdited] = useState<RuleOut | "new" | null>(null);
  const rules = $api.useQuery(...RULES);

  const order = useMutation({
    mutationFn: (wanted: readonly RuleOut[]) =>
      answer(
        api.POST("/api/v1/routing-rules/order", {
          body: { purpose, rule_ids: wanted.map((one) => one.id) },
        }),
      ),
    onMutate: (wanted) => {
      // The order is shown at once; what the server says comes after.
      const key = $api.queryOptions(...RULES).queryKey;
      queryClient.setQueryData(
        key,
        (before: typeof rules.data) =>
          before && {
            ...before,
            items: [...before.items.filter((one) => one.purpose !== purpose), ...wanted],
          },
      );
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
    onSettled: () => readAgain(["/api/v1/routing-rules"]),
  });

  async function restore(removed: RuleOut): Promise<void> {
    const { name, purpose: whom, position, conditions, user_id, team_id, is_active } = removed;
    const body = { name, purpose: whom, position, conditions, user_id, team_id, is_active };
    await answer(api.POST("/api/v1/routing-rules", { body }));
    await readAgain(["/api/v1/routing-rules"]);
  }

  async function remove(rule: RuleOut): Promise<void> {
    try {
      const params = { path: { rule_id: rule.id }, header: ifMatch(rule.version) };
      await answer(api.DELETE("/api/v1/routing-rules/{rule_id}", { params }));
      tell(t("routing.removed", { name: rule.name }), () => {
        restore(rule).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
    await readAgain(["/api/v1/routing-rules"]);
  }

  async function turn(rule: RuleOut, isActive: boolean): Promise<void> {
    try {
      const params = { path: { rule_id: rule.id }, header: ifMatch(rule.version) };
      await answer(api.PATCH("/api/v1/routing-rules/{rule_id}", { params, body: { is_active: isActive } }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
    await readAgain(["/api/v1/routing-rules"]);
  }

  return (
    <Screen
      title={t("routing.title")}
      detail={t("routing.detail")}
      actions={
        mayChange && (
          <Button look="primary" onPress={() => setEdited("new")}>
            <Plus size={14} aria-hidden="true" /> {t("routing.add")}
          </Button>
        )
      }
    >
      <ManagerTabs />
      <div className={styles.columns}>
        <Panel
          title={t("routing.rules")}
          isFlush
          actions={
            <SelectField
              label={t("routing.purpose")}
              isLabelHidden
              value={purpose}
              onChange={(chosen) => setPurpose(chosen as Purpose)}
              choices={[
                { id: "rep", label: t("routing.purposes.rep") },
                { id: "ae", label: t("routing.purposes.ae") },
              ]}
            />
          }
        >
          <p className={styles.first}>{t(`routing.before.${purpose}`)}</p>
          <Shown query={rules} rows={6}>
            {({ items }) => {
              const shown = items.filter((one) => one.purpose === purpose);
              if (shown.length === 0) return <Empty title={t("routing.none")}>{t("routing.none_detail")}</Empty>;
              return (
                <ol>
                  {shown.map((one, place) => (
                    <RuleRow
                      key={one.id}
                      rule={one}
                      place={place}
                      count={shown.length}
                      mayChange={mayChange}
                      onMove={(from, to) => order.mutate(moved(shown, from, to))}
                      onEdit={() => setEdited(one)}
                      onRemove={() => void remove(one)}
                      onTurn={(isActive) => void turn(one, isActive)}
                    />
                  ))}
                </ol>
              );
            }}
          </Shown>
          <p className={styles.last}>{t(`routing.after.${purpose}`)}</p>
        </Panel>
        <div className={styles.side}>
          <WhyThere />
          <Turns purpose={purpose} />
        </div>
      </div>
      {edited && (
        <RuleDialog rule={edited === "new" ? null : edited} purpose={purpose} onClose={() => setEdited(null)} />
      )}
    </Screen>
  );
}
