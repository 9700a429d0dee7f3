// What the screens of telephony read and change: short lists, held whole.

import { type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import { answer, api, ifMatch } from "~/api/client";
import { everyPage, readAgain } from "~/api/query";
import type { ExtensionOut, NumberOut, TrunkOut } from "~/api/schema";

const LARGEST_PAGE = 200;
const PATHS = ["/api/v1/trunks", "/api/v1/phone-numbers", "/api/v1/extensions", "/api/v1/calling-settings"];

/** Read all of telephony again: a change of one list shows in the others. */
export function readTelephonyAgain(): Promise<void> {
  return readAgain(PATHS);
}

/** The lines to carriers and whether they answer. */
export function useTrunks(): UseQueryResult<TrunkOut[]> {
  return useQuery({
    queryKey: ["get", "/api/v1/trunks", { all: true }],
    queryFn: () =>
      everyPage((cursor) => {
        const query = { limit: LARGEST_PAGE, ...(cursor && { cursor }) };
        return answer(api.GET("/api/v1/trunks", { params: { query } }));
      }),
  });
}

/** The numbers that we own. */
export function useNumbers(): UseQueryResult<NumberOut[]> {
  return useQuery({
    queryKey: ["get", "/api/v1/phone-numbers", { all: true }],
    queryFn: () =>
      everyPage((cursor) => {
        const query = { limit: LARGEST_PAGE, ...(cursor && { cursor }) };
        return answer(api.GET("/api/v1/phone-numbers", { params: { query } }));
      }),
  });
}

/** The internal numbers. */
export function useExtensions(): UseQueryResult<ExtensionOut[]> {
  return useQuery({
    queryKey: ["get", "/api/v1/extensions", { all: true }],
    queryFn: () =>
      everyPage((cursor) => {
        const query = { limit: LARGEST_PAGE, ...(cursor && { cursor }) };
        return answer(api.GET("/api/v1/extensions", { params: { query } }));
      }),
  });
}

/** What is removed, and what it is called when asking. */
export type Removal =
  | { kind: "trunk"; thing: TrunkOut; name: string }
  | { kind: "number"; thing: NumberOut; name: string }
  | { kind: "extension"; thing: ExtensionOut; name: string };

export function useRemove(onDone: () => void) {
  return useMutation({
    mutationFn: async ({ kind, thing }: Removal) => {
      const header = ifMatch(thing.version);
      if (kind === "trunk") {
        return answer(
          api.DELETE("/api/v1/trunks/{trunk_id}", { params: { path: { trunk_id: thing.id }, header } }),
        );
      }
      if (kind === "number") {
        const path = { number_id: thing.id };
        return answer(api.DELETE("/api/v1/phone-numbers/{number_id}", { params: { path, header } }));
      }
      const path = { extension_id: thing.id };
      return answer(api.DELETE("/api/v1/extensions/{extension_id}", { params: { path, header } }));
    },
    onSuccess: () => {
      void readTelephonyAgain();
      onDone();
    },
    // It may have been changed meanwhile: what is shown is read again, so that trying again does it.
    onError: () => void readTelephonyAgain(),
  });
}
