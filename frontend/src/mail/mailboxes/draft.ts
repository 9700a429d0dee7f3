// A mailbox as it is being told. Its password is no part of it: that is kept nowhere but in the field.

import type { MailboxChange, MailboxOut, NewMailbox, ProviderOut, Security } from "~/api/schema";

export interface Draft {
  address: string;
  shown_name: string;
  username: string;
  smtp_host: string;
  smtp_port: number | null;
  smtp_security: Security;
  imap_host: string;
  imap_port: number | null;
  imap_security: Security;
  saves_sent: boolean;
  signature: string;
}

export type Present = Draft & { version: number };

/** A mailbox that nobody has told of yet. */
export const NEW: Present = {
  address: "",
  shown_name: "",
  username: "",
  smtp_host: "",
  smtp_port: null,
  smtp_security: "starttls",
  imap_host: "",
  imap_port: null,
  imap_security: "tls",
  saves_sent: false,
  signature: "",
  version: 0,
};

const FIELDS = [
  "address",
  "shown_name",
  "username",
  "smtp_host",
  "smtp_port",
  "smtp_security",
  "imap_host",
  "imap_port",
  "imap_security",
  "saves_sent",
  "signature",
] as const satisfies readonly (keyof Draft)[];

export function draftOf(present: Present | MailboxOut): Draft {
  return Object.fromEntries(FIELDS.map((one) => [one, present[one]])) as unknown as Draft;
}

/** The servers of a provider, as a draft has them. */
export function serversOf(provider: ProviderOut): Partial<Draft> {
  const { smtp_host, smtp_port, smtp_security, imap_host, imap_port, imap_security, saves_sent } = provider;
  return { smtp_host, smtp_port, smtp_security, imap_host, imap_port, imap_security, saves_sent };
}

/** The provider whose servers these are. */
export function providerOf(providers: readonly ProviderOut[], draft: Draft): ProviderOut | undefined {
  return providers.find((one) => one.smtp_host === draft.smtp_host && one.imap_host === draft.imap_host);
}

/** What is sent to connect it; what was left empty is the server's to fill in. */
export function connecting(draft: Draft, password: string): NewMailbox {
  const { shown_name, username, smtp_port, imap_port, ...rest } = draft;
  return {
    ...rest,
    password,
    ...(shown_name.trim() && { shown_name }),
    ...(username.trim() && { username }),
    ...(smtp_port !== null && { smtp_port }),
    ...(imap_port !== null && { imap_port }),
  };
}

/** What of it was changed. */
export function changes(before: Draft, draft: Draft, password: string): MailboxChange {
  const changed = FIELDS.filter((one) => before[one] !== draft[one] && draft[one] !== null);
  return {
    ...(Object.fromEntries(changed.map((one) => [one, draft[one]])) as MailboxChange),
    ...(password && { password }),
  };
}
