// Criteria as the builder holds them while they are written: read from an edition, written back to it, and merged with
// what somebody else saved meanwhile. Whether they can be meant is the server's to say.

import type { WrongField } from "~/api/client";
import type { AgreementIn, CriteriaOut, QuestionIn, QuestionKind, QuestionOut } from "~/api/schema";

export interface EditedAnswer {
  id: string;
  text: string;
  points: number | null;
  /** Qualifies out. */
  isOut: boolean;
}

/** A question with what belongs to every kind of answer, so that choosing another kind and back loses nothing. */
export interface EditedQuestion {
  id: string;
  key: string;
  text: string;
  kind: QuestionKind;
  choices: EditedAnswer[];
  yesNo: [EditedAnswer, EditedAnswer];
  /** For any answer: of numbers, dates and texts. */
  points: number | null;
  isRequired: boolean;
  atLeast: number | null;
  atMost: number | null;
  withinDays: number | null;
  hint: string;
}

export interface EditedCriteria {
  questions: EditedQuestion[];
  minimumPoints: number | null;
  framework: string;
  agreedWith: string;
}

const ANSWERED = "answered";

function newId(): string {
  return crypto.randomUUID();
}

export function newAnswer(text = ""): EditedAnswer {
  return { id: newId(), text, points: null, isOut: false };
}

export function newQuestion(kind: QuestionKind = "choice"): EditedQuestion {
  return {
    id: newId(),
    key: "",
    text: "",
    kind,
    choices: [newAnswer(), newAnswer()],
    yesNo: [newAnswer("yes"), newAnswer("no")],
    points: null,
    isRequired: true,
    atLeast: null,
    atMost: null,
    withinDays: null,
    hint: "",
  };
}

function readAnswer(question: QuestionOut, text: string): EditedAnswer {
  return {
    id: newId(),
    text,
    points: question.points[text] ?? null,
    isOut: question.disqualifying.includes(text),
  };
}

export function readQuestion(question: QuestionOut): EditedQuestion {
  const isChoice = question.kind === "choice";
  return {
    ...newQuestion(question.kind),
    key: question.key,
    text: question.text,
    choices: isChoice ? question.choices.map((one) => readAnswer(question, one)) : [newAnswer(), newAnswer()],
    yesNo: [readAnswer(question, "yes"), readAnswer(question, "no")],
    points: question.points[ANSWERED] ?? null,
    isRequired: question.is_required,
    atLeast: question.at_least,
    atMost: question.at_most,
    withinDays: question.within_days,
    hint: question.hint,
  };
}

export function readCriteria(criteria: CriteriaOut): EditedCriteria {
  return {
    questions: criteria.questions.map(readQuestion),
    minimumPoints: criteria.minimum_points,
    framework: criteria.framework,
    agreedWith: criteria.agreed_with,
  };
}

/** A key made of a question's text, such as no other question has: `what_is_the_budget`. */
function keyOf(question: EditedQuestion, taken: ReadonlySet<string>): string {
  if (question.key.trim()) return question.key.trim();
  const words = question.text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  const stem = words.slice(0, 40).replace(/_+$/, "") || "question";
  let key = stem;
  for (let n = 2; taken.has(key); n += 1) key = `${stem}_${n}`;
  return key;
}

function writeQuestion(question: EditedQuestion, key: string): QuestionIn {
  const { kind } = question;
  const answers = kind === "choice" ? question.choices : kind === "yes_no" ? question.yesNo : [];
  const earned = answers.map((one) => [one.text.trim(), one.points] as const);
  const points = answers.length > 0 ? earned : [[ANSWERED, question.points] as const];
  const isNumber = kind === "number";
  return {
    key,
    text: question.text.trim(),
    kind,
    choices: kind === "choice" ? question.choices.map((one) => one.text.trim()) : [],
    is_required: question.isRequired,
    disqualifying: answers.filter((one) => one.isOut).map((one) => one.text.trim()),
    at_least: isNumber ? question.atLeast : null,
    at_most: isNumber ? question.atMost : null,
    within_days: kind === "date" ? question.withinDays : null,
    points: Object.fromEntries(points.flatMap(([answer, worth]) => (worth === null ? [] : [[answer, worth]]))),
    hint: question.hint.trim(),
  };
}

/** The keys of the questions, in their order: those they have, and for new ones such as are free. */
export function keysOf(questions: readonly EditedQuestion[]): string[] {
  const taken = new Set(questions.map((one) => one.key.trim()).filter(Boolean));
  return questions.map((one) => {
    const key = keyOf(one, taken);
    taken.add(key);
    return key;
  });
}

export function writeCriteria(edited: EditedCriteria): AgreementIn {
  const keys = keysOf(edited.questions);
  return {
    questions: edited.questions.map((one, n) => writeQuestion(one, keys[n] ?? "")),
    minimum_points: edited.minimumPoints ?? 0,
    framework: edited.framework,
    agreed_with: edited.agreedWith.trim(),
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether both come to the same criteria. */
export function isSame(one: EditedCriteria, other: EditedCriteria): boolean {
  return same(writeCriteria(one), writeCriteria(other));
}

/** What both changed and is kept as typed here: keys of questions, and `minimum_points`. */
export interface Merged {
  criteria: EditedCriteria;
  both: string[];
}

/**
 * What is typed here brought together with what was saved elsewhere since `base`: whoever alone changed a question has
 * it their way; where both did, what is typed here stays. The order is the one here; new ones from elsewhere come last.
 */
export function merge(base: CriteriaOut, mine: EditedCriteria, theirs: CriteriaOut): Merged {
  const [before, after] = [base, theirs].map((one) => new Map(one.questions.map((q) => [q.key, q])));
  const keys = keysOf(mine.questions);
  const written = writeCriteria(mine).questions;
  const both: string[] = [];
  const written_before = new Map(writeCriteria(readCriteria(base)).questions.map((one) => [one.key, one]));

  const questions = mine.questions.flatMap((one, n): EditedQuestion[] => {
    const key = keys[n] ?? "";
    const was = before?.get(key);
    const now = after?.get(key);
    const isMineChanged = !same(written[n], written_before.get(key));
    if (same(was, now)) return [one];
    if (!isMineChanged) return now ? [{ ...readQuestion(now), id: one.id }] : [];
    both.push(key);
    return [one];
  });
  for (const [key, now] of after ?? []) {
    if (!before?.has(key) && !keys.includes(key)) questions.push(readQuestion(now));
  }
  const isMinimumTheirs = mine.minimumPoints === base.minimum_points;
  if (!isMinimumTheirs && base.minimum_points !== theirs.minimum_points) both.push("minimum_points");
  return {
    criteria: {
      questions,
      minimumPoints: isMinimumTheirs ? theirs.minimum_points : mine.minimumPoints,
      framework: mine.framework === base.framework ? theirs.framework : mine.framework,
      agreedWith: mine.agreedWith === base.agreed_with ? theirs.agreed_with : mine.agreedWith,
    },
    both,
  };
}

const AT = /^questions(?:\[(\d+)\]|\.([^.[]+))/;

/** What the server finds wrong with which question, by its id. */
export function faultsByQuestion(
  fields: readonly WrongField[],
  questions: readonly EditedQuestion[],
): Map<string, string[]> {
  const keys = keysOf(questions);
  const faults = new Map<string, string[]>();
  for (const { field, reason } of fields) {
    const [, place, key] = AT.exec(field) ?? [];
    const found = place === undefined ? questions[keys.indexOf(key ?? "")] : questions[Number(place)];
    if (found) faults.set(found.id, [...(faults.get(found.id) ?? []), reason]);
  }
  return faults;
}
