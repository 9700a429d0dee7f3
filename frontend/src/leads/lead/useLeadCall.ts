// The call with this lead: the one that runs, or the one that waits for the rep's word on how it ended.

import { useEffect, useEffectEvent, useState } from "react";
import { $api, answer, api, Problem } from "~/api/client";
import type { CallNow, Disposition } from "~/api/schema";
import { useMay, useMe } from "~/identity/session";
import { useCalling } from "~/voice/calling";
import { usePhone } from "~/voice/phone/phone";
import { NotesKeeper, type NotesState } from "~/voice/notes";

const LOOK_AGAIN_MS = 400;

export interface LeadCall {
  running: CallNow | null;
  /** The call that is over and not logged. */
  waitingId: string | null;
  /** How it ended, by what happened; null until the server has said. */
  suggested: Disposition | null;
  /** Seconds of talk of the one that waits. */
  seconds: number;
}

export function useLeadCall(leadId: string): LeadCall {
  const me = useMe();
  const mayCall = useMay("calls:place");
  const { call, ended } = usePhone();
  const { loggedId } = useCalling();
  const running = call?.lead_id === leadId ? call : null;
  const justEnded = !running && ended?.lead_id === leadId && ended.id !== loggedId ? ended : null;
  const unlogged = $api.useQuery(
    "get",
    "/api/v1/calls/unlogged",
    {},
    {
      enabled: mayCall,
      // The record is written a moment after the call is over.
      refetchInterval: ({ state }) =>
        justEnded && !state.data?.items.some((one) => one.id === justEnded.id) ? LOOK_AGAIN_MS : false,
    },
  );
  const waiting = unlogged.data?.items.find((one) => one.lead_id === leadId && one.id !== loggedId);
  const part = waiting?.parts.find((one) => one.user_id === me.id);
  return {
    running,
    waitingId: running ? null : (waiting?.id ?? justEnded?.id ?? null),
    suggested: (part?.suggested ?? null) as Disposition | null,
    seconds: part?.seconds ?? 0,
  };
}

/** Whether trying again is no use: the call was logged meanwhile, or is none of ours. */
function isLost(error: unknown): boolean {
  return error instanceof Problem && !error.isPassing;
}

/** Keep notes with a call on the server as they are typed; how that stands. */
export function useCallNotes(
  callId: string | null,
  text: string,
): { state: NotesState; flush: () => Promise<void> } {
  const [state, setState] = useState<NotesState>("saved");
  const [keeper, setKeeper] = useState<NotesKeeper | null>(null);
  const begin = useEffectEvent((id: string) => {
    const made = new NotesKeeper(
      "",
      (notes) =>
        answer(api.PUT("/api/v1/calls/{call_id}/notes", { params: { path: { call_id: id } }, body: { notes } })),
      setState,
      isLost,
    );
    made.write(text);
    return made;
  });
  useEffect(() => {
    if (!callId) return;
    const made = begin(callId);
    setKeeper(made);
    return () => {
      void made.flush();
      setKeeper(null);
    };
  }, [callId]);
  useEffect(() => keeper?.write(text), [keeper, text]);
  return { state, flush: async () => keeper?.flush() };
}
