// What holds for a cadence as a whole: its name, what ends it, whether it runs beside others, which campaigns feed it.

import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ending } from "~/api/schema";
import { IconButton } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Checkbox, FieldGroup, Switch, TextAreaField, TextField } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { wrongField } from "~/kit/states";
import { useCampaigns } from "~/leads/useCampaigns";
import styles from "./cadences.module.css";
import { type Draft, ENDINGS } from "./draft";

export function Settings({
  draft,
  error,
  isDisabled,
  onChange,
}: {
  draft: Draft;
  error: unknown;
  isDisabled: boolean;
  onChange: (changes: Partial<Draft>) => void;
}) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  const left = [...campaigns.values()].filter((one) => !draft.campaign_ids.includes(one.id));

  function end(ending: Ending, is: boolean): void {
    onChange({ ends_on: ENDINGS.filter((one) => (one === ending ? is : draft.ends_on.includes(one))) });
  }

  return (
    <Panel title={t("cadences.settings")}>
      <div className={styles.stack}>
        <TextField
          label={t("cadences.name")}
          value={draft.name}
          onChange={(name) => onChange({ name })}
          maxLength={120}
          error={wrongField(error, "name")}
          isDisabled={isDisabled}
          isRequired
        />
        <TextAreaField
          label={t("cadences.description")}
          value={draft.description}
          onChange={(description) => onChange({ description })}
          maxLength={1_000}
          rows={2}
          isDisabled={isDisabled}
        />
        <FieldGroup label={t("cadences.ends_on")}>
          <div className={styles.ticks}>
            {ENDINGS.map((one) => (
              <Checkbox
                key={one}
                isSelected={draft.ends_on.includes(one)}
                onChange={(is) => end(one, is)}
                isDisabled={isDisabled}
              >
                {t(`cadences.because.${one}`)}
              </Checkbox>
            ))}
          </div>
        </FieldGroup>
        <Switch
          isSelected={draft.runs_beside}
          onChange={(runs_beside) => onChange({ runs_beside })}
          isDisabled={isDisabled}
        >
          {t("cadences.beside")}
        </Switch>
        <FieldGroup label={t("cadences.campaigns")}>
          <p className={styles.hint}>{t("cadences.campaigns_detail")}</p>
          {draft.campaign_ids.length > 0 && (
            <ul className={styles.campaigns}>
              {draft.campaign_ids.map((id) => {
                const name = campaigns.get(id)?.name ?? "…";
                return (
                  <li key={id}>
                    {name}
                    {!isDisabled && (
                      <IconButton
                        label={t("cadences.campaign_remove", { name })}
                        onPress={() => onChange({ campaign_ids: draft.campaign_ids.filter((one) => one !== id) })}
                      >
                        <X size={14} aria-hidden="true" />
                      </IconButton>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
          {!isDisabled && left.length > 0 && (
            <ComboField
              key={draft.campaign_ids.join()}
              label={t("cadences.campaign_add")}
              isLabelHidden
              placeholder={t("cadences.campaign_add")}
              value=""
              onChange={(id) => id && onChange({ campaign_ids: [...draft.campaign_ids, id] })}
              choices={left.map((one) => ({ id: one.id, label: one.name }))}
            />
          )}
        </FieldGroup>
      </div>
    </Panel>
  );
}
