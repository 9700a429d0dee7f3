import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RuleOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Switch } from "~/kit/Field";
import { moveByKey, OrderButtons } from "~/kit/OrderButtons";
import { Badge } from "~/kit/Panel";
import { useConditionWords } from "~/leads/conditions/words";
import styles from "./RuleRow.module.css";

/** One rule in its place: when it holds, and to whom leads go then. */
export function RuleRow({
  rule,
  place,
  count,
  mayChange,
  onMove,
  onEdit,
  onRemove,
  onTurn,
}: {
  rule: RuleOut;
  place: number;
  count: number;
  mayChange: boolean;
  onMove: (from: number, to: number) => void;
  onEdit: () => void;
  onRemove: () => void;
  onTurn: (isActive: boolean) => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const words = useConditionWords();
  const team = rule.team_id ? teams.get(rule.team_id)?.name : undefined;
  const to = rule.user_id
    ? (users.get(rule.user_id)?.name ?? "…")
    : t("routing.team_in_turn", { team: team ?? "…" });
  return (
    <li
      className={styles.rule}
      data-off={!rule.is_active || undefined}
      onKeyDown={mayChange ? (event) => moveByKey(event, { place, count, onMove }) : undefined}
    >
      <span className={styles.place}>{place + 1}</span>
      <span className={styles.what}>
        <b>{rule.name}</b>
        <span className={styles.when}>{words(rule.conditions)}</span>
        <span className={styles.to}>
          <ArrowRight size={13} aria-hidden="true" /> <span className="visually-hidden">{t("routing.to")}</span>{" "}
          {to}
        </span>
      </span>
      {mayChange ? (
        <span className={styles.actions}>
          <Switch
            isSelected={rule.is_active}
            onChange={onTurn}
            aria-label={t("routing.active_named", { name: rule.name })}
          >
            <span className={styles.active} aria-hidden="true">
              {t(rule.is_active ? "routing.on" : "routing.off")}
            </span>
          </Switch>
          <OrderButtons name={rule.name} place={place} count={count} onMove={onMove} />
          <Button look="quiet" onPress={onEdit} aria-label={t("edit_named", { name: rule.name })}>
            {t("edit")}
          </Button>
          <Button look="quiet" onPress={onRemove} aria-label={t("remove_named", { name: rule.name })}>
            {t("remove")}
          </Button>
        </span>
      ) : (
        !rule.is_active && <Badge>{t("routing.off")}</Badge>
      )}
    </li>
  );
}
