// Mails on the server: written, held for a moment, withdrawn, decided on.

import { useCallback, useEffect, useState } from "react";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AttachmentOut, DraftOut, MailOut } from "~/api/schema";
import { type Changes, isBlank, type MailDraft, read } from "./draft";

/** So long a mail can be taken back; a notice that offers that is shown a little shorter. */
export const HOLD_SECONDS = 8;

export function readMailsAgain(): Promise<void> {
  return readAgain(["/api/v1/mail/messages"]);
}

/** What is known before one writes to a lead: the mailbox, the addresses, what the policy says. */
export function useBeginning(leadId: string, address: string | null) {
  const query = { lead_id: leadId, ...(address && { address }) };
  return $api.useQuery("get", "/api/v1/mail/messages/draft", { params: { query } }, { staleTime: 0 });
}

/** What a template says to a lead. */
export async function made(leadId: string, templateId: string): Promise<DraftOut> {
  const query = { lead_id: leadId, template_id: templateId };
  return answer<DraftOut>(api.GET("/api/v1/mail/messages/draft", { params: { query } }));
}

export function useTemplateChoices() {
  const params = { query: { limit: 200 } };
  return $api.useQuery("get", "/api/v1/mail/messages/templates", { params }, { staleTime: 0 });
}

/** What changes in a draft; a function of how it stands, where that may have changed meanwhile. */
export type Change = (changes: Changes | ((before: MailDraft) => Changes)) => void;

/** The draft of a mail to a lead, kept in this browser. */
export function useMailDraft(leadId: string): { draft: MailDraft; change: Change; discard: () => void } {
  const [draft, setDraft] = useState(() => read(localStorage.getItem(nameOf(leadId)) ?? "", crypto.randomUUID()));
  useEffect(() => {
    if (isBlank(draft)) forget(leadId);
    else localStorage.setItem(nameOf(leadId), JSON.stringify(draft));
  }, [leadId, draft]);
  const change = useCallback<Change>((changes) => {
    const key = crypto.randomUUID();
    setDraft((before) => ({ ...before, ...(typeof changes === "function" ? changes(before) : changes), key }));
  }, []);
  return { draft, change, discard: () => forget(leadId) };
}

function nameOf(leadId: string): string {
  return `offhook.draft.mail.${leadId}`;
}

function forget(leadId: string): void {
  localStorage.removeItem(nameOf(leadId));
}

/** Put a draft back, from outside the screen that shows it: as another mail, so that it can be sent again. */
export function keepDraft(leadId: string, draft: MailDraft): void {
  localStorage.setItem(nameOf(leadId), JSON.stringify({ ...draft, key: crypto.randomUUID() }));
}

export async function send(leadId: string, draft: MailDraft): Promise<MailOut> {
  const { key, subject, text, templateId, variantId, address, files } = draft;
  const body = {
    lead_id: leadId,
    key,
    subject,
    text,
    text_format: "markdown" as const,
    hold_seconds: HOLD_SECONDS,
    attachment_ids: files.map((one) => one.id),
    is_automatic: false,
    ...(templateId && { template_id: templateId }),
    ...(variantId && { variant_id: variantId }),
    ...(address && { address }),
  };
  return answer<MailOut>(api.POST("/api/v1/mail/messages", { body }));
}

export type Decision = "withdraw" | "send_again" | "was_sent";

const PATHS = {
  withdraw: "/api/v1/mail/messages/{mail_id}/withdraw",
  send_again: "/api/v1/mail/messages/{mail_id}/send-again",
  was_sent: "/api/v1/mail/messages/{mail_id}/was-sent",
} as const;

export async function decide(mailId: string, decision: Decision): Promise<MailOut> {
  const params = { path: { mail_id: mailId } };
  return answer<MailOut>(api.POST(PATHS[decision], { params }));
}

/** Send a file in: it goes with the mails that name it. */
export async function attach(file: File): Promise<AttachmentOut> {
  const params = { query: { name: file.name } };
  const sent = {
    // The file is the body itself, of which the description can only say that it is text.
    body: file as unknown as string,
    bodySerializer: () => file,
    headers: { "Content-Type": "application/octet-stream" },
  };
  return answer<AttachmentOut>(api.POST("/api/v1/mail/attachments", { params, ...sent }));
}
