import { expect, test } from "vitest";
import { type Facts, NOTHING_KNOWN, reasonOfState, stateOf } from "./state";

const ready: Facts = {
  ...NOTHING_KNOWN,
  isWanted: true,
  microphone: "open",
  link: "open",
  telephone: { state: "ready", reason: null },
  isConnected: true,
};

test("a phone is ready when the microphone is open, the server is there and sound flows", () => {
  expect(stateOf(ready)).toBe("ready");
  expect(stateOf({ ...ready, isConnected: false })).toBe("connecting");
  expect(stateOf({ ...ready, telephone: null, isConnected: false })).toBe("connecting");
});

test("until it is switched on, and the microphone asked for by a deed, it is off", () => {
  expect(stateOf(NOTHING_KNOWN)).toBe("off");
  expect(stateOf({ ...ready, microphone: "unasked" })).toBe("off");
  expect(stateOf({ ...ready, isWanted: false })).toBe("off");
});

test.each(["denied", "none", "busy", "insecure", "asking"] as const)("the microphone: %s", (microphone) => {
  expect(stateOf({ ...ready, microphone })).toBe(microphone);
});

test("what is lost is told from the nearest on: window, link, telephone, engine", () => {
  expect(stateOf({ ...ready, isTakenOver: true, link: "lost" })).toBe("taken_over");
  expect(stateOf({ ...ready, link: "lost", telephone: { state: "off", reason: "x" } })).toBe("lost");
  expect(stateOf({ ...ready, engine: { isLost: true, reason: "Janus ended" } })).toBe("engine_lost");
});

test("the server's own reason is shown", () => {
  const off = { ...ready, telephone: { state: "off", reason: "Install Janus." } };
  expect([stateOf(off), reasonOfState(off)]).toEqual(["telephone_off", "Install Janus."]);
  const lost = { ...ready, engine: { isLost: true, reason: "Janus ended" } };
  expect(reasonOfState(lost)).toBe("Janus ended");
  expect(reasonOfState(ready)).toBeNull();
});

test("where sound cannot be connected the server's words are shown until it flows", () => {
  const refused = { ...ready, isConnected: false, problem: "The media engine is being started again." };
  expect([stateOf(refused), reasonOfState(refused)]).toEqual(["refused", refused.problem]);
  expect(stateOf({ ...refused, isConnected: true })).toBe("ready");
});
