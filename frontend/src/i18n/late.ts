// Texts that come with the screens which show them, not with the first screen: late/en and late/es, a file a slice.

import i18next from "i18next";

const files = import.meta.glob<object>("./late/*/*.json", { import: "default" });

/** Files whose texts are wanted by now. */
const wanted = new Set<string>();

async function add(language: string, file: string): Promise<void> {
  const texts = await files[`./late/${language}/${file}.json`]?.();
  if (texts) i18next.addResourceBundle(language, "translation", texts, true, true);
}

/** Have the texts of a file in the language spoken, and in English, which stands in for what is missing. */
export async function needTexts(file: string): Promise<void> {
  if (wanted.has(file)) return;
  await Promise.all([...new Set(["en", i18next.language])].map((language) => add(language, file)));
  wanted.add(file);
}

/** Have what is wanted in another language, before it is spoken. */
export async function lateTextsIn(language: string): Promise<void> {
  await Promise.all([...wanted].map((file) => add(language, file)));
}

/** Load a part of the workbench together with its texts: `withTexts(["mailboxes"], () => import("…"))`. */
export function withTexts<T>(files: readonly string[], load: () => Promise<T>): () => Promise<T> {
  return async () => {
    const [loaded] = await Promise.all([load(), ...files.map(needTexts)]);
    return loaded;
  };
}
