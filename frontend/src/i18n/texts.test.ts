import { expect, test } from "vitest";
import en from "./en";
import es from "./es";

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text);
  }
  return found;
}

function blanks(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1] ?? "").sort();
}

const late = import.meta.glob<Texts>("./late/*/*.json", { eager: true, import: "default" });

function lateIn(language: string): Texts {
  const files = Object.entries(late).filter(([path]) => path.startsWith(`./late/${language}/`));
  return Object.assign({}, ...files.map(([, texts]) => texts)) as Texts;
}

const english = flat({ ...en, ...lateIn("en") });
const spanish = flat({ ...es, ...lateIn("es") });

test("every text stands in both languages", () => {
  expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort());
});

test("every text has the same blanks in both languages", () => {
  const wrong = [...english].filter(
    ([key, text]) => blanks(text).join() !== blanks(spanish.get(key) ?? "").join(),
  );
  expect(wrong).toEqual([]);
});

test("a text of more than a few words is translated", () => {
  const words = (text: string) => text.replace(/\{\{\w+\}\}/g, "").match(/\p{L}{2,}/gu)?.length ?? 0;
  const same = [...english].filter(([key, text]) => words(text) >= 3 && spanish.get(key) === text);
  expect(same.map(([key]) => key)).toEqual([]);
});

test("the Spanish texts say usted, never tú", () => {
  const familiar =
    /(?<!\p{L})(tú|tus?|tuy[oa]s?|ti|te|contigo|eres|tienes|puedes|debes|quieres|has|escribes|vas|ves)(?!\p{L})/iu;
  expect([...spanish].filter(([, text]) => familiar.test(text))).toEqual([]);
});

test("no text is empty", () => {
  expect([...english, ...spanish].filter(([, text]) => !text.trim())).toEqual([]);
});

test("no file of texts hides another's", () => {
  const files = import.meta.glob<Texts>("./en/*.json", { eager: true, import: "default" });
  const lateFiles = Object.entries(late).filter(([path]) => path.startsWith("./late/en/"));
  const every = [...Object.values(files), ...lateFiles.map(([, texts]) => texts)];
  const keys = every.flatMap((one) => Object.keys(one));
  expect(keys.filter((one, place) => keys.indexOf(one) !== place)).toEqual([]);
});
