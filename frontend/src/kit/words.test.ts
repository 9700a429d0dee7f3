import { expect, test } from "vitest";
import { hasWords } from "./words";

test("words are found in any order, by their beginnings, without accents and signs", () => {
  expect(hasWords("America/New_York", "york new")).toBe(true);
  expect(hasWords("America/Bogotá", "bogota")).toBe(true);
  expect(hasWords("Europe/Berlin", "europe/ber")).toBe(true);
  expect(hasWords("Europe/Berlin", "")).toBe(true);
  expect(hasWords("Snippet “closing”", "closing")).toBe(true);
});

test("the middle of a word is not its beginning", () => {
  expect(hasWords("Europe/Berlin", "lin")).toBe(false);
  expect(hasWords("Europe/Berlin", "berlin york")).toBe(false);
});
