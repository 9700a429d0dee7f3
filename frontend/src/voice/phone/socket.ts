// The WebSocket of the phone: kept open, tried again with growing waits when lost, closed when another window took over.
//
// The server pings every 15 seconds, so longer silence means a lost link though the browser may not have noticed yet.

import type { CallNow } from "~/api/schema";
import { waitOf } from "./backoff";

export type Told =
  | { type: "telephone"; state: "ready" | "starting" | "off" | "lost"; reason: string | null }
  | { type: "answer"; sdp: string }
  | { type: "candidate"; candidate: RTCIceCandidateInit | null }
  | { type: "media"; is_connected: boolean }
  | { type: "call"; call: CallNow | null }
  | { type: "digit"; call_id: string; digit: string }
  | { type: "engine"; state: "ready" | "lost"; reason?: string }
  | { type: "taken_over" }
  | { type: "problem"; detail: string; code?: string }
  | { type: "ping" };

export type Said =
  | { type: "connect"; sdp: string }
  | { type: "candidate"; candidate: RTCIceCandidateInit | null }
  | { type: "pong" };

interface Listeners {
  opened(): void;
  told(message: Told): void;
  lost(): void;
  signedOut(): void;
}

const SILENCE_MS = 40_000;
const REFUSED = 4401;

export interface PhoneSocket {
  say(message: Said): void;
  close(): void;
}

/** Open it and keep it until it is closed, by us or because another window is the phone now. */
export function openSocket(listeners: Listeners): PhoneSocket {
  let socket: WebSocket | undefined;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function connect(): void {
    clearTimeout(timer);
    const address = new URL("/api/v1/phone", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const opened = new WebSocket(address);
    socket = opened;
    opened.onopen = () => {
      listen();
      listeners.opened();
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      listen();
      hear(JSON.parse(data) as Told);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lose(code);
    };
  }

  function hear(message: Told): void {
    failures = 0;
    if (message.type === "ping") say({ type: "pong" });
    else {
      if (message.type === "taken_over") close();
      listeners.told(message);
    }
  }

  function listen(): void {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE_MS);
  }

  function lose(code: number): void {
    clearTimeout(silence);
    if (isClosed) return;
    if (code === REFUSED) {
      close();
      listeners.signedOut();
      return;
    }
    listeners.lost();
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(connect, waitOf(failures, Math.random()));
  }

  function goOnline(): void {
    if (!isClosed && socket?.readyState !== WebSocket.OPEN) connect();
  }

  function goOffline(): void {
    const dead = socket;
    socket = undefined;
    dead?.close();
    lose(0);
  }

  function say(message: Said): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function close(): void {
    isClosed = true;
    clearTimeout(timer);
    clearTimeout(silence);
    window.removeEventListener("online", goOnline);
    window.removeEventListener("offline", goOffline);
    socket?.close();
  }

  window.addEventListener("online", goOnline);
  window.addEventListener("offline", goOffline);
  connect();
  return { say, close };
}
