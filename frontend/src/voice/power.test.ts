import { expect, test, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });

const rules = await import("./power");

test("the next lead is dialled after three seconds, only while power dialling is on", () => {
  const on = { ...rules.OFF, isOn: true };
  expect(rules.arrived(rules.OFF, "lead", 0)).toEqual(rules.OFF);
  const counting = rules.arrived(on, "lead", 1_000);
  expect(rules.remaining(counting, 1_000)).toBe(3_000);
  expect(rules.remaining(counting, 3_500)).toBe(500);
  expect(rules.remaining(counting, 9_000)).toBe(0);
});

test("waiting stops the clock where it stands, going on takes it up there", () => {
  const counting = rules.arrived({ ...rules.OFF, isOn: true }, "lead", 0);
  const waiting = rules.paused(counting, 1_000);
  expect(rules.remaining(waiting, 60_000)).toBe(2_000);
  expect(rules.paused(waiting, 70_000)).toEqual(waiting);
  const again = rules.resumed(waiting, 60_000);
  expect(rules.remaining(again, 61_500)).toBe(500);
});

test("what was dialled is not dialled again", () => {
  const done = rules.settled(rules.arrived({ ...rules.OFF, isOn: true }, "lead", 0));
  expect(done.leadId).toBeNull();
  expect(rules.resumed(done, 1)).toEqual(done);
});

test("what may be dialled a while later is counted down to then", () => {
  const later = rules.arrived({ ...rules.OFF, isOn: true }, "lead", 0, 40_000);
  expect(rules.remaining(later, 1_000)).toBe(39_000);
});
