// Connecting by signing in at a provider: a button each, where the installation is registered there.

import { useMutation } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { ProviderName, SignInPurpose, SignInPage } from "~/api/schema";
import { Button } from "~/kit/Button";
import { FormProblem } from "~/kit/states";
import styles from "./oauth.module.css";

/** Begins a sign-in and goes to the provider's page; it comes back to /settings/signed-in. */
export function useSignIn(purpose: SignInPurpose) {
  return useMutation({
    mutationFn: ({ provider, account = "" }: { provider: ProviderName; account?: string }) =>
      answer<SignInPage>(api.POST("/api/v1/sign-ins", { body: { provider, purpose, account } })),
    onSuccess: ({ address }) => window.location.assign(address),
  });
}

/** Nothing where no provider can be signed in at. */
export function SignInButtons({ purpose }: { purpose: SignInPurpose }) {
  const { t } = useTranslation();
  const signIn = useSignIn(purpose);
  const known = $api.useQuery("get", "/api/v1/sign-ins/providers", {}, { staleTime: Infinity }).data?.items ?? [];
  const providers = known.filter((one) => one.purposes.includes(purpose));
  if (providers.length === 0) return null;
  return (
    <div className={styles.ways}>
      <p className={styles.hint}>{t(`oauth.about.${purpose}`)}</p>
      <div className={styles.buttons}>
        {providers.map(({ name, title }) => (
          <Button
            key={name}
            onPress={() => signIn.mutate({ provider: name })}
            isPending={signIn.isPending && signIn.variables.provider === name}
          >
            <LogIn size={14} aria-hidden="true" /> {t("oauth.sign_in", { provider: title })}
          </Button>
        ))}
      </div>
      <FormProblem error={signIn.error} />
    </div>
  );
}

/** For who must sign in once more, as the account that is connected. */
export function SignInAgain({
  purpose,
  provider,
  title,
  account,
}: {
  purpose: SignInPurpose;
  provider: ProviderName;
  title: string;
  account: string;
}) {
  const { t } = useTranslation();
  const signIn = useSignIn(purpose);
  return (
    <>
      <Button look="primary" onPress={() => signIn.mutate({ provider, account })} isPending={signIn.isPending}>
        <LogIn size={14} aria-hidden="true" /> {t("oauth.again", { provider: title })}
      </Button>
      <FormProblem error={signIn.error} />
    </>
  );
}
