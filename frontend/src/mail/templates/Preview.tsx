// What a text would say to a lead, made by the server as one writes: both parts, what is missing, what is wrong.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, Problem } from "~/api/client";
import type { MailPreviewOut, RowOut, TemplateKind } from "~/api/schema";
import { Checkbox } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { Failed, Loading } from "~/kit/states";
import { useSettled } from "~/kit/useSettled";
import { LeadFinder } from "~/leads/LeadFinder";
import { useVariableTexts } from "./data";
import styles from "./TemplatePage.module.css";

interface Text {
  kind: TemplateKind;
  subject: string;
  body: string;
  isShared: boolean;
}

export function Preview(text: Text) {
  const { t } = useTranslation();
  const [lead, setLead] = useState<RowOut | null>(null);
  const [isPlain, setPlain] = useState(false);
  return (
    <Panel
      title={t("mail.preview")}
      actions={
        <Checkbox isSelected={isPlain} onChange={setPlain}>
          {t("mail.plain")}
        </Checkbox>
      }
    >
      <div className={styles.stack}>
        <LeadFinder
          lead={lead}
          onChange={setLead}
          label={t("mail.for_whom")}
          hint={t("mail.for_whom_hint")}
          told={(name) => t("mail.for_lead", { name })}
          another={t("mail.for_example")}
        />
        <Rendered text={text} leadId={lead?.id ?? null} isPlain={isPlain} />
      </div>
    </Panel>
  );
}

function Rendered({ text, leadId, isPlain }: { text: Text; leadId: string | null; isPlain: boolean }) {
  const { t } = useTranslation();
  const told = useVariableTexts();
  const wanted = useSettled(JSON.stringify({ ...text, leadId }), 300);
  const seen = useQuery({
    queryKey: ["mail-preview", wanted],
    queryFn: () => {
      const { kind, subject, body, isShared } = text;
      return answer<MailPreviewOut>(
        api.POST("/api/v1/mail/templates/preview", {
          body: { kind, subject, body, is_shared: isShared, lead_id: leadId },
        }),
      );
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  if (!text.subject.trim() && !text.body.trim()) return <p className={styles.hint}>{t("mail.preview_empty")}</p>;
  if (seen.error instanceof Problem && seen.error.status === 422) return <Faults problem={seen.error} />;
  if (seen.error) return <Failed error={seen.error} onRetry={() => void seen.refetch()} />;
  if (!seen.data) return <Loading rows={4} />;
  const { subject, text: plain, html, missing, fault } = seen.data;
  return (
    <div className={styles.stack} role="group" aria-label={t("mail.preview_shown")}>
      {missing.length > 0 && (
        <div className={styles.flag} role="status">
          <b>{t("mail.missing", { count: missing.length })}</b>
          <span>{missing.map(told).join(" · ")}</span>
        </div>
      )}
      {fault && <p className={styles.faults}>{t("mail.not_whole", { fault })}</p>}
      {text.kind === "email" && <p className={styles.subject}>{subject || t("mail.no_subject")}</p>}
      {isPlain ? <p className={styles.plain}>{plain}</p> : <Page html={html} />}
    </div>
  );
}

function Faults({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  return (
    <div className={styles.faults} role="status">
      <b>{t("mail.faults")}</b>
      {problem.fields.map(({ field, reason }) => (
        <span key={field + reason}>
          {field === "subject" ? t("mail.subject") : t("mail.body")}: {reason}
        </span>
      ))}
      {problem.fields.length === 0 && <span>{problem.message}</span>}
    </div>
  );
}

/** The HTML part as the server has sanitised it; its links open beside. */
function Page({ html }: { html: string }) {
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    for (const link of page.current?.querySelectorAll("a") ?? []) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
  }, [html]);
  return <div ref={page} className={styles.mail} dangerouslySetInnerHTML={{ __html: html }} />;
}
