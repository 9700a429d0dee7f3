// Who may listen to a call.

import type { CallOut } from "~/api/schema";
import { useMay, useMe } from "~/identity/session";

/** Whoever took part, or whom a message was left for; others by permission. The server decides the same. */
export function useMayListen(call: CallOut): boolean {
  const me = useMe();
  const mayAll = useMay("recordings:read");
  const isOwn = call.parts.some((one) => one.user_id === me.id) || (call.is_message && call.owner_id === me.id);
  return mayAll || isOwn;
}
