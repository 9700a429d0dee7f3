// The calendar on the server: what is read, and what is done from more than one place.

import { useMutation } from "@tanstack/react-query";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ConnectionChecked } from "~/api/schema";

export const CALENDARS = "/api/v1/calendar/connections";
export const PAGES = "/api/v1/calendar/pages";
export const MEETINGS = "/api/v1/calendar/meetings";

/** What a meeting that moves or ends shows in. */
export function readMeetingsAgain(): Promise<void> {
  return readAgain([MEETINGS, "/api/v1/hand-offs", "/api/v1/leads"]);
}

/** A user's connected calendars. */
export function useCalendarsOf(userId: string) {
  return $api.useQuery("get", CALENDARS, { params: { query: { user_id: userId, limit: 50 } } });
}

/** Trying a calendar for real; what was found is in its `data`. */
export function useCheck(connectionId: string) {
  return useMutation({
    mutationFn: () => {
      const params = { path: { connection_id: connectionId } };
      return answer<ConnectionChecked>(api.POST("/api/v1/calendar/connections/{connection_id}/check", { params }));
    },
    onSettled: () => readAgain([CALENDARS]),
  });
}
