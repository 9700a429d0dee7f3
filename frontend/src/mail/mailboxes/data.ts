// Mailboxes on the server: what is read, and what is done from more than one place.

import { useMutation } from "@tanstack/react-query";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MailboxChecked, ProviderOut } from "~/api/schema";

export function readMailboxesAgain(): Promise<void> {
  return readAgain(["/api/v1/mail/mailboxes", "/api/v1/mail/messages/draft"]);
}

/** A user's mailbox, the first of `items`, if they have one. */
export function useMailboxOf(userId: string) {
  const params = { query: { user_id: userId, limit: 1 } };
  return $api.useQuery("get", "/api/v1/mail/mailboxes", { params });
}

/** The providers whose servers are known. */
export function useProviders(): readonly ProviderOut[] {
  return $api.useQuery("get", "/api/v1/mail/mailboxes/providers", {}, { staleTime: Infinity }).data?.items ?? [];
}

/** Trying a mailbox for real; what was found is in its `data`. */
export function useCheck(mailboxId: string) {
  return useMutation({
    mutationFn: () => {
      const params = { path: { mailbox_id: mailboxId } };
      return answer<MailboxChecked>(api.POST("/api/v1/mail/mailboxes/{mailbox_id}/check", { params }));
    },
    onSettled: readMailboxesAgain,
  });
}

export type Check = ReturnType<typeof useCheck>;
