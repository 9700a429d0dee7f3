// Conversations on the server: listed, opened, answered, and what else is done about them.

import { useInfiniteQuery } from "@tanstack/react-query";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { ConversationOut, MailOut, PageListedConversationOut } from "~/api/schema";
import { useMe } from "~/identity/session";
import type { FileOfDraft } from "~/mail/writing/draft";
import { HOLD_SECONDS } from "~/mail/writing/data";
import type { InboxShown } from "./shown";

const PAGE = 50;

export function readInboxAgain(): Promise<void> {
  return readAgain(["/api/v1/mail/conversations", "/api/v1/queue", "/api/v1/leads"]);
}

/** The conversations that an address asks for, page by page. */
export function useConversations({ show = "to_answer", whose = "mine", lead }: InboxShown) {
  const me = useMe();
  const query = {
    limit: PAGE,
    ...(lead ? { lead_id: lead } : { state: show }),
    ...(!lead && whose === "mine" && { assignee_id: me.id }),
    ...(!lead && whose === "team" && me.team_id && { team_id: me.team_id }),
  };
  return useInfiniteQuery({
    queryKey: ["get", "/api/v1/mail/conversations", { params: { query } }],
    queryFn: ({ pageParam, signal }) =>
      answer<PageListedConversationOut>(
        api.GET("/api/v1/mail/conversations", {
          params: { query: { ...query, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useConversation(id: string) {
  const params = { path: { conversation_id: id } };
  return $api.useQuery("get", "/api/v1/mail/conversations/{conversation_id}", { params });
}

/** How far one's own mailbox is read; undefined while that is not known, or without one. */
export function useOwnReading() {
  const me = useMe();
  const query = { limit: 200 };
  const boxes = $api.useQuery("get", "/api/v1/mail/mailboxes", {
    params: { query: { ...query, user_id: me.id } },
  });
  const readings = $api.useQuery("get", "/api/v1/mail/readings", { params: { query } });
  const own = boxes.data?.items[0];
  return {
    hasMailbox: boxes.data ? own !== undefined : undefined,
    reading: readings.data?.items.find((one) => one.mailbox_id === own?.id),
  };
}

export type Deed = "done" | "open-again";

const DEEDS = {
  done: "/api/v1/mail/conversations/{conversation_id}/done",
  "open-again": "/api/v1/mail/conversations/{conversation_id}/open-again",
} as const;

export async function act(id: string, deed: Deed): Promise<ConversationOut> {
  return answer<ConversationOut>(api.POST(DEEDS[deed], { params: { path: { conversation_id: id } } }));
}

export async function snooze(id: string, until: string): Promise<ConversationOut> {
  const params = { path: { conversation_id: id } };
  return answer(api.POST("/api/v1/mail/conversations/{conversation_id}/snooze", { params, body: { until } }));
}

export async function assign(id: string, userId: string): Promise<ConversationOut> {
  const params = { path: { conversation_id: id } };
  const body = { user_id: userId };
  return answer(api.POST("/api/v1/mail/conversations/{conversation_id}/assign", { params, body }));
}

export async function sayTheirs(mailId: string): Promise<void> {
  const params = { path: { mail_id: mailId } };
  await answer(api.POST("/api/v1/mail/received/{mail_id}/is-theirs", { params }));
}

export interface AnswerDraft {
  /** By it the answer is sent once, however often one tries. */
  key: string;
  text: string;
  files: readonly FileOfDraft[];
}

export async function reply(id: string, { key, text, files }: AnswerDraft): Promise<MailOut> {
  const params = { path: { conversation_id: id } };
  const body = {
    key,
    text,
    text_format: "markdown" as const,
    hold_seconds: HOLD_SECONDS,
    attachment_ids: files.map((one) => one.id),
  };
  return answer<MailOut>(api.POST("/api/v1/mail/conversations/{conversation_id}/reply", { params, body }));
}

function nameOf(id: string): string {
  return `offhook.draft.answer.${id}`;
}

/** The answer that was begun in this browser, or a blank one. */
export function keptAnswer(id: string): AnswerDraft {
  const blank = { key: crypto.randomUUID(), text: "", files: [] };
  try {
    return { ...blank, ...(JSON.parse(localStorage.getItem(nameOf(id)) ?? "{}") as Partial<AnswerDraft>) };
  } catch {
    return blank;
  }
}

/** Keep an answer until it is sent; a blank one is forgotten. */
export function keepAnswer(id: string, draft: AnswerDraft): void {
  if (draft.text.trim() === "" && draft.files.length === 0) localStorage.removeItem(nameOf(id));
  else localStorage.setItem(nameOf(id), JSON.stringify(draft));
}
