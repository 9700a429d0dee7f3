// The call with this lead: the one that runs, or the one that waits for the rep's word on how it ended.

import { useEffect, useRef, useState } from "react";
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
  /** Seconds of talk of the one that waits; null until the server has said. */
  seconds: number | null;
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
    seconds: part?.seconds ?? null,
  };
}

/** Whether trying again is no use: the call was logged meanwhile, or is none of ours. */
function isLost(error: unknown): boolean {
  return error instanceof Problem && !error.isPassing;
}

/** Keep notes with a call on the server as they are typed; how that stands. */
export function useCallNotes(callId: string | null, text: string): NotesState {
  const [state, setState] = useState<NotesState>("saved");
  const keeper = useRef<NotesKeeper | null>(null);
  useEffect(() => {
    if (!callId) return;
    const params = { path: { call_id: callId } };
    const send = (notes: string) => answer(api.POST("/api/v1/calls/{call_id}/notes", { params, body: { notes } }));
    const made = new NotesKeeper("", send, setState, isLost);
    keeper.current = made;
    return () => {
      keeper.current = null;
      void made.flush();
    };
  }, [callId]);
  useEffect(() => keeper.current?.write(text), [callId, text]);
  return state;
}
