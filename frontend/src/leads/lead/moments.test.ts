import { describe, expect, test } from "vitest";
import { inZone, laterThan } from "./moments";

describe("a wall-clock time in a zone", () => {
  test("is the moment at which clocks there show it", () => {
    expect(inZone(2026, 3, 2, 9, 0, "America/Denver").toISOString()).toBe("2026-03-02T16:00:00.000Z");
    expect(inZone(2026, 7, 1, 9, 30, "Europe/Berlin").toISOString()).toBe("2026-07-01T07:30:00.000Z");
    expect(inZone(2026, 1, 1, 0, 0, "Pacific/Auckland").toISOString()).toBe("2025-12-31T11:00:00.000Z");
  });

  test("on the day that clocks change is right before and after it", () => {
    expect(inZone(2026, 3, 8, 1, 30, "America/New_York").toISOString()).toBe("2026-03-08T06:30:00.000Z");
    expect(inZone(2026, 3, 8, 3, 30, "America/New_York").toISOString()).toBe("2026-03-08T07:30:00.000Z");
  });

  test("that a clock change leaves out is still some moment of that night", () => {
    const at = inZone(2026, 3, 8, 2, 30, "America/New_York").toISOString();
    expect(["2026-03-08T06:30:00.000Z", "2026-03-08T07:30:00.000Z"]).toContain(at);
  });
});

describe("later", () => {
  const zone = "America/Denver";

  test("tomorrow on a Friday is Monday morning where the person is", () => {
    const friday = new Date("2026-03-06T18:00:00Z");
    const tomorrow = laterThan(friday, zone).find((one) => one.id === "tomorrow");
    expect(tomorrow?.at.toISOString()).toBe("2026-03-09T15:00:00.000Z");
  });

  test("next week on a Monday is the Monday after it", () => {
    const monday = new Date("2026-03-02T18:00:00Z");
    const next = laterThan(monday, zone).find((one) => one.id === "next_week");
    expect(next?.at.toISOString()).toBe("2026-03-09T15:00:00.000Z");
  });

  test("is always in the future, and the mornings are nine o'clock on working days there", () => {
    for (let hour = 0; hour < 24 * 14; hour += 5) {
      const now = new Date(Date.UTC(2026, 2, 1, hour));
      for (const { id, at } of laterThan(now, zone)) {
        expect(at.getTime()).toBeGreaterThan(now.getTime());
        if (id.startsWith("in_one") || id.startsWith("in_four")) continue;
        const shown = new Intl.DateTimeFormat("en-US", {
          timeZone: zone,
          weekday: "short",
          hour: "numeric",
        }).format(at);
        expect(shown).toMatch(/^(Mon|Tue|Wed|Thu|Fri) 9 AM$|^(Mon|Tue|Wed|Thu|Fri),? 9 AM$/);
      }
    }
  });
});
