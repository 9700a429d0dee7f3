// Kinds of events, in words. The texts are the list: a test holds them against what the server can tell of.

import { useTranslation } from "react-i18next";
import texts from "~/i18n/en/events.json";

const FAMILY = "family";
const BY_FAMILY: Record<string, Record<string, string>> = texts.event;

/** `lead`, `meeting`, … in the order of the texts. */
export const FAMILIES = Object.keys(BY_FAMILY);

/** All kinds of a family: `lead.opened`, …. */
export function kindsOf(family: string): string[] {
  return Object.keys(BY_FAMILY[family] ?? {})
    .filter((one) => one !== FAMILY)
    .map((one) => `${family}.${one}`);
}

export interface KindTexts {
  /** `Lead opened`, of `lead.opened`; the kind itself where that is not written down. */
  kind: (kind: string) => string;
  /** `Leads`, of `lead`. */
  family: (family: string) => string;
}

export function useKindTexts(): KindTexts {
  const { t } = useTranslation();
  // The keys are looked up in the texts first, so that what is asked for is there.
  const told = t as (key: string) => string;
  return {
    kind: (kind) => {
      const [family = "", what = ""] = kind.split(".");
      return BY_FAMILY[family]?.[what] && what !== FAMILY ? told(`event.${kind}`) : kind;
    },
    family: (family) => (BY_FAMILY[family] ? told(`event.${family}.${FAMILY}`) : family),
  };
}

/** Whether an event of this kind is asked for: `lead.assigned`, `lead.*`, or nothing for all. */
export function isAskedFor(asked: string | undefined, kind: string): boolean {
  if (!asked) return true;
  return asked.endsWith(".*") ? kind.startsWith(asked.slice(0, -1)) : kind === asked;
}
