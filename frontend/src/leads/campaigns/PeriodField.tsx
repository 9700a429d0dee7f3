// Which responses are looked at: a period up to today, one's own days, or all.

import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "~/kit/Field";
import styles from "./campaigns.module.css";
import { type Period, type Span, SPANS } from "./period";

function onlySpan(span: Span): Period {
  return span === "all" ? {} : { responded: span };
}

export function PeriodField({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <SelectField
        label={t("campaigns.period")}
        isLabelHidden
        value={period.responded ?? "all"}
        onChange={(chosen) =>
          onChange(chosen === "own" ? { ...period, responded: chosen } : onlySpan(chosen as Span))
        }
        choices={SPANS.map((id) => ({ id, label: t(`campaigns.spans.${id}`) }))}
      />
      {period.responded === "own" && (
        <span className={styles.days}>
          <TextField
            label={t("campaigns.from")}
            isLabelHidden
            type="date"
            value={period.from ?? ""}
            max={period.to ?? ""}
            onChange={(from) => onChange({ ...period, from })}
          />
          <span aria-hidden="true">–</span>
          <TextField
            label={t("campaigns.to")}
            isLabelHidden
            type="date"
            value={period.to ?? ""}
            min={period.from ?? ""}
            onChange={(to) => onChange({ ...period, to })}
          />
        </span>
      )}
    </>
  );
}
