import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RateOut } from "~/api/schema";
import { Button, IconButton } from "~/kit/Button";
import { FieldGroup, NumberField, TextField } from "~/kit/Field";
import styles from "./Telephony.module.css";

export type Price = RateOut;

/** What a trunk takes for which prefixes: a row for each. */
export function PricesField({
  value,
  onChange,
  error,
}: {
  value: readonly Price[];
  onChange: (value: Price[]) => void;
  error: string | undefined;
}) {
  const { t } = useTranslation();
  function put(place: number, changes: Partial<Price>): void {
    onChange(value.map((one, index) => (index === place ? { ...one, ...changes } : one)));
  }
  return (
    <FieldGroup label={t("telephony.prices")}>
      <span className={styles.hint}>{t("telephony.prices_hint")}</span>
      {value.map((one, place) => (
        // Rows have no name but their place.
        <div key={place} className={styles.price}>
          <TextField
            label={t("telephony.prefix")}
            value={one.prefix}
            onChange={(prefix) => put(place, { prefix })}
            placeholder={t("telephony.everywhere")}
            inputMode="tel"
            maxLength={16}
          />
          <TextField
            label={t("telephony.cost")}
            value={one.cost_per_minute}
            onChange={(cost_per_minute) => put(place, { cost_per_minute })}
            inputMode="numeric"
            maxLength={12}
          />
          <NumberField
            label={t("telephony.priority")}
            value={one.priority}
            onChange={(priority) => put(place, { priority: priority ?? 1 })}
            minValue={1}
            maxValue={1000}
          />
          <IconButton
            label={t("telephony.remove_price", { prefix: one.prefix || t("telephony.everywhere") })}
            onPress={() => onChange(value.filter((_, index) => index !== place))}
          >
            <X size={16} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {error && <span className={styles.wrong}>{error}</span>}
      <div>
        <Button
          look="quiet"
          onPress={() => onChange([...value, { prefix: "", cost_per_minute: "", priority: 1 }])}
        >
          <Plus size={14} aria-hidden="true" /> {t("telephony.add_price")}
        </Button>
      </div>
    </FieldGroup>
  );
}
