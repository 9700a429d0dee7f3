import { expect, test } from "vitest";
import {
  faultsByPart,
  isGroup,
  newComparison,
  type Places,
  readCondition,
  replaced,
  writeCondition,
} from "./draft";

const CONDITIONS = [
  {},
  { field: "country", in: ["DE", "AT"] },
  { not: { field: "is_free_mail", is: true } },
  {
    all: [
      { field: "employees", at_least: 200 },
      { field: "attributes.plan", is: "Enterprise" },
    ],
  },
  {
    any: [
      { field: "title", has_word: ["ceo"] },
      {
        not: {
          all: [
            { field: "score", at_most: 5 },
            { field: "industry", is_known: true },
          ],
        },
      },
    ],
  },
  {
    not: {
      any: [
        { field: "city", is: "Oslo" },
        { field: "city", is: "Bergen" },
      ],
    },
  },
];

test.each(CONDITIONS)("a condition is written as it was read: %j", (condition) => {
  expect(writeCondition(readCondition(condition))).toEqual(condition);
});

test("a fault is shown at the innermost part that it is in", () => {
  const group = readCondition({
    all: [{ field: "country", in: [] }, { any: [{ field: "mood", is: "good" }, {}] }],
  });
  const places: Places = new Map();
  writeCondition(group, "rules[2].when", places);
  const faults = faultsByPart(
    [
      { field: "rules[2].when.all[0].in", reason: "must be a list" },
      { field: "rules[2].when.all[1].any[0].field", reason: "is no field" },
      { field: "rules[1].when", reason: "is another rule's" },
    ],
    places,
  );
  const [first, second] = group.parts;
  const inner = second && isGroup(second) ? second.parts[0] : undefined;
  expect(faults).toEqual(
    new Map([
      [first?.id, "must be a list"],
      [inner?.id, "is no field"],
    ]),
  );
});

test("a group that is left empty goes with its last part; nothing left always holds", () => {
  const group = readCondition({ any: [{ field: "city", is: "Oslo" }, { not: { field: "score", at_least: 3 } }] });
  const [first, second] = group.parts;
  const inner = second && isGroup(second) ? second.parts[0] : undefined;
  const once = replaced(group, inner?.id ?? "", null);
  expect(writeCondition(once)).toEqual({ field: "city", is: "Oslo" });
  expect(writeCondition(replaced(once, first?.id ?? "", null))).toEqual({});
  const other = { ...newComparison("source", "contains"), value: "fair" };
  expect(writeCondition(replaced(once, first?.id ?? "", other))).toEqual({ field: "source", contains: "fair" });
});
