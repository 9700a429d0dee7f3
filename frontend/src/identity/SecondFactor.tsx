import { startAuthentication } from "@simplewebauthn/browser";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import type { Factor, FactorShown } from "~/api/schema";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import { FormProblem } from "~/kit/states";

/** Ask for one of the second factors that are set up: a code, a passkey, or a recovery code. */
export function SecondFactor({
  factors,
  onShown,
  onBack,
}: {
  factors: readonly Factor[];
  onShown: () => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const [isRecovering, setRecovering] = useState(false);
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);
  const asksCode = isRecovering || factors.includes("authenticator");

  async function show(shown: () => Promise<FactorShown>): Promise<void> {
    setSending(true);
    try {
      await answer(api.POST("/api/v1/sessions/factor", { body: await shown() }));
      onShown();
    } catch (wrong) {
      setError(wrong);
      setCode("");
    } finally {
      setSending(false);
    }
  }

  async function passkey(): Promise<FactorShown> {
    const { options } = await answer(api.POST("/api/v1/sessions/factor-options"));
    const shown = await startAuthentication({ optionsJSON: options as never });
    return { passkey: { ...shown } };
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void show(() => Promise.resolve(isRecovering ? { recovery_code: code } : { code }));
      }}
      noValidate
    >
      {factors.includes("passkey") && !isRecovering && (
        <Button look={asksCode ? "plain" : "primary"} isPending={isSending} onPress={() => void show(passkey)}>
          {t("sign_in.passkey")}
        </Button>
      )}
      {asksCode && (
        <>
          <TextField
            label={t(isRecovering ? "sign_in.recovery_code" : "sign_in.code")}
            hint={t(isRecovering ? "sign_in.recovery_hint" : "sign_in.code_hint")}
            value={code}
            onChange={setCode}
            autoComplete="one-time-code"
            inputMode={isRecovering ? "text" : "numeric"}
            autoFocus
          />
          <Button look="primary" type="submit" isPending={isSending}>
            {t("sign_in.go")}
          </Button>
        </>
      )}
      <FormProblem error={error} />
      {factors.includes("recovery_code") && !isRecovering && (
        <Button look="quiet" onPress={() => setRecovering(true)}>
          {t("sign_in.recover")}
        </Button>
      )}
      <Button look="quiet" onPress={isRecovering ? () => setRecovering(false) : onBack}>
        {t("back")}
      </Button>
    </form>
  );
}
