import { expect, test } from "vitest";
import { levelOf } from "./sound";

test("levels go by decibels, so that quiet speech is seen as well", () => {
  const sine = (level: number) => Float32Array.from({ length: 1024 }, (_, place) => level * Math.sin(place / 5));
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(sine(0.0001))).toBe(0);
  expect(levelOf(sine(0.01))).toBeGreaterThan(0.2);
  expect(levelOf(sine(0.1))).toBeGreaterThan(levelOf(sine(0.01)));
  expect(levelOf(sine(1))).toBeGreaterThan(0.9);
});
