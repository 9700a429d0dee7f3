// Signing in: address and password, then the second factor where one is set up.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, Problem } from "~/api/client";
import { queryClient } from "~/api/query";
import type { Factor, OpenedOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { SelectField, TextField } from "~/kit/Field";
import { FormProblem } from "~/kit/states";
import { Door } from "./Door";
import { SecondFactor } from "./SecondFactor";

export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { back } = useSearch({ from: "/sign-in" });
  const [factors, setFactors] = useState<readonly Factor[]>([]);

  async function opened(found: OpenedOut): Promise<void> {
    if (found.factors.length > 0) {
      setFactors(found.factors);
      return;
    }
    queryClient.clear();
    await navigate({ to: back ?? "/", replace: true });
  }

  return (
    <Door title={t(factors.length > 0 ? "sign_in.second" : "sign_in.title")}>
      {factors.length > 0 ? (
        <SecondFactor
          factors={factors}
          onShown={() => void opened({ factors: [], expires_at: "" })}
          onBack={() => setFactors([])}
        />
      ) : (
        <Password onOpened={(found) => void opened(found)} />
      )}
    </Door>
  );
}

function Password({ onOpened }: { onOpened: (opened: OpenedOut) => void }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [organisation, setOrganisation] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const organisations = error instanceof Problem && error.code === "which-organisation" ? error.fields : [];

  async function send(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    setSending(true);
    try {
      onOpened(await answer(api.POST("/api/v1/sessions", { body: { email, password, organisation } })));
    } catch (wrong) {
      setError(wrong);
    } finally {
      setSending(false);
    }
  }

  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <TextField
        label={t("sign_in.email")}
        type="email"
        name="email"
        autoComplete="username"
        value={email}
        onChange={setEmail}
        autoFocus
        isRequired
      />
      <TextField
        label={t("sign_in.password")}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isRequired
      />
      {organisations.length > 0 && (
        <SelectField
          label={t("sign_in.organisation")}
          value={organisation}
          onChange={setOrganisation}
          choices={organisations.map((one) => ({ id: one.value ?? "", label: one.reason }))}
        />
      )}
      <FormProblem error={error} />
      <Button look="primary" type="submit" isPending={isSending}>
        {t("sign_in.go")}
      </Button>
      <p className="door-hint">{t("sign_in.lost")}</p>
    </form>
  );
}
