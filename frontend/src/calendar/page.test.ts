import { expect, test } from "vitest";
import { draftOf, pageOf, slugOf } from "./page";

test("an address is made of a title", () => {
  expect(slugOf("  Media hora con Adá & Co. ")).toBe("media-hora-con-ada-co");
  expect(slugOf("¿?")).toBe("");
});

test("hours are sent as minutes", () => {
  const sent = pageOf({ ...draftOf(null), notice_hours: 1.5, reminders: "24; 1, 0.5" });
  expect(sent.notice_minutes).toBe(90);
  expect(sent.reminder_minutes).toEqual([1440, 60, 30]);
});
