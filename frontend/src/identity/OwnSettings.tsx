// One's own settings: looks and language, password, second factors, sessions.

import { startRegistration } from "@simplewebauthn/browser";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AuthenticatorOut, MeansOut } from "~/api/schema";
import { LANGUAGES, type Language, speak } from "~/i18n";
import { day, relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { SelectField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { FormProblem, Shown, wrongField } from "~/kit/states";
import { DENSITIES, type Density, density, setDensity, setTheme, THEMES, type Theme, theme } from "~/shell/looks";
import { OwnDevices } from "~/voice/settings/OwnDevices";
import { OwnSounds } from "~/voice/settings/OwnSounds";
import { OwnCalling } from "~/voice/trunks/OwnCalling";
import styles from "./OwnSettings.module.css";
import { SettingsTabs } from "./SettingsTabs";
import { useMay, useMe } from "./session";

export function OwnSettings() {
  const { t } = useTranslation();
  const me = useMe();
  const mayCall = useMay("calls:place");
  return (
    <Screen title={t("settings.title")} detail={`${me.name} · ${me.email} · ${t(`role.${me.role}`)}`}>
      <SettingsTabs />
      <div className={styles.columns}>
        <Looks />
        <OwnCalling />
        {mayCall && <OwnDevices />}
        {mayCall && <OwnSounds />}
        <Password />
        <SecondFactors />
        <Sessions />
      </div>
    </Screen>
  );
}

function Looks() {
  const { t, i18n } = useTranslation();
  const [chosenTheme, setChosenTheme] = useState(theme);
  const [chosenDensity, setChosenDensity] = useState(density);
  return (
    <Panel title={t("settings.looks")}>
      <div className={styles.stack}>
        <SelectField
          label={t("settings.language")}
          value={i18n.language}
          onChange={(chosen) => void speak(chosen as Language)}
          choices={Object.entries(LANGUAGES).map(([id, label]) => ({ id, label }))}
        />
        <SelectField
          label={t("settings.theme")}
          value={chosenTheme}
          onChange={(chosen) => {
            setTheme(chosen as Theme);
            setChosenTheme(chosen as Theme);
          }}
          choices={THEMES.map((id) => ({ id, label: t(`theme.${id}`) }))}
        />
        <SelectField
          label={t("settings.density")}
          value={chosenDensity}
          onChange={(chosen) => {
            setDensity(chosen as Density);
            setChosenDensity(chosen as Density);
          }}
          choices={DENSITIES.map((id) => ({ id, label: t(`density.${id}`) }))}
        />
      </div>
    </Panel>
  );
}

function Password() {
  const { t } = useTranslation();
  const [present, setPresent] = useState("");
  const [changed, setChanged] = useState("");
  const change = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/me/password", { body: { present, new: changed } })),
    onSuccess: () => {
      setPresent("");
      setChanged("");
      void readAgain(["/api/v1/sessions"]);
      tell(t("settings.password_changed"));
    },
  });
  return (
    <Panel title={t("sign_in.password")}>
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <TextField
          label={t("settings.present_password")}
          type="password"
          autoComplete="current-password"
          value={present}
          onChange={setPresent}
        />
        <TextField
          label={t("sign_in.new_password")}
          hint={t("sign_in.password_hint")}
          error={wrongField(change.error, "new")}
          type="password"
          autoComplete="new-password"
          value={changed}
          onChange={setChanged}
        />
        <FormProblem error={change.error} />
        <div>
          <Button type="submit" isPending={change.isPending} isDisabled={!present || !changed}>
            {t("settings.change_password")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

type Removal = { kind: "authenticator" } | { kind: "passkey"; id: string } | { kind: "codes" };

function SecondFactors() {
  const { t } = useTranslation();
  const means = $api.useQuery("get", "/api/v1/me/sign-in", {});
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [begun, setBegun] = useState<AuthenticatorOut | null>(null);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const begin = useMutation({
    mutationFn: () => answer<AuthenticatorOut>(api.POST("/api/v1/me/authenticator")),
    onSuccess: setBegun,
  });
  const passkey = useMutation({
    mutationFn: async () => {
      const { options } = await answer(api.POST("/api/v1/me/passkeys/options"));
      const credential = await startRegistration({ optionsJSON: options as never });
      const name = t("settings.passkey_name", { day: day(new Date()) });
      return answer(api.POST("/api/v1/me/passkeys", { body: { name, credential: { ...credential } as never } }));
    },
    onSuccess: (made) => {
      setCodes(made.codes ?? []);
      void readAgain(["/api/v1/me/sign-in"]);
      tell(t("settings.passkey_added"));
    },
  });

  return (
    <Panel title={t("settings.second_factors")}>
      <Shown query={means}>
        {(found: MeansOut) => (
          <div className={styles.stack}>
            {!found.has_authenticator && found.passkeys.length === 0 && <p>{t("settings.no_second_factor")}</p>}
            <ul className={styles.rows}>
              {found.has_authenticator && (
                <li>
                  <span>{t("settings.authenticator")}</span>
                  <Button look="quiet" onPress={() => setRemoval({ kind: "authenticator" })}>
                    {t("remove")}
                  </Button>
                </li>
              )}
              {found.passkeys.map((one) => (
                <li key={one.id}>
                  <span>
                    {one.name}{" "}
                    <span className={styles.detail}>
                      {one.last_used_at
                        ? t("settings.used", { when: relative(one.last_used_at) })
                        : t("settings.unused")}
                    </span>
                  </span>
                  <Button look="quiet" onPress={() => setRemoval({ kind: "passkey", id: one.id })}>
                    {t("remove")}
                  </Button>
                </li>
              ))}
              {(found.has_authenticator || found.passkeys.length > 0) && (
                <li>
                  <span>{t("settings.codes_left", { count: found.recovery_codes_left })}</span>
                  <Button look="quiet" onPress={() => setRemoval({ kind: "codes" })}>
                    {t("settings.new_codes")}
                  </Button>
                </li>
              )}
            </ul>
            <FormProblem error={begin.error ?? passkey.error} />
            <div className={styles.buttons}>
              {!found.has_authenticator && (
                <Button onPress={() => begin.mutate()}>{t("settings.add_authenticator")}</Button>
              )}
              <Button onPress={() => passkey.mutate()} isPending={passkey.isPending}>
                {t("settings.add_passkey")}
              </Button>
            </div>
          </div>
        )}
      </Shown>
      {begun && (
        <ConfirmAuthenticator
          begun={begun}
          onClose={() => setBegun(null)}
          onConfirmed={(made) => {
            setBegun(null);
            setCodes(made);
          }}
        />
      )}
      {removal && (
        <AskPassword
          removal={removal}
          onClose={() => setRemoval(null)}
          onDone={(made) => {
            setRemoval(null);
            setCodes(made);
          }}
        />
      )}
      <RecoveryCodes codes={codes} onClose={() => setCodes([])} />
    </Panel>
  );
}

function ConfirmAuthenticator({
  begun,
  onClose,
  onConfirmed,
}: {
  begun: AuthenticatorOut;
  onClose: () => void;
  onConfirmed: (codes: readonly string[]) => void;
}) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/me/authenticator/confirm", { body: { code } })),
    onSuccess: (made) => {
      void readAgain(["/api/v1/me/sign-in"]);
      onConfirmed(made.codes ?? []);
    },
  });
  return (
    <Dialog
      title={t("settings.add_authenticator")}
      isOpen
      onClose={onClose}
      onSubmit={() => confirm.mutate()}
      actions={
        <Button look="primary" type="submit" isPending={confirm.isPending} isDisabled={code.length < 6}>
          {t("settings.confirm")}
        </Button>
      }
    >
      <p>{t("settings.scan")}</p>
      {begun.picture && (
        <svg
          className={styles.qr}
          viewBox={`0 0 ${begun.size} ${begun.size}`}
          role="img"
          aria-label={t("settings.qr")}
        >
          <rect width={begun.size} height={begun.size} fill="#fff" />
          <path d={begun.picture} fill="#000" />
        </svg>
      )}
      <p className={styles.secret}>{begun.secret?.match(/.{1,4}/g)?.join(" ")}</p>
      <TextField
        label={t("sign_in.code")}
        value={code}
        onChange={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
        error={wrongField(confirm.error, "code")}
        autoFocus
      />
      <FormProblem error={confirm.error} />
    </Dialog>
  );
}

function AskPassword({
  removal,
  onClose,
  onDone,
}: {
  removal: Removal;
  onClose: () => void;
  onDone: (codes: readonly string[]) => void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const body = { password };
  const remove = useMutation({
    mutationFn: async (): Promise<readonly string[]> => {
      if (removal.kind === "codes") {
        return (await answer(api.POST("/api/v1/me/recovery-codes", { body }))).codes ?? [];
      }
      if (removal.kind === "authenticator") await answer(api.POST("/api/v1/me/authenticator/remove", { body }));
      else {
        const params = { path: { passkey_id: removal.id } };
        await answer(api.POST("/api/v1/me/passkeys/{passkey_id}/remove", { params, body }));
      }
      return [];
    },
    onSuccess: (codes) => {
      void readAgain(["/api/v1/me/sign-in"]);
      onDone(codes);
    },
  });
  return (
    <Dialog
      title={t("settings.ask_password")}
      isOpen
      onClose={onClose}
      onSubmit={() => remove.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={remove.isPending}>
            {t("settings.confirm")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("settings.present_password")}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus
      />
      <FormProblem error={remove.error} />
    </Dialog>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("settings.codes")}
      isOpen={codes.length > 0}
      onClose={onClose}
      actions={
        <>
          <Button onPress={() => void navigator.clipboard.writeText(codes.join("\n"))}>{t("copy")}</Button>
          <Button look="primary" onPress={onClose}>
            {t("settings.codes_kept")}
          </Button>
        </>
      }
    >
      <p>{t("settings.codes_detail")}</p>
      <ul className={styles.codes}>
        {codes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Dialog>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const sessions = $api.useQuery("get", "/api/v1/sessions", {});
  const again = () => readAgain(["/api/v1/sessions"]);
  const end = useMutation({
    mutationFn: (id: string) => {
      const params = { path: { session_id: id } };
      return answer(api.POST("/api/v1/sessions/{session_id}/end", { params }));
    },
    onSuccess: again,
  });
  const endOthers = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/sessions/end-others")),
    onSuccess: again,
  });
  return (
    <Panel
      title={t("settings.sessions")}
      actions={
        <Button look="quiet" onPress={() => endOthers.mutate()}>
          {t("settings.end_others")}
        </Button>
      }
    >
      <FormProblem error={end.error ?? endOthers.error} />
      <Shown query={sessions}>
        {({ items }) => (
          <ul className={styles.rows}>
            {items.map((one) => (
              <li key={one.id}>
                <span className={styles.agent}>
                  {browserOf(one.agent)} {one.is_this && <Badge tone="accent">{t("settings.this")}</Badge>}
                  <span className={styles.detail}>
                    {one.address} · {t("settings.seen", { when: relative(one.seen_at) })}
                  </span>
                </span>
                {!one.is_this && (
                  <Button look="quiet" onPress={() => end.mutate(one.id)}>
                    {t("settings.end")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}

const BROWSERS = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];
const SYSTEMS = ["iPhone", "iPad", "Android", "Windows", "Mac OS X", "Linux"];

/** `Chrome · Linux`, of what a browser calls itself; all of it when that is not understood. */
function browserOf(agent: string): string {
  const browser = BROWSERS.find((one) => agent.includes(one));
  const system = SYSTEMS.find((one) => agent.includes(one));
  return browser && system ? `${browser.replace("Edg", "Edge").replace("OPR", "Opera")} · ${system}` : agent;
}
