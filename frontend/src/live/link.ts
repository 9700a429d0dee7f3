// The one WebSocket of this screen: tells what happens, says when the link is lost, and catches up when it is back.
//
// The server pings every 20 seconds, so silence for longer than that means a lost link though the browser may not have
// noticed yet. After a loss it is tried again after 1, 2, 4 … up to 15 seconds, and at once when the network is back.

export interface LiveEvent {
  position: number;
  kind: string;
  subject: string;
  data: Record<string, unknown>;
  at: string;
  actor: string;
}

export type LinkState = "connecting" | "live" | "lost";

interface Listeners {
  state(state: LinkState): void;
  events(events: readonly LiveEvent[]): void;
  reset(): void;
  signedOut(): void;
}

type Message =
  | { type: "ready"; position: number }
  | { type: "events"; position: number; events: LiveEvent[] }
  | { type: "reset"; position: number }
  | { type: "ping" };

const SILENCE_MS = 45_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const REFUSED = 4401;

/** Open the link and keep it until the returned function is called. */
export function openLink(topics: readonly string[], listeners: Listeners): () => void {
  let socket: WebSocket | undefined;
  let position: number | null = null;
  let wait = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function connect(): void {
    clearTimeout(timer);
    const address = new URL("/api/v1/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const opened = new WebSocket(address);
    socket = opened;
    opened.onopen = () => {
      opened.send(JSON.stringify({ type: "subscribe", topics, after: position }));
      listen();
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      listen();
      hear(JSON.parse(data) as Message);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lose(code);
    };
  }

  function hear(message: Message): void {
    if (message.type === "ping") return;
    if (message.type === "ready") {
      wait = FIRST_WAIT_MS;
      listeners.state("live");
    }
    if (message.type === "reset") listeners.reset();
    if (message.type === "events") listeners.events(message.events);
    position = message.position;
  }

  function listen(): void {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE_MS);
  }

  function lose(code: number): void {
    clearTimeout(silence);
    if (isClosed) return;
    if (code === REFUSED) {
      listeners.signedOut();
      return;
    }
    listeners.state("lost");
    timer = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function goOnline(): void {
    if (socket?.readyState !== WebSocket.OPEN) connect();
  }

  function goOffline(): void {
    const dead = socket;
    socket = undefined;
    dead?.close();
    lose(0);
  }

  window.addEventListener("online", goOnline);
  window.addEventListener("offline", goOffline);
  listeners.state("connecting");
  connect();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    clearTimeout(silence);
    window.removeEventListener("online", goOnline);
    window.removeEventListener("offline", goOffline);
    socket?.close();
  };
}
