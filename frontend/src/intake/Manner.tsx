// How the file is read: which sheet, whose phone numbers, which way round dates are.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignOut, PreviewOut } from "~/api/schema";
import { regions } from "~/i18n/regions";
import { ComboField } from "~/kit/ComboField";
import { SelectField, TextField } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { wrongField } from "~/kit/states";
import type { Chosen } from "./chosen";
import styles from "./intake.module.css";

const DATES = { told: null, day: true, month: false } as const;
type Dates = keyof typeof DATES;

export function Manner({
  found,
  chosen,
  campaign,
  onChange,
  error,
}: {
  found: PreviewOut;
  chosen: Chosen;
  campaign: CampaignOut | null;
  onChange: (chosen: Chosen) => void;
  error: unknown;
}) {
  const { t, i18n } = useTranslation();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- names are of the language
  const countries = useMemo(() => regions(), [i18n.language]);
  const dates = (Object.keys(DATES) as Dates[]).find((one) => DATES[one] === chosen.dayFirst) ?? "told";
  const theirs = countries.find((one) => one.code === campaign?.default_region)?.name;
  return (
    <Panel title={t("intake.manner")}>
      <div className={styles.manner}>
        {found.sheets.length > 1 && (
          <SelectField
            label={t("intake.sheet")}
            value={found.sheet}
            // Another sheet has columns of its own.
            onChange={(sheet) => onChange({ ...chosen, sheet, mapping: {} })}
            choices={found.sheets.map((id) => ({ id, label: id }))}
          />
        )}
        <ComboField
          label={t("intake.region")}
          hint={theirs ? t("intake.region_of_campaign", { region: theirs }) : t("intake.region_hint")}
          value={chosen.region}
          onChange={(region) => onChange({ ...chosen, region })}
          error={wrongField(error, "region")}
          choices={countries.map((one) => ({ id: one.code, label: one.name }))}
        />
        <SelectField
          label={t("intake.dates")}
          value={dates}
          onChange={(one) => onChange({ ...chosen, dayFirst: DATES[one as Dates] })}
          choices={(Object.keys(DATES) as Dates[]).map((id) => ({ id, label: t(`intake.dates_as.${id}`) }))}
        />
        <TextField
          label={t("intake.area_code")}
          hint={t("intake.area_code_hint")}
          value={chosen.areaCode}
          onChange={(areaCode) => onChange({ ...chosen, areaCode })}
          error={wrongField(error, "area_code")}
          inputMode="numeric"
          maxLength={10}
        />
      </div>
    </Panel>
  );
}
