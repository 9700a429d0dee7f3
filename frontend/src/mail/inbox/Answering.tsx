// The answer below a conversation: kept in this browser as one types, sent by one key, taken back for a moment.

import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MailOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { TextAreaField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { decide } from "~/mail/writing/data";
import { Files } from "~/mail/writing/Files";
import { type AnswerDraft, keepAnswer, keptAnswer, readInboxAgain, reply } from "./data";
import styles from "./Conversation.module.css";

export function Answering({
  id,
  to,
  name,
  asked,
}: {
  id: string;
  /** The address that wrote last, once it is known. */
  to: string | null;
  name: string;
  /** How often the answer was asked for: each time it is where one types next. */
  asked: number;
}) {
  const { t } = useTranslation();
  const areaRef = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (asked > 0) areaRef.current?.focus();
  }, [asked]);
  const [draft, setDraft] = useState(() => keptAnswer(id));

  function change(how: (before: AnswerDraft) => Partial<AnswerDraft>): void {
    setDraft((before) => {
      const after = { ...before, ...how(before), key: crypto.randomUUID() };
      keepAnswer(id, after);
      return after;
    });
  }

  const sending = useMutation({
    mutationFn: (sent: AnswerDraft) => reply(id, sent),
    onSuccess: (mail, sent) => {
      change(() => ({ text: "", files: [] }));
      void readInboxAgain();
      areaRef.current?.blur();
      tell(t("inbox.going", { name }), () => void takeBack(mail, sent));
    },
  });

  async function takeBack(mail: MailOut, sent: AnswerDraft): Promise<void> {
    try {
      await decide(mail.id, "withdraw");
      change(() => ({ text: sent.text, files: sent.files }));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    } finally {
      void readInboxAgain();
    }
  }

  const isSendable = draft.text.trim() !== "" && !sending.isPending;
  return (
    <form
      className={styles.answer}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSendable) sending.mutate(draft);
      }}
    >
      <TextAreaField
        label={t("inbox.answer_to", { whom: to && to !== name ? `${name} (${to})` : name })}
        placeholder={t("inbox.answer_hint")}
        value={draft.text}
        onChange={(text) => change(() => ({ text }))}
        onKeyDown={(event) => {
          if (event.key === "Escape") areaRef.current?.blur();
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          if (isSendable) sending.mutate(draft);
        }}
        error={wrongField(sending.error, "text")}
        maxLength={90_000}
        rows={4}
        areaRef={areaRef}
      />
      <FormProblem error={sending.error} />
      <div className={styles.answerFoot}>
        <Files files={draft.files} onChange={(how) => change(({ files }) => ({ files: how(files) }))} />
        <Button
          look="primary"
          type="submit"
          keys="$mod+Enter"
          isPending={sending.isPending}
          isDisabled={!isSendable}
        >
          <Send size={14} aria-hidden="true" /> {t("inbox.send")}
        </Button>
      </div>
    </form>
  );
}
