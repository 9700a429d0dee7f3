import { expect, test } from "vitest";
import { cellsOf, gistOf, namesOf } from "./cells";

test("cells that are empty are left out, others are shown as they were sent", () => {
  expect(cellsOf('{"Mail": "ada@engines.example", "City": " ", "size": 12}')).toEqual([
    ["Mail", "ada@engines.example"],
    ["size", "12"],
  ]);
});

test("what is no object of cells is shown as it stands", () => {
  expect(cellsOf("no JSON")).toBeNull();
  expect(cellsOf("[1, 2]")).toBeNull();
});

test("a row is told by its first values, however deep they lie", () => {
  expect(gistOf('{"lead": {"mail": "ada@engines.example", "city": ""}, "size": 12, "a": "b", "c": "d"}')).toBe(
    "ada@engines.example · 12 · b",
  );
  expect(gistOf("no JSON")).toBe("");
});

test("fields of a message are named by the way to them", () => {
  expect(namesOf('{"lead": {"mail": "x", "at": {"city": "y"}}, "tags": ["a"], "plan": null}')).toEqual([
    "lead.mail",
    "lead.at.city",
    "tags",
    "plan",
  ]);
  expect(namesOf("no JSON")).toEqual([]);
});
