import { expect, test } from "vitest";
import { sizeOf } from "./size";

test("a size is told in the largest unit of which there is one", () => {
  expect([512, 1536, 268_435_456, 3 * 2 ** 40].map(sizeOf)).toEqual(["0.5 kB", "1.5 kB", "256 MB", "3,072 GB"]);
});
