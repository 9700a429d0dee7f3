// English and Spanish. Texts lie in en/ and es/, by slice, under the same keys (a test holds them against each
// other), those of screens that most people seldom open in late/; numbers, days and times are written by Intl in the reader's language.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en";
import { lateTextsIn } from "./late";
import type cadences from "./late/en/cadences.json";
import type calendar from "./late/en/calendar.json";
import type inbox from "./late/en/inbox.json";
import type mail from "./late/en/mail.json";
import type mailing from "./late/en/mailing.json";
import type mailboxes from "./late/en/mailboxes.json";
import type oauth from "./late/en/oauth.json";
import type results from "./late/en/results.json";
import type writing from "./late/en/writing.json";

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: {
      translation: typeof en &
        typeof cadences &
        typeof calendar &
        typeof inbox &
        typeof mail &
        typeof mailing &
        typeof mailboxes &
        typeof oauth &
        typeof results &
        typeof writing;
    };
  }
}

const KEPT = "offhook.language";

/** The language chosen here before, else the browser's if we have it, else English. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].map((one) => one?.slice(0, 2));
  return wanted.find((one): one is Language => one !== undefined && one in LANGUAGES) ?? "en";
}

/** Change the language of everything on screen; texts other than English are loaded when first wanted. */
export async function speak(language: Language): Promise<void> {
  if (language === "es" && !i18next.hasResourceBundle("es", "translation")) {
    i18next.addResourceBundle("es", "translation", (await import("./es")).default);
  }
  await lateTextsIn(language);
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(preferredLanguage());
}

/** The language as Intl and React Aria name it. */
export function locale(): string {
  return i18next.language === "es" ? "es-ES" : "en-US";
}
