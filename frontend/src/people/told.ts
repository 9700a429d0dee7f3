// How events tell what changed of a record: field names and values as people read them.

import { useTranslation } from "react-i18next";

export type Change = readonly [field: string, before: unknown, after: unknown];

/** The fields that an event names, and of edits by hand what each was and is. */
export function changesOf(data: Readonly<Record<string, unknown>>): { fields: string[]; changes: Change[] } {
  const fields = Array.isArray(data.fields) ? data.fields.filter((one) => typeof one === "string") : [];
  const told = typeof data.changes === "object" && data.changes !== null ? data.changes : {};
  const changes = Object.entries(told).flatMap(([field, pair]): Change[] =>
    Array.isArray(pair) && pair.length === 2 ? [[field, pair[0] as unknown, pair[1] as unknown]] : [],
  );
  return { fields, changes };
}

/** The name of a field of a person or an account; one that is not known is shown as it is. */
export function useFieldName(): (field: string) => string {
  const { t, i18n } = useTranslation();
  return (field) => (i18n.exists(`fields.${field}`) ? t(`fields.${field}` as "fields.city") : field);
}

/** A value as text: lists with commas, nothing as a dash. */
export function useValueText(): (value: unknown) => string {
  const { t } = useTranslation();
  return function text(value: unknown): string {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (Array.isArray(value)) return value.length > 0 ? value.map(text).join(", ") : "–";
    if (typeof value === "object") {
      const parts = Object.entries(value).map(([name, part]) => `${name}: ${text(part)}`);
      return parts.length > 0 ? parts.join(", ") : "–";
    }
    return typeof value === "string" || typeof value === "number" ? String(value) : "…";
  };
}
