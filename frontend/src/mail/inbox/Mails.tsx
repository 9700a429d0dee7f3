// Single mails of a conversation: what came in, as text or as it was made to look, and what we wrote.

import { useMutation } from "@tanstack/react-query";
import { ChevronRight, ImageOff, Paperclip, ShieldAlert, TriangleAlert } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MailOut, ReceivedMailOut } from "~/api/schema";
import { decimal } from "~/i18n/numbers";
import { day, moment, relative } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Badge } from "~/kit/Panel";
import { readInboxAgain, sayTheirs } from "./data";
import { FileLink } from "./FileLink";
import { KindBadge } from "./KindBadge";
import styles from "./Mails.module.css";

/** Around a mail's page, in pixels; one that is taller scrolls within its frame. */
const MARGINS = 28;
const TALLEST = 4_000;

const STATE_TONES = { failed: "danger", in_doubt: "warn", queued: "info", sending: "info" } as const;

export function SentMail({ mail }: { mail: MailOut }) {
  const { t } = useTranslation();
  const at = mail.sent_at ?? mail.created_at;
  const state = mail.state;
  return (
    <article className={`${styles.mail} ${styles.ours}`} aria-label={t("inbox.from_us", { when: moment(at) })}>
      <Head name={mail.from_name} address={mail.from_address} at={at}>
        {state in STATE_TONES && (
          <Badge tone={STATE_TONES[state as keyof typeof STATE_TONES]}>
            {t(`inbox.state.${state as keyof typeof STATE_TONES}`)}
          </Badge>
        )}
      </Head>
      <p className={styles.text}>{mail.body_text}</p>
      {mail.reason && state !== "sent" && <p className={styles.faint}>{mail.reason}</p>}
    </article>
  );
}

export function ReceivedMail({
  mail,
  mayAct,
  personName,
}: {
  mail: ReceivedMailOut;
  mayAct: boolean;
  personName: string;
}) {
  const { t } = useTranslation();
  const [look, setLook] = useState<"text" | "page" | "images">("text");
  const name = mail.from_name || mail.from_address;
  return (
    <article className={styles.mail} aria-label={t("inbox.from_them", { name, when: moment(mail.received_at) })}>
      <Head name={name} address={mail.from_address} at={mail.received_at}>
        <KindBadge kind={mail.kind} />
      </Head>
      {mail.is_from_another && <Another mail={mail} mayAct={mayAct} personName={personName} />}
      {mail.back_on && <p className={styles.note}>{t("inbox.back_on", { day: day(mail.back_on) })}</p>}
      {mail.kind === "bounce" && <Bounced mail={mail} />}
      {look === "text" ? (
        <p className={styles.text}>{mail.text || t("inbox.no_text")}</p>
      ) : (
        <Page mail={mail} look={look} />
      )}
      {look === "text" && mail.quoted && (
        <details className={styles.quoted}>
          <summary>
            <ChevronRight size={14} aria-hidden="true" /> {t("inbox.quoted")}
          </summary>
          <p className={styles.text}>{mail.quoted}</p>
        </details>
      )}
      <Attached mail={mail} />
      {mail.has_page && (
        <div className={styles.looks}>
          <Button look="quiet" onPress={() => setLook(look === "text" ? "page" : "text")}>
            {t(look === "text" ? "inbox.as_sent" : "inbox.as_text")}
          </Button>
          {look === "page" && mail.remote_images > 0 && (
            <Button look="quiet" onPress={() => setLook("images")}>
              <ImageOff size={14} aria-hidden="true" /> {t("inbox.images", { count: mail.remote_images })}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

function Head({
  name,
  address,
  at,
  children,
}: {
  name: string;
  address: string;
  at: string;
  children?: React.ReactNode;
}) {
  return (
    <header className={styles.head}>
      <span className={styles.from}>
        <b>{name}</b>
        {name !== address && <span className={styles.faint}>{address}</span>}
      </span>
      {children}
      <time dateTime={at} title={moment(at)} className={styles.when}>
        {relative(at)}
      </time>
    </header>
  );
}

/** In the thread, but from somebody else: it counts only once somebody says that the address is the person's. */
function Another({ mail, mayAct, personName }: { mail: ReceivedMailOut; mayAct: boolean; personName: string }) {
  const { t } = useTranslation();
  const say = useMutation({
    mutationFn: () => sayTheirs(mail.id),
    onSuccess: () => {
      void readInboxAgain();
      tell(t("inbox.theirs_told", { address: mail.from_address, name: personName }));
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });
  return (
    <div className={styles.warning} role="note">
      <ShieldAlert size={16} aria-hidden="true" />
      <div>
        <p>{t("inbox.another", { name: personName })}</p>
        {mayAct && (
          <Button onPress={() => say.mutate()} isPending={say.isPending}>
            {t("inbox.theirs", { name: personName })}
          </Button>
        )}
      </div>
    </div>
  );
}

function Bounced({ mail }: { mail: ReceivedMailOut }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.warning}>
      {mail.bounces.map((one) => (
        <li key={one.address}>
          <p>
            <TriangleAlert size={14} aria-hidden="true" />{" "}
            {t(one.is_delay ? "inbox.delayed" : one.is_permanent ? "inbox.dead" : "inbox.failed", {
              address: one.address,
            })}
          </p>
          {(one.told || one.status) && <p className={styles.faint}>{one.told || one.status}</p>}
        </li>
      ))}
    </ul>
  );
}

function Attached({ mail }: { mail: ReceivedMailOut }) {
  const { t } = useTranslation();
  if (mail.attachments.length === 0 && mail.left_out.length === 0) return null;
  return (
    <div className={styles.attached}>
      {mail.attachments.length > 0 && (
        <ul aria-label={t("inbox.files")} className={styles.files}>
          {mail.attachments.map((one, place) => (
            <li key={`${place}-${one.name}`} className={styles.file}>
              <Paperclip size={14} aria-hidden="true" />
              <span>{one.file_id ? <FileLink id={one.file_id} name={one.name} /> : one.name}</span>
              <span className={styles.faint}>
                {one.size !== null && sizeOf(one.size)}
                {one.file_id === null && ` ${t("inbox.in_mailbox")}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {mail.left_out.length > 0 && (
        <p className={styles.faint}>{t("inbox.left_out", { what: mail.left_out.join(", ") })}</p>
      )}
    </div>
  );
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${decimal(bytes, 0)} B`;
  return bytes < 100_000 ? `${decimal(bytes / 1_000, 0)} kB` : `${decimal(bytes / 1_000_000)} MB`;
}

/** As it was made to look: a page of the server's, without scripts, in a frame that can do nothing. */
function Page({ mail, look }: { mail: ReceivedMailOut; look: "page" | "images" }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(240);
  function measure(): void {
    const page = frame.current?.contentDocument?.body;
    if (page) setHeight(Math.min(page.scrollHeight + MARGINS, TALLEST));
  }
  return (
    <iframe
      ref={frame}
      key={look}
      title={t("inbox.page_of", { name: mail.from_name || mail.from_address })}
      src={`/api/v1/mail/received/${mail.id}/page${look === "images" ? "?images=true" : ""}`}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      className={styles.page}
      style={{ height }}
      onLoad={measure}
    />
  );
}
