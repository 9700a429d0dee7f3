import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Stage } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Checkbox, SelectField, TextField } from "~/kit/Field";
import { useCampaigns } from "~/leads/useCampaigns";
import { type LeadFilter, STAGES } from "./filter";
import styles from "./LeadTable.module.css";

const ANY = "any";
const OPEN = "open";
const EVERY = "every";
const NOBODY = "none";

/** What narrows the table; each change is in the address at once. */
export function Filters({
  filter,
  typed,
  onTyped,
  onNarrowed,
}: {
  filter: LeadFilter;
  typed: string;
  onTyped: (typed: string) => void;
  onNarrowed: (change: Partial<LeadFilter>) => void;
}) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const campaigns = useCampaigns();
  const reps = [...users.values()].filter((one) => one.role === "rep");
  const stage = filter.stage?.[0] ?? (filter.closed ? EVERY : OPEN);
  const isNarrowed = Object.entries(filter).some(([name, value]) => name !== "sort" && value !== undefined);
  return (
    <search className={styles.filters}>
      <div className={styles.search}>
        <TextField
          label={t("table.find")}
          isLabelHidden
          placeholder={t("table.find")}
          type="search"
          value={typed}
          onChange={onTyped}
          maxLength={200}
        />
      </div>
      <SelectField
        label={t("table.stage")}
        isLabelHidden
        value={stage}
        onChange={(chosen) =>
          onNarrowed({
            stage: STAGES.includes(chosen as Stage) ? [chosen as Stage] : undefined,
            closed: chosen === EVERY ? true : undefined,
          })
        }
        choices={[
          { id: OPEN, label: t("table.open") },
          { id: EVERY, label: t("table.every") },
          ...STAGES.map((id) => ({ id, label: t(`stage.${id}`) })),
        ]}
      />
      <SelectField
        label={t("lead.owner")}
        isLabelHidden
        value={filter.owner_id?.[0] ?? ANY}
        onChange={(chosen) => onNarrowed({ owner_id: chosen === ANY ? undefined : [chosen] })}
        choices={[
          { id: ANY, label: t("table.any_owner") },
          { id: NOBODY, label: t("table.no_owner") },
          ...reps.map((one) => ({ id: one.id, label: one.name })),
        ]}
      />
      <SelectField
        label={t("scoreboard.team")}
        isLabelHidden
        value={filter.team_id ?? ANY}
        onChange={(chosen) => onNarrowed({ team_id: chosen === ANY ? undefined : chosen })}
        choices={[
          { id: ANY, label: t("scoreboard.all_teams") },
          ...[...teams.values()].map((one) => ({ id: one.id, label: one.name })),
        ]}
      />
      <SelectField
        label={t("table.campaign")}
        isLabelHidden
        value={filter.campaign_id ?? ANY}
        onChange={(chosen) => onNarrowed({ campaign_id: chosen === ANY ? undefined : chosen })}
        choices={[
          { id: ANY, label: t("table.any_campaign") },
          ...[...campaigns.values()].map((one) => ({ id: one.id, label: one.name })),
        ]}
      />
      <Checkbox
        isSelected={filter.untouched ?? false}
        onChange={(chosen) => onNarrowed({ untouched: chosen || undefined })}
      >
        {t("table.untouched")}
      </Checkbox>
      <Checkbox
        isSelected={filter.overdue ?? false}
        onChange={(chosen) => onNarrowed({ overdue: chosen || undefined })}
      >
        {t("table.overdue")}
      </Checkbox>
      {isNarrowed && (
        <Button
          look="quiet"
          onPress={() => {
            onTyped("");
            onNarrowed({
              q: undefined,
              stage: undefined,
              owner_id: undefined,
              team_id: undefined,
              campaign_id: undefined,
              country: undefined,
              score_from: undefined,
              untouched: undefined,
              overdue: undefined,
              closed: undefined,
            });
          }}
        >
          <X size={14} aria-hidden="true" /> {t("table.clear")}
        </Button>
      )}
    </search>
  );
}
