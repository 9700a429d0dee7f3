// What is published of the domains that mail is sent from, and what should be. To ask the DNS takes seconds.

import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { DomainCheckOut, DomainStandingOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { CopyField } from "~/kit/CopyField";
import { Badge, Panel, type Tone } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import styles from "./Domains.module.css";

const TONES: Record<DomainCheckOut["standing"], Tone> = {
  ok: "ok",
  warn: "warn",
  fail: "danger",
  unknown: "neutral",
};
const FRESH_MS = 600_000;

/** The domains of all mailboxes. */
export function Domains() {
  const { t } = useTranslation();
  const found = $api.useQuery("get", "/api/v1/mail/domains", {}, { staleTime: FRESH_MS, retry: false });
  return (
    <Panel
      title={t("domains.title")}
      actions={
        <Button onPress={() => void found.refetch()} isPending={found.isFetching}>
          {t("domains.again")}
        </Button>
      }
    >
      <div className={styles.stack}>
        <p className={styles.detail}>{t("domains.detail")}</p>
        <Shown query={found} rows={4}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("domains.none")}>{t("domains.none_detail")}</Empty>
            ) : (
              items.map((one) => (
                <section key={one.domain} className={styles.stack} aria-label={one.domain}>
                  <h3>{one.domain}</h3>
                  <Checks found={one} />
                </section>
              ))
            )
          }
        </Shown>
      </div>
    </Panel>
  );
}

/** The domain of one mailbox. */
export function MailboxDomain({ mailboxId, domain }: { mailboxId: string; domain: string }) {
  const { t } = useTranslation();
  const params = { path: { mailbox_id: mailboxId } };
  const path = "/api/v1/mail/mailboxes/{mailbox_id}/deliverability";
  const found = $api.useQuery("get", path, { params }, { staleTime: FRESH_MS, retry: false });
  return (
    <Panel
      title={t("domains.of", { domain })}
      actions={
        <Button onPress={() => void found.refetch()} isPending={found.isFetching}>
          {t("domains.again")}
        </Button>
      }
    >
      <Shown query={found} rows={4}>
        {(one) => <Checks found={one} />}
      </Shown>
    </Panel>
  );
}

function Checks({ found }: { found: DomainStandingOut }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.checks}>
      {found.checks.map((check) => (
        <li key={check.name}>
          <div className={styles.name}>
            <b>{t(`domains.check.${check.name}`)}</b>
            <Badge tone={TONES[check.standing]}>{t(`domains.standing.${check.standing}`)}</Badge>
          </div>
          <p className={styles.told}>{check.told}</p>
          {check.publish && (
            <div className={styles.publish}>
              <CopyField label={t("domains.record", { kind: check.publish.kind })} text={check.publish.name} />
              <CopyField label={t("domains.value")} text={check.publish.value} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
