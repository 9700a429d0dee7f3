/** Small letters, no accents, no signs: as people type when they look for something. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .replace(/[_/\-−,.()“”«»"]+/g, " ")
    .toLowerCase();
}

/** Whether a text has all the words that were typed, in any order; beginnings of words are enough. */
export function hasWords(text: string, typed: string): boolean {
  const within = ` ${plain(text)}`;
  return plain(typed)
    .split(/\s+/)
    .every((word) => within.includes(word && ` ${word}`));
}
