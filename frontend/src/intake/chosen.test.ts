import { expect, test } from "vitest";
import { chosenOf, mapped, queryOf } from "./chosen";

const FILE = new File(["email\nada@engines.example\n"], "people.csv");

test("a field that is given to one column is let go by another", () => {
  const first = mapped({}, "Mail", "email");
  expect(mapped(first, "Work mail", "email")).toEqual({ "Work mail": "email" });
});

test("any number of columns are kept as attributes or left out", () => {
  const both = mapped(mapped({}, "A", "attribute"), "B", "attribute");
  expect(mapped(mapped(both, "C", "ignore"), "D", "ignore")).toEqual({
    A: "attribute",
    B: "attribute",
    C: "ignore",
    D: "ignore",
  });
});

test("only what was said is asked of the server", () => {
  const chosen = chosenOf(FILE, "1");
  expect(queryOf(chosen)).toEqual({ file_name: "people.csv" });
  const told = {
    ...chosen,
    mapping: { "a=b": "title" as const },
    dayFirst: false,
    region: "DE",
    areaCode: " 303 ",
  };
  expect(queryOf(told)).toEqual({
    file_name: "people.csv",
    map: ["a=b=title"],
    region: "DE",
    day_first: false,
    area_code: "303",
  });
});

test("of a very long name the end is kept, which says what kind of file it is", () => {
  const { file_name: name } = queryOf(chosenOf(new File(["x"], `${"n".repeat(300)}.xlsx`), "1"));
  expect(name).toHaveLength(200);
  expect(name.endsWith(".xlsx")).toBe(true);
});
