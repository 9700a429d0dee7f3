// The recording of a call in the timeline, where there is one and the reader may listen.

import { $api } from "~/api/client";
import type { CallOut } from "~/api/schema";
import { useMay } from "~/identity/session";
import { useMayListen } from "./listening";
import { Player } from "./Player";

const LARGEST_PAGE = 200;

export function RecordedCall({ callId, personId }: { callId: string; personId: string }) {
  const mayRead = useMay("leads:read");
  // One reading for all calls of a timeline.
  const calls = $api.useQuery(
    "get",
    "/api/v1/calls",
    { params: { query: { person_id: personId, limit: LARGEST_PAGE } } },
    { enabled: mayRead },
  );
  const call = calls.data?.items.find((one) => one.id === callId);
  return call?.has_recording ? <IfAllowed call={call} /> : null;
}

function IfAllowed({ call }: { call: CallOut }) {
  return useMayListen(call) ? <Player callId={call.id} /> : null;
}
