// A template as it is being written.

import type { TemplateKind, VariantIn } from "~/api/schema";

export interface VariantDraft {
  /** Null: it is not saved yet. */
  id: string | null;
  name: string;
  weight: number | null;
  subject: string;
  body: string;
}

export interface Draft {
  name: string;
  folder: string;
  is_shared: boolean;
  variants: VariantDraft[];
}

export type Present = Draft & { version: number };

/** A template that nobody has written yet. */
export const NEW: Present = { name: "", folder: "", is_shared: false, variants: [blank("A")], version: 0 };

export function draftOf({ name, folder, is_shared, variants }: Present): Draft {
  return { name, folder, is_shared, variants };
}

export function blank(name: string): VariantDraft {
  return { id: null, name, weight: 1, subject: "", body: "" };
}

/** The variants as they are sent. */
export function written(variants: readonly VariantDraft[]): VariantIn[] {
  return variants.map((one) => ({ ...one, weight: one.weight ?? 0 }));
}

const LETTERS = ["A", "B", "C", "D", "E", "F"];

/** The first letter that no variant is named by. */
export function freeName(variants: readonly VariantDraft[]): string {
  const taken = new Set(variants.map((one) => one.name.toLocaleUpperCase()));
  return LETTERS.find((one) => !taken.has(one)) ?? String(variants.length + 1);
}

/** Whether there is enough of it to be saved. */
export function isComplete(kind: TemplateKind, { name, variants }: Draft): boolean {
  return (
    name.trim() !== "" &&
    variants.every((one) => one.body.trim() !== "" && (kind === "snippet" || one.subject.trim() !== ""))
  );
}

/** The share of a variant among all, as the weights have it. */
export function shareOf(variants: readonly VariantDraft[], one: VariantDraft): number {
  const all = variants.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  return all === 0 ? 0 : (one.weight ?? 0) / all;
}
