import { expect, test } from "vitest";
import type { CriteriaOut, QuestionOut } from "~/api/schema";
import { faultsByQuestion, isSame, keysOf, merge, newQuestion, readCriteria, writeCriteria } from "./draft";

function question(key: string, told: Partial<QuestionOut> = {}): QuestionOut {
  return {
    key,
    text: `What about ${key}?`,
    kind: "yes_no",
    choices: [],
    is_required: true,
    disqualifying: [],
    at_least: null,
    at_most: null,
    within_days: null,
    points: {},
    hint: "",
    ...told,
  };
}

function criteria(questions: QuestionOut[], told: Partial<CriteriaOut> = {}): CriteriaOut {
  return {
    id: "1",
    name: "Ours",
    edition: 1,
    framework: "own",
    status: "draft",
    agreed_with: "",
    questions,
    minimum_points: 0,
    created_at: "2026-03-02T09:00:00Z",
    published_at: null,
    version: 1,
    ...told,
  };
}

const EVERY_KIND = criteria(
  [
    question("fit", { disqualifying: ["no"], points: { yes: 10 } }),
    question("budget", {
      kind: "choice",
      choices: ["planned", "none"],
      disqualifying: ["none"],
      points: { planned: 5 },
    }),
    question("seats", { kind: "number", at_least: 10, at_most: 500, points: { answered: 3 } }),
    question("when", { kind: "date", within_days: 180, is_required: false }),
    question("pain", { kind: "text", hint: "What hurts?" }),
  ],
  { minimum_points: 12, agreed_with: "Sales" },
);

test("criteria are written as they were read", () => {
  const { questions, minimum_points, framework, agreed_with } = EVERY_KIND;
  expect(writeCriteria(readCriteria(EVERY_KIND))).toEqual({ questions, minimum_points, framework, agreed_with });
});

test("choosing another kind and back loses nothing", () => {
  const edited = readCriteria(EVERY_KIND);
  const [, budget] = edited.questions;
  if (budget) budget.kind = "text";
  expect(writeCriteria(edited).questions[1]?.choices).toEqual([]);
  if (budget) budget.kind = "choice";
  expect(isSame(edited, readCriteria(EVERY_KIND))).toBe(true);
});

test("new questions get a key of their text that no other has", () => {
  const texts = ["¿Cuál es el presupuesto?", "2 words", "2 words", "???", "fit"];
  const questions = texts.map((text) => ({ ...newQuestion(), text }));
  expect(keysOf([...readCriteria(EVERY_KIND).questions.slice(0, 1), ...questions])).toEqual([
    "fit",
    "cua_l_es_el_presupuesto",
    "words",
    "words_2",
    "question",
    "fit_2",
  ]);
});

test("merging keeps what either changed, and what is typed here where both did", () => {
  const base = criteria([question("a"), question("b"), question("c"), question("d")]);
  const mine = readCriteria(base);
  const [a, b] = mine.questions;
  if (a) a.text = "mine";
  if (b) b.text = "mine too";
  const theirs = criteria(
    [question("a"), question("b", { text: "theirs" }), question("c", { text: "theirs" }), question("e")],
    { minimum_points: 5, version: 2 },
  );
  const { criteria: merged, both } = merge(base, mine, theirs);
  expect(merged.questions.map((one) => [one.key, one.text])).toEqual([
    ["a", "mine"],
    ["b", "mine too"],
    ["c", "theirs"],
    ["e", "What about e?"],
  ]);
  expect(merged.minimumPoints).toBe(5);
  expect(both).toEqual(["b"]);
});

test("faults are shown at their question, named by place or by key", () => {
  const { questions } = readCriteria(EVERY_KIND);
  const faults = faultsByQuestion(
    [
      { field: "questions[1].text", reason: "too short" },
      { field: "questions.seats", reason: "has at_least above at_most" },
      { field: "minimum_points", reason: "too many" },
    ],
    questions,
  );
  expect(faults).toEqual(
    new Map([
      [questions[1]?.id, ["too short"]],
      [questions[2]?.id, ["has at_least above at_most"]],
    ]),
  );
});
