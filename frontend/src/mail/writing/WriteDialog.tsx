// Writing to a lead by keyboard alone: choose a template, go over what it says, send with one key, take it back.
//
// Whether a mail may go at all is told before a word is written. The draft is kept in this browser as one types, and
// stays there until the server has the mail.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftOut, LeadOut, MailOut, PersonOut, TemplateChoiceOut } from "~/api/schema";
import { relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextAreaField, TextField } from "~/kit/Field";
import { tell, tellProblem } from "~/kit/notices";
import { Empty, FormProblem, Loading, Shown, wrongField } from "~/kit/states";
import { useVariableTexts } from "~/mail/templates/data";
import {
  type Change,
  decide,
  keepDraft,
  made,
  readMailsAgain,
  send,
  useBeginning,
  useMailDraft,
  useTemplateChoices,
} from "./data";
import { type Changes, fromTemplate, isBlank, isComplete, isWritten, type MailDraft } from "./draft";
import { Files } from "./Files";
import styles from "./Writing.module.css";

interface Props {
  lead: LeadOut;
  person: PersonOut;
  onClose: () => void;
  /** The mail was taken back and is a draft again. */
  onUndone: () => void;
}

export function WriteDialog(props: Props) {
  const { t } = useTranslation();
  const { draft, change, discard } = useMailDraft(props.lead.id);
  const beginning = useBeginning(props.lead.id, draft.address);
  const name = props.person.full_name ?? props.person.contact_points[0]?.value ?? t("lead.nameless");
  const templates = useTemplateChoices();
  if (!beginning.data || !mayWrite(beginning.data)) {
    return (
      <Dialog title={t("writing.title", { name })} isOpen onClose={props.onClose} isSheet>
        <Shown query={beginning}>{(found) => <NotNow found={found} />}</Shown>
      </Dialog>
    );
  }
  if (!templates.data && !templates.error) {
    return (
      <Dialog title={t("writing.title", { name })} isOpen onClose={props.onClose} isSheet>
        <Loading rows={6} />
      </Dialog>
    );
  }
  return (
    <Writing
      {...props}
      name={name}
      beginning={beginning.data}
      templates={templates.data?.items ?? []}
      draft={draft}
      change={change}
      discard={discard}
    />
  );
}

function mayWrite({ mailbox, policy }: DraftOut): boolean {
  return mailbox !== null && policy.is_allowed;
}

/** Why nothing can be written. */
function NotNow({ found }: { found: DraftOut }) {
  const { t } = useTranslation();
  if (!found.policy.is_allowed) {
    return (
      <div className={styles.refused} role="alert">
        <b>{t("writing.refused")}</b>
        {found.policy.refusals.map((one) => (
          <p key={one.code}>{one.why}</p>
        ))}
      </div>
    );
  }
  return (
    <Empty title={t("writing.no_mailbox")}>
      <p>{t("writing.no_mailbox_detail")}</p>
      <Link to="/settings/mailbox">{t("writing.connect")}</Link>
    </Empty>
  );
}

function Writing({
  lead,
  name,
  beginning,
  templates,
  draft,
  change,
  discard,
  onClose,
  onUndone,
}: Props & {
  name: string;
  beginning: DraftOut;
  templates: readonly TemplateChoiceOut[];
  draft: MailDraft;
  change: Change;
  discard: () => void;
}) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const hasTemplates = templates.length > 0;
  const [replaced, setReplaced] = useState<MailDraft | null>(null);

  const choose = useMutation({
    mutationFn: (templateId: string) => made(lead.id, templateId),
    onSuccess: ({ made: said }) => {
      if (!said) return;
      setReplaced(isWritten(draft) ? draft : null);
      change(fromTemplate(said));
      area.current?.focus();
    },
  });
  const sending = useMutation({
    mutationFn: (sent: MailDraft) => send(lead.id, sent),
    onSuccess: (mail, sent) => {
      discard();
      void readMailsAgain();
      onClose();
      tell(t("writing.going", { name }), () => void takeBack(mail, sent));
    },
  });

  async function takeBack(mail: MailOut, sent: MailDraft): Promise<void> {
    try {
      await decide(mail.id, "withdraw");
      keepDraft(lead.id, sent);
      tell(t("writing.undone"));
      onUndone();
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    } finally {
      void readMailsAgain();
    }
  }

  const isSendable = isComplete(draft) && !sending.isPending && !choose.isPending;
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (isSendable) sending.mutate(draft);
  });
  useEffect(() => {
    // Before the screen below hears it, whose key it is otherwise.
    const listen = (event: KeyboardEvent) => hear(event);
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
  const subject = useRef<HTMLInputElement>(null);
  const isBegun = useRef(!isBlank(draft));
  useEffect(() => {
    if (isBegun.current) area.current?.focus();
    else if (!hasTemplates) subject.current?.focus();
  }, [hasTemplates]);

  return (
    <Dialog
      title={t("writing.title", { name })}
      isOpen
      onClose={onClose}
      isSheet
      isFirm
      actions={
        <>
          <Button
            look="quiet"
            isDisabled={isBlank(draft)}
            onPress={() => {
              const before = draft;
              discard();
              onClose();
              tell(t("writing.discarded"), () => {
                keepDraft(lead.id, before);
                onUndone();
              });
            }}
          >
            {t("writing.discard")}
          </Button>
          <Button
            look="primary"
            keys="$mod+Enter"
            onPress={() => sending.mutate(draft)}
            isPending={sending.isPending}
            isDisabled={!isSendable}
          >
            <Send size={14} aria-hidden="true" /> {t("writing.send")}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <Envelope beginning={beginning} draft={draft} onChange={change} />
        {hasTemplates && (
          <TemplateField
            templates={templates}
            value={draft.templateId}
            isFirst={isBlank(draft)}
            onChange={(id) => (id ? choose.mutate(id) : change({ templateId: null, variantId: null, made: null }))}
          />
        )}
        <FormProblem error={choose.error} />
        {replaced && (
          <p className={styles.hint}>
            {t("writing.replaced")}{" "}
            <Button
              look="quiet"
              onPress={() => {
                change(replaced);
                setReplaced(null);
              }}
            >
              {t("writing.bring_back")}
            </Button>
          </p>
        )}
        <Lacking draft={draft} onChange={change} />
        <TextField
          label={t("writing.subject")}
          value={draft.subject}
          onChange={(subject) => change({ subject })}
          error={wrongField(sending.error, "subject")}
          maxLength={300}
          inputRef={subject}
          isRequired
        />
        <TextAreaField
          label={t("writing.text")}
          hint={t("writing.text_hint")}
          value={draft.text}
          onChange={(text) => change({ text })}
          error={wrongField(sending.error, "text")}
          maxLength={100_000}
          rows={14}
          areaRef={area}
        />
        <Files files={draft.files} onChange={(how) => change(({ files }) => ({ files: how(files) }))} />
        {beginning.mailbox?.signature && (
          <div className={styles.signature}>
            <span className={styles.hint}>{t("writing.signature")}</span>
            <p>{beginning.mailbox.signature}</p>
          </div>
        )}
        <FormProblem error={sending.error} />
      </div>
    </Dialog>
  );
}

/** From where and to whom it goes; which of several addresses. */
function Envelope({
  beginning: { mailbox, addresses, policy },
  draft,
  onChange,
}: {
  beginning: DraftOut;
  draft: MailDraft;
  onChange: (changes: Changes) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      {mailbox?.state === "refusing" && (
        <p className={styles.flag} role="status">
          {t("writing.mailbox_refuses", { problem: mailbox.problem })}{" "}
          <Link to="/settings/mailbox">{t("writing.mend")}</Link>
        </p>
      )}
      <dl className={styles.envelope}>
        <dt>{t("writing.from")}</dt>
        <dd>
          {mailbox?.shown_name} · {mailbox?.address}
        </dd>
        {addresses.length <= 1 && (
          <>
            <dt>{t("writing.to")}</dt>
            <dd>{policy.address}</dd>
          </>
        )}
      </dl>
      {addresses.length > 1 && (
        <SelectField
          label={t("writing.to_which")}
          value={draft.address ?? addresses[0] ?? null}
          onChange={(address) => onChange({ address })}
          choices={addresses.map((id) => ({ id, label: id }))}
        />
      )}
    </>
  );
}

/** What the template could not say, until somebody says that it may stay so. */
function Lacking({ draft, onChange }: { draft: MailDraft; onChange: Change }) {
  const { t } = useTranslation();
  const told = useVariableTexts();
  const { made: said } = draft;
  if (!said || (said.missing.length === 0 && !said.fault)) return null;
  return (
    <p className={styles.flag} role="status">
      {said.fault
        ? t("writing.not_whole", { fault: said.fault })
        : t("writing.missing", { count: said.missing.length, names: said.missing.map(told).join(", ") })}{" "}
      <Button look="quiet" onPress={() => onChange({ made: { ...said, missing: [], fault: null } })}>
        {t("writing.looked")}
      </Button>
    </p>
  );
}

function TemplateField({
  templates,
  value,
  isFirst,
  onChange,
}: {
  templates: readonly TemplateChoiceOut[];
  value: string | null;
  isFirst: boolean;
  onChange: (id: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <ComboField
      label={t("writing.template")}
      placeholder={t("writing.template_find")}
      value={value ?? ""}
      onChange={onChange}
      choices={templates.map((one) => ({
        id: one.id,
        label: one.name,
        detail: one.used_at ? t("writing.used", { when: relative(one.used_at) }) : one.folder || one.subject,
      }))}
      autoFocus={isFirst}
    />
  );
}
