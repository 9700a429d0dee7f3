// A condition as a form holds it: groups of comparisons, read from the rule language and written back to it.
//
// What is not touched is written as it was read. Each part knows its id, and writing tells where in the JSON it came to
// stand, so that what the server finds wrong is shown at the part.

import type { WrongField } from "~/api/client";
import type { FieldType, Operator, Takes } from "~/api/schema";

export type Conditions = Record<string, unknown>;

export interface Comparison {
  id: string;
  field: string;
  operator: Operator;
  value: unknown;
}

export interface Group {
  id: string;
  kind: "all" | "any";
  /** Holds when the group does not. */
  isNot: boolean;
  parts: Part[];
}

export type Part = Comparison | Group;

export function isGroup(part: Part): part is Group {
  return "parts" in part;
}

let made = 0;

function newId(): string {
  made += 1;
  return `part-${made}`;
}

export function newComparison(field = "country", operator: Operator = "in", value: unknown = []): Comparison {
  return { id: newId(), field, operator, value };
}

export function newGroup(parts: Part[] = []): Group {
  return { id: newId(), kind: "all", isNot: false, parts };
}

/** A value to begin with, of the kind that an operator takes beside a field of this type. */
function emptyValue(takes: Takes, type: FieldType): unknown {
  if (takes === "boolean") return true;
  if (takes === "values" || takes === "words") return [];
  if (takes === "number") return null;
  if (takes === "text") return "";
  return { boolean: true, number: null, text: "" }[type];
}

/** The same value for another operator or field, as far as it can be kept. */
export function valueFor(before: unknown, takes: Takes, type: FieldType): unknown {
  const fresh = emptyValue(takes, type);
  const first: unknown = Array.isArray(before) ? before[0] : before;
  if (Array.isArray(fresh)) {
    if (Array.isArray(before)) return before;
    return typeof first === "string" && first ? [first] : fresh;
  }
  return typeof first === (fresh === null ? "number" : typeof fresh) ? first : fresh;
}

function isObject(value: unknown): value is Conditions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Read a condition that the server keeps. */
export function readCondition(conditions: Conditions): Group {
  const part = readPart(conditions);
  return isGroup(part) ? part : newGroup([part]);
}

function readPart(json: unknown): Part {
  if (!isObject(json) || Object.keys(json).length === 0) return newGroup();
  if (typeof json.field === "string") {
    const operator = Object.keys(json).find((one) => one !== "field") ?? "is";
    return { id: newId(), field: json.field, operator: operator as Operator, value: json[operator] };
  }
  if ("not" in json) {
    const inner = readPart(json.not);
    return isGroup(inner) ? { ...inner, isNot: !inner.isNot } : { ...newGroup([inner]), isNot: true };
  }
  const kind = "any" in json ? "any" : "all";
  const parts = Array.isArray(json[kind]) ? json[kind] : [];
  return { id: newId(), kind, isNot: false, parts: parts.map(readPart) };
}

/** Where each part stands in what was written, by its id. */
export type Places = Map<string, string>;

/** Write a condition as the server takes it; `places` is filled with where each part stands. */
export function writeCondition(group: Group, where = "conditions", places: Places = new Map()): Conditions {
  places.set(group.id, where);
  const inner = group.isNot ? `${where}.not` : where;
  const written = writeParts(group, inner, places);
  return group.isNot ? { not: written } : written;
}

function writeParts(group: Group, where: string, places: Places): Conditions {
  const [first] = group.parts;
  if (group.kind === "all" && first === undefined) return {};
  if (first !== undefined && group.parts.length === 1) return writePart(first, where, places);
  return { [group.kind]: group.parts.map((part, n) => writePart(part, `${where}.${group.kind}[${n}]`, places)) };
}

function writePart(part: Part, where: string, places: Places): Conditions {
  if (isGroup(part)) return writeCondition(part, where, places);
  places.set(part.id, where);
  return { field: part.field, [part.operator]: part.value };
}

/** What is wrong with which part, by its id: each fault at the innermost part that holds it. */
export function faultsByPart(fields: readonly WrongField[], places: Places): Map<string, string> {
  const faults = new Map<string, string>();
  for (const fault of fields) {
    let found: [string, string] | undefined;
    for (const place of places) {
      const holds = fault.field === place[1] || fault.field.startsWith(`${place[1]}.`);
      if (holds && (!found || place[1].length >= found[1].length)) found = place;
    }
    if (found) faults.set(found[0], fault.reason);
  }
  return faults;
}

/** The group with one part, wherever it stands, replaced, or taken out with null; groups left empty go with it. */
export function replaced(group: Group, id: string, by: Part | null): Group {
  const parts = group.parts.flatMap((part): Part[] => {
    if (part.id === id) return by ? [by] : [];
    if (!isGroup(part)) return [part];
    const after = replaced(part, id, by);
    return after.parts.length === 0 && part.parts.length > 0 ? [] : [after];
  });
  return parts.length === 0 ? { ...group, kind: "all", isNot: false, parts } : { ...group, parts };
}
