// Where a link of entry leads: an invitation or a reset. The link's secret stands behind the #, which is sent to nobody.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { queryClient } from "~/api/query";
import type { Factor } from "~/api/schema";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { FormProblem, Shown, wrongField } from "~/kit/states";
import { Door } from "./Door";
import { SecondFactor } from "./SecondFactor";

export function Enter() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [link] = useState(() => location.hash.slice(1));
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const [factors, setFactors] = useState<readonly Factor[]>([]);
  const entrant = useQuery({
    queryKey: ["entrant", link],
    queryFn: () => answer(api.POST("/api/v1/entry-links/look", { body: { link } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

  async function go(): Promise<void> {
    queryClient.clear();
    await navigate({ to: "/", replace: true });
  }

  async function send(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    try {
      const opened = await answer(api.POST("/api/v1/entry-links/use", { body: { link, password } }));
      if (opened.factors.length > 0) setFactors(opened.factors);
      else await go();
    } catch (wrong) {
      setError(wrong);
    }
  }

  if (factors.length > 0) {
    return (
      <Door title={t("sign_in.second")}>
        <SecondFactor
          factors={factors}
          onShown={() => void go()}
          onBack={() => void navigate({ to: "/sign-in" })}
        />
      </Door>
    );
  }
  const isInvitation = entrant.data?.purpose !== "reset";
  return (
    <Door title={t(isInvitation ? "enter.welcome" : "enter.reset")}>
      <Shown query={entrant}>
        {(who) => (
          <form onSubmit={(event) => void send(event)} noValidate>
            <p>{t("enter.who", { name: who.name, email: who.email, organisation: who.organisation })}</p>
            <input type="hidden" autoComplete="username" name="email" value={who.email} readOnly />
            <TextField
              label={t("sign_in.new_password")}
              hint={t("sign_in.password_hint")}
              error={wrongField(error, "password")}
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={setPassword}
              autoFocus
              isRequired
            />
            <FormProblem error={error} />
            <Button look="primary" type="submit">
              {t("enter.go")}
            </Button>
          </form>
        )}
      </Shown>
    </Door>
  );
}
