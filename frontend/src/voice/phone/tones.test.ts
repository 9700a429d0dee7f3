import { expect, test } from "vitest";
import { aCall, aLeg, ME } from "./a_call";
import { spansOf, TONES, toneOf } from "./tones";

test("ringback is two seconds of every six", () => {
  expect(spansOf(TONES.ringback, 13)).toEqual([
    [0, 2],
    [6, 8],
    [12, 14],
  ]);
});

test("a call to us rings twice, then pauses", () => {
  const spans = spansOf(TONES.ring, 3.5).map((span) => span.map((one) => Math.round(one * 10) / 10));
  expect(spans).toEqual([
    [0, 0.4],
    [0.6, 1],
    [3, 3.4],
  ]);
});

test("ringback sounds while their phone rings, unless the network plays its own", () => {
  const ringing = aCall({ status: "ringing", answered_at: null });
  expect(toneOf(ringing, ME)).toBe("ringback");
  expect(toneOf({ ...ringing, has_early_media: true }, ME)).toBeNull();
  expect(toneOf({ ...ringing, status: "dialing" }, ME)).toBeNull();
  expect(toneOf({ ...ringing, status: "talking" }, ME)).toBeNull();
});

test("who is rung hears the ring, who is in another's call or in none nothing", () => {
  const rung = aLeg({ id: "rung", part: "colleague", state: "ringing" });
  expect(toneOf(aCall({ direction: "inbound", status: "ringing", legs: [rung] }), ME)).toBe("ring");
  expect(toneOf(aCall({ legs: [rung] }), ME)).toBe("ring");
  expect(toneOf(aCall({ status: "ringing" }), "somebody else")).toBeNull();
  expect(toneOf(null, ME)).toBeNull();
});
