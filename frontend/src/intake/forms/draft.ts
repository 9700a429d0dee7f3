// A form as its page holds it while it is changed.

import type { FieldKind, FormFieldBody, FormOut, Target } from "~/api/schema";

export interface EditedQuestion {
  /** Tells the questions apart while they are moved; the API knows it not. */
  id: string;
  field: string;
  label: string;
  kind: FieldKind;
  isRequired: boolean;
  choices: readonly string[];
}

export interface EditedForm {
  name: string;
  campaignId: string;
  questions: readonly EditedQuestion[];
  consent: string;
  thanks: string;
  origins: readonly string[];
}

export function readForm(form: FormOut): EditedForm {
  return {
    name: form.name,
    campaignId: form.campaign_id,
    questions: form.fields.map((one, place) => ({
      id: `kept-${place}`,
      field: one.field,
      label: one.label,
      kind: one.kind,
      isRequired: one.is_required,
      choices: one.choices ?? [],
    })),
    consent: form.consent_wording,
    thanks: form.thanks,
    origins: form.allowed_origins,
  };
}

export function writeForm(form: EditedForm) {
  return {
    name: form.name.trim(),
    campaign_id: form.campaignId,
    fields: form.questions.map(writeQuestion),
    consent_wording: form.consent,
    thanks: form.thanks,
    allowed_origins: [...form.origins],
  };
}

function writeQuestion(question: EditedQuestion): FormFieldBody {
  const { field, label, kind, isRequired } = question;
  return {
    field: field.trim(),
    label: label.trim(),
    kind,
    is_required: isRequired,
    choices: kind === "choice" ? [...question.choices] : [],
  };
}

/** What is mostly asked for, in the order in which it is offered, and how. */
export const USUAL: readonly { field: Target; kind: FieldKind }[] = [
  { field: "first_name", kind: "text" },
  { field: "last_name", kind: "text" },
  { field: "full_name", kind: "text" },
  { field: "email", kind: "email" },
  { field: "phone", kind: "phone" },
  { field: "mobile", kind: "phone" },
  { field: "company", kind: "text" },
  { field: "title", kind: "text" },
  { field: "website", kind: "text" },
  { field: "industry", kind: "text" },
  { field: "employees", kind: "text" },
  { field: "street", kind: "text" },
  { field: "postal_code", kind: "text" },
  { field: "city", kind: "text" },
  { field: "region", kind: "text" },
  { field: "country", kind: "text" },
  { field: "language", kind: "text" },
  { field: "content", kind: "text" },
];

let added = 0;

/** A question to begin with. */
export function newQuestion(field: string, label: string): EditedQuestion {
  added += 1;
  const kind = USUAL.find((one) => one.field === field)?.kind ?? "text";
  return { id: `added-${added}`, field, label, kind, isRequired: false, choices: [] };
}
