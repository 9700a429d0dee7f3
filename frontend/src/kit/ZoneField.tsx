import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { timeIn, timeZones, zoneLabel } from "~/i18n/zones";
import { ComboField, type ComboFieldProps } from "./ComboField";
import { useNow } from "./useNow";

/** A time zone, found by typing a part of its name; says what time it is there. */
export function ZoneField({ hint, value, ...props }: Omit<ComboFieldProps, "choices">) {
  const { t } = useTranslation();
  const now = useNow();
  const choices = useMemo(() => timeZones(value).map((id) => ({ id, label: zoneLabel(id) })), [value]);
  const time = value ? timeIn(value, now) : "";
  return <ComboField {...props} value={value} choices={choices} hint={time ? t("zone.now", { time }) : hint} />;
}
