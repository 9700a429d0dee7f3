// Conditions in words, in the reader's language.

import { useTranslation } from "react-i18next";
import { decimal } from "~/i18n/numbers";
import { type Conditions, isGroup, type Part, readCondition } from "./draft";
import { useFieldName } from "./fields";

const MOST_VALUES = 6;

/** Writes a condition in a line: `country is one of DE, AT and employees at least 200`. */
export function useConditionWords(): (conditions: Conditions) => string {
  const { t } = useTranslation();
  const nameOf = useFieldName();

  function value(one: unknown): string {
    if (Array.isArray(one)) {
      const shown = one.slice(0, MOST_VALUES).map(value);
      const more = one.length - shown.length;
      return shown.join(", ") + (more > 0 ? ` ${t("condition.and_more", { count: more })}` : "");
    }
    if (typeof one === "boolean") return t(one ? "yes" : "no").toLocaleLowerCase();
    if (typeof one === "number") return decimal(one, 6);
    return typeof one === "string" ? one : "…";
  }

  function write(part: Part, isInner: boolean): string {
    if (!isGroup(part)) {
      const name = nameOf(part.field);
      if (part.operator === "is_known")
        return t(part.value === false ? "condition.unknown" : "condition.known", { name });
      return `${name} ${t(`operator.${part.operator}`)} ${value(part.value)}`;
    }
    if (part.parts.length === 0) return t(part.kind === "all" ? "condition.always" : "condition.never");
    const between = t(part.kind === "all" ? "condition.and" : "condition.or");
    const told = part.parts.map((one) => write(one, part.parts.length > 1)).join(` ${between} `);
    if (part.isNot) return t("condition.not", { what: told });
    return isInner && part.parts.length > 1 ? `(${told})` : told;
  }

  return (conditions) => write(readCondition(conditions), false);
}
