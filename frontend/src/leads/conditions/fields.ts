// What conditions may ask here, as the server tells it: fields, how each can be compared, values that are about.

import i18next from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { ConditionFieldOut, FieldType, Operator, Takes } from "~/api/schema";

/** The beginning of the names of custom attributes. */
export const ATTRIBUTES = "attributes.";

/** What the builder offers. */
export interface Language {
  fields: ReadonlyMap<string, ConditionFieldOut>;
  takes: ReadonlyMap<Operator, Takes>;
}

export function useConditionLanguage() {
  return $api.useQuery("get", "/api/v1/condition-fields", {}, { staleTime: 5 * 60_000, select: languageOf });
}

function languageOf({
  fields,
  operators,
}: {
  fields: ConditionFieldOut[];
  operators: { name: Operator; takes: Takes }[];
}): Language {
  return {
    fields: new Map(fields.map((one) => [one.name, one])),
    takes: new Map(operators.map((one) => [one.name, one.takes])),
  };
}

export function typeOf(language: Language, field: string): FieldType {
  return language.fields.get(field)?.type ?? "text";
}

/** The operators for a field; an attribute that nobody has yet takes what a text takes that may be a number. */
export function operatorsOf(language: Language, field: string): readonly Operator[] {
  return language.fields.get(field)?.operators ?? [...language.takes.keys()];
}

/** Writes the name of a field in the reader's language; that of a custom attribute is its own. */
export function useFieldName(): (field: string) => string {
  const { t } = useTranslation();
  return useMemo(
    () => (field) =>
      i18next.exists(`field.${field}`)
        ? t(`field.${field}` as "field.title")
        : field.replace(ATTRIBUTES, "").replaceAll("_", " "),
    [t],
  );
}
