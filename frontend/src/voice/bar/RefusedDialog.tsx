// Why the policy lets nobody call now, and until when: put the lead off until then, or, where somebody may and they asked
// to be called now, call with that reason.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, type Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CallRefusalOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { dial, forgetRefusal, type Whom } from "../calling";
import styles from "./RefusedDialog.module.css";

export function RefusedDialog({ whom, problem }: { whom: Whom; problem: Problem }) {
  const { t } = useTranslation();
  const mayOverride = useMay("calls:override");
  const mayWork = useMay("leads:work");
  const [reason, setReason] = useState("");
  const { verdict } = problem;
  const until = verdict?.until ?? null;
  const yields = verdict !== null && verdict.refusals.length > 0 && verdict.refusals.every((one) => one.yields);
  const leadId = whom.lead_id;
  const snooze = useMutation({
    mutationFn: (moment_: string) => {
      const params = { path: { lead_id: leadId ?? "" } };
      return answer(api.POST("/api/v1/leads/{lead_id}/snooze", { params, body: { until: moment_ } }));
    },
    onSuccess: (_, moment_) => {
      void readAgain(["/api/v1/leads", "/api/v1/queue"]);
      tell(t("snooze.done", { when: moment(moment_) }));
      forgetRefusal();
    },
  });
  const mayPutOff = mayWork && leadId && until;

  return (
    <Dialog
      title={t("refused.title", { name: whom.name ?? whom.number ?? "" })}
      isOpen
      onClose={forgetRefusal}
      onSubmit={() => {
        if (mayPutOff) snooze.mutate(until);
        else forgetRefusal();
      }}
      actions={
        mayPutOff ? (
          <>
            <Button onPress={forgetRefusal}>{t("close")}</Button>
            <Button look="primary" type="submit" keys="Enter" isPending={snooze.isPending} autoFocus>
              {t("refused.put_off", { when: moment(until) })}
            </Button>
          </>
        ) : (
          <Button look="primary" type="submit" autoFocus>
            {t("close")}
          </Button>
        )
      }
    >
      {verdict && verdict.refusals.length > 0 ? (
        <ul className={styles.reasons}>
          {verdict.refusals.map((one) => (
            <Reason key={one.code + one.why} refusal={one} />
          ))}
        </ul>
      ) : (
        <p>{problem.message}</p>
      )}
      {until && <p>{t("refused.until", { when: moment(until) })}</p>}
      <FormProblem error={snooze.error} />
      {mayOverride && yields && (
        <div className={styles.override}>
          <TextField
            label={t("refused.agreed")}
            hint={t("refused.agreed_hint")}
            value={reason}
            onChange={setReason}
            maxLength={500}
          />
          <Button onPress={() => void dial({ ...whom, agreed: reason.trim() })} isDisabled={!reason.trim()}>
            {t("refused.call_anyway")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Reason({ refusal }: { refusal: CallRefusalOut }) {
  return (
    <li>
      <p>{refusal.why}</p>
      {refusal.source && <p className={styles.source}>{refusal.source}</p>}
    </li>
  );
}
