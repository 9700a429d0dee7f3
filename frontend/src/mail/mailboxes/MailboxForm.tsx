// What a mailbox is: its address, the way to its servers, the signature below its mails. To connect one, or to change it.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import type { MailboxOut, Security } from "~/api/schema";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { FieldGroup, NumberField, SelectField, Switch, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";
import { SignInButtons } from "~/oauth/SignInButtons";
import { useShortcuts } from "~/shell/keys";
import { readMailboxesAgain, useProviders } from "./data";
import { changes, connecting, type Draft, draftOf, NEW, type Present, providerOf, serversOf } from "./draft";
import styles from "./Mailbox.module.css";

const OTHER = "other";
const SECURITIES: readonly Security[] = ["starttls", "tls"];
/** The port field shows a port as it is, without a thousands separator. */
const PLAIN = { useGrouping: false };

export function MailboxForm({
  mailbox,
  onSaved,
}: {
  mailbox: MailboxOut | null;
  onSaved: (saved: MailboxOut) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const copy = useCopy<Present | MailboxOut, Draft>(mailbox ?? NEW, draftOf, `mailbox.${mailbox?.id ?? me.id}`);
  const { draft, change } = copy;
  const [password, setPassword] = useState("");
  const hasChanged = copy.isChanged || password !== "";
  const isComplete = [draft.address, draft.smtp_host, draft.imap_host].every((one) => one.trim() !== "");
  const isSavable = hasChanged && isComplete && (mailbox !== null || password !== "");

  const save = useMutation({
    mutationFn: () => {
      if (!mailbox) {
        const body = connecting(draft, password);
        return answer<MailboxOut>(api.POST("/api/v1/mail/mailboxes", { body }));
      }
      const params = { path: { mailbox_id: mailbox.id }, header: ifMatch(copy.base.version) };
      const body = changes(draftOf(copy.base), draft, password);
      return answer<MailboxOut>(api.PATCH("/api/v1/mail/mailboxes/{mailbox_id}", { params, body }));
    },
    onSuccess: async (saved) => {
      setPassword("");
      if (mailbox) copy.settle(saved);
      else copy.discard();
      await readMailboxesAgain();
      tell(t(mailbox ? "saved" : "mailbox.connected"));
      onSaved(saved);
    },
  });

  async function mergeOver(): Promise<void> {
    if (!mailbox) return;
    const params = { path: { mailbox_id: mailbox.id } };
    copy.rebase(await answer<MailboxOut>(api.GET("/api/v1/mail/mailboxes/{mailbox_id}", { params })));
    save.reset();
  }

  useShortcuts([
    {
      keys: "$mod+s",
      label: t("save"),
      group: t("mailbox.title"),
      isEverywhere: true,
      run: () => isSavable && save.mutate(),
    },
  ]);

  return (
    <Panel title={mailbox ? mailbox.address : t("mailbox.connect_title")}>
      <form
        className={styles.stack}
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isSavable) save.mutate();
        }}
      >
        {!mailbox && <SignInButtons purpose="mail" />}
        {mailbox?.sign_in && <p className={styles.hint}>{t("oauth.by", { provider: mailbox.sign_in.title })}</p>}
        {!mailbox?.sign_in && (
          <>
            <Providers draft={draft} onChange={change} />
            <div className={styles.pair}>
              <TextField
                label={t("mailbox.address")}
                type="email"
                value={draft.address}
                onChange={(address) => change({ address })}
                error={wrongField(save.error, "address")}
                autoFocus={!mailbox}
                isRequired
              />
              <TextField
                label={t("mailbox.password")}
                hint={t(mailbox ? "mailbox.password_kept_hint" : "mailbox.password_hint")}
                type="password"
                autoComplete="new-password"
                value={password}
                onChange={setPassword}
                error={wrongField(save.error, "password")}
                isRequired={!mailbox}
              />
            </div>
          </>
        )}
        <div className={styles.pair}>
          <TextField
            label={t("mailbox.shown_name")}
            hint={mailbox ? undefined : t("mailbox.shown_name_hint")}
            value={draft.shown_name}
            onChange={(shown_name) => change({ shown_name })}
            error={wrongField(save.error, "shown_name")}
            maxLength={100}
          />
          {!mailbox?.sign_in && (
            <TextField
              label={t("mailbox.username")}
              hint={mailbox ? undefined : t("mailbox.username_hint")}
              autoComplete="off"
              value={draft.username}
              onChange={(username) => change({ username })}
              error={wrongField(save.error, "username")}
            />
          )}
        </div>
        {!mailbox?.sign_in && (
          <>
            <ServerFields side="smtp" draft={draft} onChange={change} error={save.error} />
            <ServerFields side="imap" draft={draft} onChange={change} error={save.error} />
          </>
        )}
        <Switch isSelected={draft.saves_sent} onChange={(saves_sent) => change({ saves_sent })}>
          {t("mailbox.saves_sent")}
        </Switch>
        <TextAreaField
          label={t("mailbox.signature")}
          hint={t("mailbox.signature_hint")}
          value={draft.signature}
          onChange={(signature) => change({ signature })}
          error={wrongField(save.error, "signature")}
          rows={4}
          maxLength={2_000}
        />
        <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
        <div className={styles.buttons}>
          <Button look="primary" type="submit" keys="$mod+s" isPending={save.isPending} isDisabled={!isSavable}>
            {t(mailbox ? "save" : "mailbox.connect")}
          </Button>
          {copy.isChanged && <Button onPress={copy.discard}>{t("hours.discard")}</Button>}
        </div>
      </form>
    </Panel>
  );
}

interface Part {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
}

function Providers({ draft, onChange }: Part) {
  const { t } = useTranslation();
  const providers = useProviders();
  return (
    <SelectField
      label={t("mailbox.provider")}
      hint={t("mailbox.provider_hint")}
      value={providerOf(providers, draft)?.id ?? OTHER}
      onChange={(id) => {
        const chosen = providers.find((one) => one.id === id);
        onChange(
          chosen ? serversOf(chosen) : serversOf({ ...NEW, id: OTHER, name: "", smtp_port: 587, imap_port: 993 }),
        );
      }}
      choices={[
        ...providers.map(({ id, name }) => ({ id, label: name })),
        { id: OTHER, label: t("mailbox.provider_other"), detail: t("mailbox.provider_other_detail") },
      ]}
    />
  );
}

function ServerFields({ side, draft, onChange, error }: Part & { side: "smtp" | "imap"; error: unknown }) {
  const { t } = useTranslation();
  return (
    <FieldGroup label={t(side === "smtp" ? "mailbox.outgoing" : "mailbox.incoming")}>
      <div className={styles.server}>
        <TextField
          label={t("mailbox.host")}
          value={draft[`${side}_host`]}
          onChange={(host) => onChange({ [`${side}_host`]: host })}
          error={wrongField(error, `${side}_host`)}
          placeholder={`${side}.acme.example`}
          isRequired
        />
        <NumberField
          label={t("mailbox.port")}
          value={draft[`${side}_port`]}
          onChange={(port) => onChange({ [`${side}_port`]: port })}
          error={wrongField(error, `${side}_port`)}
          minValue={1}
          maxValue={65_535}
          formatOptions={PLAIN}
        />
        <SelectField
          label={t("mailbox.security")}
          value={draft[`${side}_security`]}
          onChange={(security) => onChange({ [`${side}_security`]: security as Security })}
          choices={SECURITIES.map((id) => ({ id, label: t(`mailbox.securities.${id}`) }))}
        />
      </div>
    </FieldGroup>
  );
}
