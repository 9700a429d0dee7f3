// The permissions that a token can be narrowed to, in words.

import { useTranslation } from "react-i18next";
import texts from "~/i18n/en/settings.json";

/** The scope that stands for all of a user's permissions. */
export const EVERYTHING = "*";

type Told = keyof (typeof texts)["scope"];

/** What a scope lets one do; the scope itself where that is not written down. */
export function useScopeTexts(): (scope: string) => string {
  const { t } = useTranslation();
  return (scope) => {
    const key = scope.replace(/[:-]/g, "_");
    return key in texts.scope ? t(`scope.${key as Told}`) : scope;
  };
}
