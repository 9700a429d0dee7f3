// A lead's mails that are not sent yet, or of which somebody must say what becomes of them.

import { useMutation } from "@tanstack/react-query";
import { MailQuestionMark, MailWarning, Mails } from "lucide-react";
import type { TFunction } from "i18next";
import { createElement } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { MailOut, MailState } from "~/api/schema";
import { moment } from "~/i18n/time";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { tell } from "~/kit/notices";
import { Badge, type Tone } from "~/kit/Panel";
import { FormProblem } from "~/kit/states";
import { type Decision, decide, HOLD_SECONDS } from "./data";
import styles from "./Writing.module.css";

const TONES: Partial<Record<MailState, Tone>> = { failed: "danger", in_doubt: "warn" };
const DECISIONS: Partial<Record<MailState, readonly Decision[]>> = {
  queued: ["withdraw"],
  failed: ["send_again", "withdraw"],
  in_doubt: ["was_sent", "send_again", "withdraw"],
};
const LATER_MS = 2 * HOLD_SECONDS * 1_000;

export function UnderWay({ leadId }: { leadId: string }) {
  const { t } = useTranslation();
  const query = { lead_id: leadId, unsettled: true, limit: 20 };
  const mails = $api.useQuery("get", "/api/v1/mail/messages", { params: { query } });
  if (!mails.data || mails.data.items.length === 0) return null;
  return (
    <ul className={styles.underWay} aria-label={t("writing.under_way")}>
      {mails.data.items.map((mail) => (
        <Waiting key={mail.id} mail={mail} />
      ))}
    </ul>
  );
}

function Waiting({ mail }: { mail: MailOut }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayDecide = useMay("leads:assign") || mail.user_id === me.id;
  const deciding = useMutation({
    mutationFn: (decision: Decision) => decide(mail.id, decision),
    onSuccess: (_, decision) => tell(t(`writing.done.${decision}`)),
    onSettled: () => readAgain(["/api/v1/mail/messages", "/api/v1/persons/{person_id}/timeline"]),
  });
  const Icon = mail.state === "in_doubt" ? MailQuestionMark : mail.state === "failed" ? MailWarning : Mails;
  return (
    <li>
      <span className={styles.icon}>{createElement(Icon, { size: 14, "aria-hidden": true })}</span>
      <div className={styles.what}>
        <p className={styles.head}>
          <Badge tone={TONES[mail.state] ?? "info"}>{t(`writing.state.${mail.state as Told}`)}</Badge>
          <b className={styles.file}>{mail.subject}</b>
        </p>
        <p className={styles.hint}>{reasonOf(mail, t)}</p>
        <FormProblem error={deciding.error} />
        {mayDecide && (
          <div className={styles.buttons}>
            {(DECISIONS[mail.state] ?? []).map((one) => (
              <Button key={one} onPress={() => deciding.mutate(one)} isDisabled={deciding.isPending}>
                {t(one === "withdraw" && mail.state !== "queued" ? "writing.drop_mail" : `writing.${one}`)}
              </Button>
            ))}
          </div>
        )}
      </div>
    </li>
  );
}

type Told = "queued" | "sending" | "failed" | "in_doubt";

function reasonOf(mail: MailOut, t: TFunction): string {
  if (mail.state === "in_doubt") return `${t("writing.state.doubt")} ${mail.reason}`;
  if (mail.state !== "queued" || !mail.send_at) return mail.reason;
  const isLater = Date.parse(mail.send_at) - Date.now() > LATER_MS;
  const when = isLater ? t("writing.state.at", { when: moment(mail.send_at) }) : t("writing.state.soon");
  return `${mail.reason} ${when}`.trim();
}
