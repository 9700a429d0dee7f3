// The phone of this window: microphone, link and connection, kept up for as long as one works, whichever screen is
// shown; and the call one is in, as the server tells it.
//
// The microphone is asked for by a user's deed alone. Where the phone was switched on before and the browser grants it
// without asking, it is connected by itself.

import i18next from "i18next";
import { tellProblem } from "~/kit/notices";
import { createStore, useStore } from "~/kit/store";
import { readAgain } from "~/api/query";
import type { CallNow } from "~/api/schema";
import { waitOf } from "./backoff";
import { type Connection, connect } from "./connection";
import { isIn, skewOf } from "./controls";
import { isGranted, isPossible, MicrophoneProblem, openMicrophone } from "./microphone";
import { openSocket, type PhoneSocket, type Told } from "./socket";
import { playStream, soundTone } from "./sound";
import { type Facts, NOTHING_KNOWN, type PhoneState, stateOf } from "./state";
import { type ToneName, toneOf } from "./tones";

const WANTED = "offhook.phone";
/** After sound was told lost: a new connection may be coming up already. */
const SETTLE_MS = 2_000;

export interface Phone extends Facts {
  /** The call that one is in or is rung by. */
  call: CallNow | null;
  /** How far the server's clock is ahead. */
  skewMs: number;
  /** The call that one was in last. */
  ended: CallNow | null;
  /** Keys that the other side pressed in this call. */
  pressed: string;
}

const store = createStore<Phone>({
  ...NOTHING_KNOWN,
  call: null,
  skewMs: 0,
  ended: null,
  pressed: "",
});

let userId = "";
let onSignedOut: () => void = () => undefined;
let socket: PhoneSocket | undefined;
let connection: Connection | undefined;
let microphone: MediaStream | undefined;
let remote: MediaStream | undefined;
let failures = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let toldCallSinceOpen = false;
let tone: { name: ToneName; stop: () => void } | undefined;

export function usePhone(): Phone {
  return useStore(store);
}

export function phone(): Phone {
  return store.get();
}

/** The sound of both sides, for meters. */
export function streams(): { microphone: MediaStream | undefined; remote: MediaStream | undefined } {
  return { microphone, remote };
}

/** Be this user's phone while the workbench is open; the returned function ends that. */
export function startPhone(user: string, signedOut: () => void): () => void {
  userId = user;
  onSignedOut = signedOut;
  store.set({ isWanted: localStorage.getItem(WANTED) === "on" });
  if (!isPossible()) store.set({ microphone: store.get().isWanted ? "insecure" : "unasked" });
  else if (store.get().isWanted) void connectIfGranted();
  return () => {
    hangUpPhone();
    store.set({ ...NOTHING_KNOWN, call: null, ended: null, pressed: "" });
  };
}

async function connectIfGranted(): Promise<void> {
  if (await isGranted()) await connectPhone();
}

/** Switch the phone on, by the user's deed: asks for the microphone where the browser wants to. */
export async function connectPhone(): Promise<void> {
  localStorage.setItem(WANTED, "on");
  store.set({ isWanted: true, isTakenOver: false, problem: null });
  if (store.get().microphone === "asking") return;
  if (!microphone?.active) {
    store.set({ microphone: "asking" });
    try {
      microphone = await openMicrophone();
    } catch (error) {
      if (!(error instanceof MicrophoneProblem)) throw error;
      store.set({ microphone: error.reason });
      return;
    }
    for (const track of microphone.getTracks()) track.onended = microphoneLost;
  }
  store.set({ microphone: "open" });
  open();
}

/** Switch it off in this browser. */
export function disconnectPhone(): void {
  localStorage.setItem(WANTED, "off");
  hangUpPhone();
  store.set({ ...NOTHING_KNOWN, call: null });
}

/** Speak by the microphone that is chosen now. */
export async function changeMicrophone(): Promise<void> {
  if (!microphone) return;
  const before = microphone;
  microphone = await openMicrophone();
  for (const track of microphone.getTracks()) track.onended = microphoneLost;
  await connection?.replace(microphone);
  for (const track of before.getTracks()) track.stop();
}

/** Unplugged, or taken away in the browser's settings. */
function microphoneLost(): void {
  closeConnection();
  microphone = undefined;
  store.set({ microphone: "none" });
}

function hangUpPhone(): void {
  closeConnection();
  socket?.close();
  socket = undefined;
  for (const track of microphone?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
  microphone = undefined;
  setTone(null);
}

function open(): void {
  if (socket) {
    connectSound();
    return;
  }
  store.set({ link: "connecting" });
  socket = openSocket({
    opened: () => {
      toldCallSinceOpen = false;
      store.set({ link: "open", telephone: null });
    },
    told: hear,
    lost: () => {
      closeConnection();
      store.set({ link: "lost" });
    },
    signedOut: () => {
      hangUpPhone();
      onSignedOut();
    },
  });
}

function hear(message: Told): void {
  if (message.type === "telephone") hearTelephone(message.state, message.reason);
  else if (message.type === "answer") void connection?.answered(message.sdp).catch(tryAgain);
  else if (message.type === "candidate") void connection?.candidate(message.candidate);
  else if (message.type === "media") hearMedia(message.is_connected);
  else if (message.type === "call") hearCall(message.call);
  else if (message.type === "digit") store.set({ pressed: store.get().pressed + message.digit });
  else if (message.type === "engine") hearEngine(message.state === "lost", message.reason ?? null);
  else if (message.type === "problem") hearProblem(message.detail);
  else if (message.type === "taken_over") {
    hangUpPhone();
    store.set({ isTakenOver: true, link: "closed", call: null });
  }
}

function hearProblem(detail: string): void {
  if (store.get().isConnected) return; // what it was about has passed
  store.set({ problem: detail });
  tryAgain();
}

function hearTelephone(state: string, reason: string | null): void {
  store.set({ telephone: { state, reason } });
  if (state !== "ready") {
    closeConnection();
    store.set({ call: null });
    return;
  }
  if (!toldCallSinceOpen) setCall(null); // it ended while the link was lost
  store.set({ engine: { isLost: false, reason: null } });
  connectSound();
}

function hearMedia(isConnected: boolean): void {
  store.set({ isConnected });
  clearTimeout(retry);
  if (isConnected) {
    failures = 0;
    store.set({ problem: null });
  } else retry = setTimeout(connectSound, SETTLE_MS);
}

function hearEngine(isLost: boolean, reason: string | null): void {
  store.set({ engine: { isLost, reason } });
  if (isLost) closeConnection();
  else connectSound();
}

function hearCall(call: CallNow | null): void {
  toldCallSinceOpen = true;
  const present = store.get().call;
  if (call && present?.id === call.id && new Date(call.now) < new Date(present.now)) return; // overtaken on its way
  if (call && isIn(call, userId)) {
    if (present?.id !== call.id) store.set({ pressed: "" });
    store.set({ skewMs: skewOf(call, Date.now()) });
    setCall(call);
  } else if (!call || present?.id === call.id) {
    if (call?.cause === "engine_lost") tellProblem(null, i18next.t("phone.cut_off"));
    store.set({ ended: call ?? present });
    setCall(null);
  }
}

/** Show a call as a command was answered. */
export function showCall(call: CallNow): void {
  hearCall(call);
}

function setCall(call: CallNow | null): void {
  const before = store.get().call;
  if (before && !call && store.get().ended?.id !== before.id) store.set({ ended: before });
  store.set({ call });
  setTone(toneOf(call, userId));
  if (before?.id !== call?.id) void readAgain(["/api/v1/calls", "/api/v1/telephone"]);
}

function setTone(wanted: ToneName | null): void {
  if (tone?.name === wanted) return;
  tone?.stop();
  tone = wanted ? { name: wanted, stop: soundTone(wanted) } : undefined;
}

/** Make the connection anew, whatever there was. */
function connectSound(): void {
  clearTimeout(retry);
  closeConnection();
  const { telephone } = store.get();
  if (!microphone || telephone?.state !== "ready" || store.get().engine.isLost) return;
  const say = (message: Parameters<PhoneSocket["say"]>[0]) => socket?.say(message);
  connect(microphone, {
    say,
    heard: (stream) => {
      remote = stream;
      playStream(stream);
    },
    failed: tryAgain,
  }).then((made) => {
    connection?.close();
    connection = made;
  }, tryAgain);
}

function tryAgain(): void {
  store.set({ isConnected: false });
  failures += 1;
  clearTimeout(retry);
  retry = setTimeout(connectSound, waitOf(failures, Math.random()));
}

function closeConnection(): void {
  clearTimeout(retry);
  connection?.close();
  connection = undefined;
  remote = undefined;
  store.set({ isConnected: false });
}

const PATIENCE_MS = 12_000;

/** Connect if need be, and wait until calls can be made or it is clear that they cannot; how it stands then. */
export async function readyPhone(): Promise<PhoneState> {
  if (stateOf(store.get()) === "ready") return "ready";
  await connectPhone();
  return new Promise((resolve) => {
    const until = setTimeout(settle, PATIENCE_MS);
    const forget = store.subscribe(() => {
      const state = stateOf(store.get());
      if (state !== "connecting" && state !== "asking" && state !== "lost") settle();
    });
    if (!["connecting", "asking", "lost"].includes(stateOf(store.get()))) settle();
    function settle(): void {
      clearTimeout(until);
      forget();
      resolve(stateOf(store.get()));
    }
  });
}
