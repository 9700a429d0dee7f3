import { expect, test } from "vitest";
import { blank, fromTemplate, isBlank, isComplete, isWritten, type MailDraft, read } from "./draft";

const said = {
  template_id: "t",
  variant_id: "v",
  variant_name: "A",
  subject: "Hello",
  text: "Hello Ada,",
  missing: ["person.city"],
  fault: null,
};

test("a draft is read as it was kept, and what cannot be understood is a blank one", () => {
  const draft: MailDraft = { ...blank("1"), subject: "x", files: [{ id: "f", name: "a.pdf", size: 3 }] };
  expect(read(JSON.stringify(draft), "2")).toEqual(draft);
  expect(read("", "2")).toEqual(blank("2"));
  expect(read("{", "2")).toEqual(blank("2"));
});

test("what a template says is written by nobody until it is changed", () => {
  const draft = { ...blank("1"), ...fromTemplate(said) };
  expect(isWritten(draft)).toBe(false);
  expect(isBlank(draft)).toBe(false);
  expect(isWritten({ ...draft, text: "Hello Ada, you" })).toBe(true);
  expect(draft.made?.missing).toEqual(["person.city"]);
});

test("a mail has a subject and a text", () => {
  expect(isComplete({ ...blank("1"), subject: "x", text: " " })).toBe(false);
  expect(isComplete({ ...blank("1"), subject: "x", text: "y" })).toBe(true);
  expect(isBlank(blank("1"))).toBe(true);
});
