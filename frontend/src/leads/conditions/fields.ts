// What conditions may ask, and how each kind of value can be compared: the server's rule language as a form offers it.
// What cannot be meant is refused by the server, naming the part.

import type { CampaignKind } from "~/api/schema";

export const PERSON_FIELDS = [
  "title",
  "country",
  "region",
  "city",
  "time_zone",
  "email_domain",
  "is_free_mail",
  "is_disposable_mail",
  "has_email",
  "has_phone",
] as const;
export const ACCOUNT_FIELDS = ["company_name", "industry", "employees", "account_domain"] as const;
export const COMING_FIELDS = ["campaign", "campaign_kind", "source", "content", "score"] as const;

export type FieldName =
  (typeof PERSON_FIELDS)[number] | (typeof ACCOUNT_FIELDS)[number] | (typeof COMING_FIELDS)[number];

export const FIELDS: readonly FieldName[] = [...PERSON_FIELDS, ...ACCOUNT_FIELDS, ...COMING_FIELDS];

/** The beginning of the names of custom attributes. */
export const ATTRIBUTES = "attributes.";

export type Operator =
  | "is"
  | "is_not"
  | "in"
  | "not_in"
  | "contains"
  | "has_word"
  | "starts_with"
  | "at_least"
  | "at_most"
  | "is_known";

export type Kind = "text" | "number" | "yes_no";

const KINDS: Partial<Record<FieldName, Kind>> = {
  is_free_mail: "yes_no",
  is_disposable_mail: "yes_no",
  has_email: "yes_no",
  has_phone: "yes_no",
  employees: "number",
  score: "number",
};

export function isField(name: string): name is FieldName {
  return (FIELDS as readonly string[]).includes(name);
}

export function kindOf(field: string): Kind {
  return (isField(field) && KINDS[field]) || "text";
}

const TEXT: readonly Operator[] = ["is", "is_not", "in", "not_in", "contains", "has_word", "starts_with"];
const NUMBER: readonly Operator[] = ["at_least", "at_most"];

/** The operators that make sense for a field. Custom attributes are texts that may be numbers. */
export function operatorsOf(field: string): readonly Operator[] {
  if (field.startsWith(ATTRIBUTES)) return [...TEXT, ...NUMBER, "is_known"];
  const kind = kindOf(field);
  if (kind === "yes_no") return ["is", "is_known"];
  return kind === "number" ? [...NUMBER, "is", "is_not", "is_known"] : [...TEXT, "is_known"];
}

/** Operators that compare with several values. */
export const WITH_SEVERAL: ReadonlySet<Operator> = new Set(["in", "not_in", "has_word"]);

export const CAMPAIGN_KINDS: readonly CampaignKind[] = [
  "contact_request",
  "demo_request",
  "webinar",
  "trade_show",
  "content",
  "search",
  "social",
  "email",
  "other",
];
