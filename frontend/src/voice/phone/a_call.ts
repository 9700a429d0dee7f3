// Calls for tests, in a line.

import type { CallNow, LegNow } from "~/api/schema";

export const ME = "me";

export function aLeg(changed: Partial<LegNow> = {}): LegNow {
  return {
    id: "leg",
    part: "owner",
    kind: "device",
    state: "up",
    place: "talk",
    name: null,
    user_id: ME,
    number: null,
    is_muted: false,
    is_away: false,
    ...changed,
  };
}

export function aCall(changed: Partial<CallNow> = {}): CallNow {
  const person = aLeg({ id: "person", part: "person", kind: "phone", user_id: null, number: "+12125550100" });
  return {
    id: "call",
    direction: "outbound",
    status: "talking",
    owner_id: ME,
    person_id: null,
    lead_id: null,
    person_name: "Grace Hopper",
    company: "Harbor Systems",
    number: "+12125550100",
    own_number: "+12125550142",
    opened_at: "2026-03-02T16:00:00Z",
    answered_at: "2026-03-02T16:00:10Z",
    ended_at: null,
    cause: null,
    code: null,
    heard: null,
    recording: "off",
    recording_consent: "announce",
    announces: false,
    has_early_media: false,
    is_held: false,
    bringing: null,
    message_left: false,
    is_internal: false,
    legs: [aLeg(), person],
    quality: null,
    may: ["mute", "hang-up", "hold", "bring", "press", "record", "leave-message"],
    now: "2026-03-02T16:00:20Z",
    ...changed,
  };
}
