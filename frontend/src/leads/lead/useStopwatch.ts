// How long one has been on the phone with this lead; survives a reload, ends when the call is logged.

import { useCallback, useEffect, useState } from "react";

const PREFIX = "offhook.call.";

interface Stopwatch {
  isRunning: boolean;
  /** Whole seconds, for showing. */
  shown: number;
  /** Whole seconds so far; null when it was not started. */
  seconds: () => number | null;
  toggle: () => void;
  stop: () => void;
}

export function useStopwatch(leadId: string): Stopwatch {
  const key = PREFIX + leadId;
  const [startedAt, setStartedAt] = useState<number | null>(() => Number(sessionStorage.getItem(key)) || null);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (startedAt === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [startedAt]);
  const stop = useCallback(() => {
    sessionStorage.removeItem(key);
    setStartedAt(null);
  }, [key]);
  const toggle = useCallback(() => {
    if (startedAt !== null) {
      stop();
      return;
    }
    sessionStorage.setItem(key, String(Date.now()));
    setStartedAt(Date.now());
    setNow(Date.now());
  }, [key, startedAt, stop]);
  const seconds = useCallback(
    () => (startedAt === null ? null : Math.round((Date.now() - startedAt) / 1000)),
    [startedAt],
  );
  return {
    isRunning: startedAt !== null,
    shown: startedAt === null ? 0 : (now - startedAt) / 1000,
    seconds,
    toggle,
    stop,
  };
}
