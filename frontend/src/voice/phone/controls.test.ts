import { expect, test } from "vitest";
import { aCall, aLeg, ME } from "./a_call";
import { controlsOf, digitsOf, healthOf, isIn, othersOf, secondsOf, skewOf, standingOf } from "./controls";

const person = aLeg({ id: "person", part: "person", kind: "phone", user_id: null });
const amy = aLeg({ id: "amy", part: "colleague", user_id: "amy", name: "Amy" });

test("what the server does not let one do is not offered, and nothing else is left out", () => {
  const all = ["mute", "hang-up", "hold", "resume", "bring", "drop", "leave", "press", "record", "leave-message"];
  expect(controlsOf(aCall({ may: all }), ME).map((one) => one.command)).toEqual([
    "mute",
    "hold",
    "resume",
    "press",
    "bring",
    "leave",
    "drop",
    "record",
    "leave-message",
    "hang-up",
  ]);
  expect(controlsOf(aCall({ may: ["mute", "hang-up"] }), ME).map((one) => one.command)).toEqual([
    "mute",
    "hang-up",
  ]);
  expect(controlsOf(aCall({ may: [] }), ME)).toEqual([]);
});

test("no two controls share a key, and none is a digit, as those say how a call ended", () => {
  const all = ["mute", "hang-up", "hold", "resume", "bring", "drop", "leave", "press", "record", "leave-message"];
  const keys = controlsOf(aCall({ may: all }), ME).map((one) => one.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.some((one) => /^[0-9]$/.test(one))).toBe(false);
});

test("the words say what the key does next", () => {
  const words = (call: ReturnType<typeof aCall>) => controlsOf(call, ME).map((one) => one.words);
  expect(words(aCall({ may: ["mute"] }))).toEqual(["mute"]);
  expect(words(aCall({ may: ["mute"], legs: [aLeg({ is_muted: true }), person] }))).toEqual(["unmute"]);
  expect(words(aCall({ may: ["record"], recording: "on" }))).toEqual(["pause"]);
  expect(words(aCall({ may: ["record"], recording: "paused" }))).toEqual(["record"]);
  expect(words(aCall({ may: ["resume"], is_held: true }))).toEqual(["resume"]);
  expect(words(aCall({ may: ["resume"], is_held: true, legs: [aLeg(), person, amy] }))).toEqual(["join"]);
});

test("how a call stands is told in a word", () => {
  expect(standingOf(aCall({ status: "dialing" }), ME)).toBe("dialing");
  expect(standingOf(aCall(), ME)).toBe("talking");
  expect(standingOf(aCall({ is_held: true }), ME)).toBe("held");
  const ringing = { ...amy, state: "ringing" };
  expect(standingOf(aCall({ legs: [aLeg(), person, ringing] }), ME)).toBe("bringing");
  expect(standingOf(aCall({ is_held: true, legs: [aLeg(), person, amy] }), ME)).toBe("consulting");
  expect(standingOf(aCall({ legs: [aLeg(), person, amy] }), ME)).toBe("together");
  expect(standingOf(aCall({ legs: [aLeg(), person, ringing] }), "amy")).toBe("brought");
  expect(standingOf(aCall({ legs: [{ ...aLeg(), is_away: true }, person] }), ME)).toBe("away");
});

test("a call that one left is over for oneself", () => {
  expect(isIn(aCall({ legs: [person, amy] }), ME)).toBe(false);
  expect(isIn(aCall({ status: "ended" }), ME)).toBe(false);
  expect(isIn(aCall(), ME)).toBe(true);
});

test("time is counted from the answer by the server's clock, however wrong ours is", () => {
  const call = aCall();
  const heardAt = new Date("2031-01-01T00:00:00Z").getTime();
  const skew = skewOf(call, heardAt);
  expect(secondsOf(call, skew, heardAt)).toBe(10);
  expect(secondsOf(call, skew, heardAt + 5000)).toBe(15);
  expect(secondsOf(aCall({ answered_at: null }), skew, heardAt)).toBe(20);
});

test("one side that is not heard is told before anything else", () => {
  const quality = { loss: 0, jitter: 2, mos: 4.2, is_one_way: false };
  expect(healthOf(aCall())).toBeNull();
  expect(healthOf(aCall({ quality }))).toBe("good");
  expect(healthOf(aCall({ quality: { ...quality, mos: 3.4 } }))).toBe("fair");
  expect(healthOf(aCall({ quality: { ...quality, mos: 2 } }))).toBe("bad");
  expect(healthOf(aCall({ quality: { ...quality, is_one_way: true } }))).toBe("one_way");
});

test("only what a telephone has is pressed", () => {
  expect(digitsOf("1a2*#+ 3")).toBe("12*#3");
});

test("a colleague who is called by extension talks with the caller, and nobody else is there", () => {
  const caller = aLeg({ id: "owner", user_id: "caller" });
  const call = aCall({ is_internal: true, legs: [caller, aLeg({ id: "person", part: "person" })] });
  expect(othersOf(call, ME)).toEqual([]);
  expect(standingOf(call, ME)).toBe("talking");
});
