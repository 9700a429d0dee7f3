// How a mailbox stands: whether its server lets us, since when not and why, and what a check found.

import { useMutation } from "@tanstack/react-query";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import type { MailboxChecked, MailboxOut, SignInOut } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { tell } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { FormProblem } from "~/kit/states";
import { SignInAgain } from "~/oauth/SignInButtons";
import { type Check, readMailboxesAgain } from "./data";
import styles from "./Mailbox.module.css";

export function StateBadge({ state }: { state: MailboxOut["state"] }) {
  const { t } = useTranslation();
  return <Badge tone={state === "ok" ? "ok" : "danger"}>{t(`mailbox.state.${state}`)}</Badge>;
}

export function Standing({
  mailbox,
  check,
  onRemoved,
}: {
  mailbox: MailboxOut;
  check: Check;
  onRemoved?: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const [isRemoving, setRemoving] = useState(false);
  return (
    <Panel
      title={t("mailbox.standing")}
      actions={
        check.isPending ? <Badge>{t("mailbox.state.checking")}</Badge> : <StateBadge state={mailbox.state} />
      }
    >
      <div className={styles.stack}>
        {mailbox.sign_in?.lapsed_at && <Lapsed mailbox={mailbox} signIn={mailbox.sign_in} />}
        {mailbox.state === "refusing" && !mailbox.sign_in?.lapsed_at && !check.data && (
          <div className={styles.stack} role="status">
            {mailbox.refusing_since && (
              <p>{t("mailbox.refusing_since", { when: moment(mailbox.refusing_since) })}</p>
            )}
            <p className={styles.problem}>
              <b>{mailbox.problem}</b>
            </p>
            {mailbox.retry_at && (
              <p className={styles.hint}>{t("mailbox.retry_at", { when: relative(mailbox.retry_at) })}</p>
            )}
          </div>
        )}
        {check.data && <Found found={check.data} />}
        <FormProblem error={check.error} />
        <p className={styles.hint} role="status">
          {t(check.isPending ? "mailbox.checking" : "mailbox.check_hint")}
        </p>
        <div className={styles.buttons}>
          <Button onPress={() => check.mutate()} isPending={check.isPending}>
            {t("mailbox.check")}
          </Button>
          <Button look="danger" onPress={() => setRemoving(true)}>
            {t("mailbox.remove")}
          </Button>
        </div>
      </div>
      {isRemoving && (
        <Removing mailbox={mailbox} onClose={() => setRemoving(false)} {...(onRemoved && { onRemoved })} />
      )}
    </Panel>
  );
}

/** Only its user can sign in again; others read that they must. */
function Lapsed({ mailbox, signIn }: { mailbox: MailboxOut; signIn: SignInOut }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className={styles.stack} role="status">
      <p className={styles.problem}>
        <b>{t("oauth.lapsed", { provider: signIn.title })}</b>
      </p>
      {mailbox.user_id === me.id && (
        <div>
          <SignInAgain purpose="mail" provider={signIn.provider} title={signIn.title} account={mailbox.address} />
        </div>
      )}
    </div>
  );
}

function Found({ found }: { found: MailboxChecked }) {
  const { t } = useTranslation();
  const copies = found.sent_folder ? t("mailbox.sent_folder", { folder: found.sent_folder }) : "";
  return (
    <div role="status">
      <ul className={styles.found}>
        <Side problem={found.smtp_problem} well={t("mailbox.smtp_well")} wrong={t("mailbox.smtp_wrong")} />
        <Side
          problem={found.imap_problem}
          well={`${t("mailbox.imap_well")} ${found.mailbox.saves_sent ? t("mailbox.sent_kept") : copies}`}
          wrong={t("mailbox.imap_wrong")}
        />
      </ul>
    </div>
  );
}

function Side({ problem, well, wrong }: { problem: string | null; well: string; wrong: string }) {
  return problem ? (
    <li className={styles.wrong}>
      <CircleAlert size={16} aria-hidden="true" />
      <span>
        <b>{wrong}.</b> {problem}
      </span>
    </li>
  ) : (
    <li className={styles.well}>
      <CircleCheck size={16} aria-hidden="true" />
      <span>{well}</span>
    </li>
  );
}

function Removing({
  mailbox,
  onClose,
  onRemoved,
}: {
  mailbox: MailboxOut;
  onClose: () => void;
  onRemoved?: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { mailbox_id: mailbox.id }, header: ifMatch(mailbox.version) };
      return answer(api.DELETE("/api/v1/mail/mailboxes/{mailbox_id}", { params }));
    },
    onSuccess: async () => {
      tell(t("mailbox.removed"));
      onClose();
      // Away from it first: it is not there to be read any more.
      await onRemoved?.();
      await readMailboxesAgain();
    },
  });
  return (
    <ConfirmDialog
      title={t("mailbox.remove_title", { address: mailbox.address })}
      detail={t("mailbox.remove_detail")}
      action={t("mailbox.remove_do")}
      error={remove.error}
      isPending={remove.isPending}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    />
  );
}
