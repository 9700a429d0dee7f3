import { describe, expect, test } from "vitest";
import { merged } from "./useEdit";

describe("merging what was typed over what somebody else saved", () => {
  const base = { name: "Acme", city: "Denver", phone: "" };

  test("what was not touched follows the present record", () => {
    const { values, theirs } = merged(base, { ...base, city: "Boulder" }, { ...base, name: "Acme Inc" });
    expect(values).toEqual({ name: "Acme Inc", city: "Boulder", phone: "" });
    expect(theirs).toEqual({});
  });

  test("what both changed stays as typed, and theirs is told", () => {
    const { values, theirs } = merged(base, { ...base, city: "Boulder" }, { ...base, city: "Aurora" });
    expect(values.city).toBe("Boulder");
    expect(theirs).toEqual({ city: "Aurora" });
  });

  test("what both changed alike is no conflict", () => {
    expect(merged(base, { ...base, city: "Aurora" }, { ...base, city: "Aurora" }).theirs).toEqual({});
  });
});
