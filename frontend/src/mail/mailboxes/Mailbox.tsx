// One's own mailbox: connect it, see how it stands, change it, remove it. Admins see and mend those of all.

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { MailboxOut } from "~/api/schema";
import { useMay, useMe, useUsers } from "~/identity/session";
import { SettingsTabs } from "~/identity/SettingsTabs";
import { Screen } from "~/kit/Panel";
import { NotAllowed, Shown } from "~/kit/states";
import { MailboxDomain } from "~/mail/domains/Domains";
import { useCheck, useMailboxOf } from "./data";
import { EveryMailbox } from "./EveryMailbox";
import styles from "./Mailbox.module.css";
import { MailboxForm } from "./MailboxForm";
import { Standing } from "./Standing";

export function MyMailbox() {
  const maySend = useMay("mail:send");
  return maySend ? <Mine /> : <NotAllowed />;
}

function Mine() {
  const { t } = useTranslation();
  const me = useMe();
  const seesAll = useMay("settings:write");
  const own = useMailboxOf(me.id);
  /** The one that was connected here just now: it is checked at once. */
  const [newId, setNewId] = useState<string | null>(null);
  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <p className={styles.about}>{t("mailbox.detail")}</p>
      {seesAll && <EveryMailbox />}
      <Shown query={own} rows={8}>
        {({ items: [mailbox] }) =>
          mailbox ? (
            <Connected key={mailbox.id} mailbox={mailbox} isNew={mailbox.id === newId} />
          ) : (
            <div className={styles.columns}>
              <MailboxForm mailbox={null} onSaved={({ id }) => setNewId(id)} />
            </div>
          )
        }
      </Shown>
    </Screen>
  );
}

function Connected({
  mailbox,
  isNew = false,
  onRemoved,
}: {
  mailbox: MailboxOut;
  isNew?: boolean;
  onRemoved?: () => Promise<void>;
}) {
  const check = useCheck(mailbox.id);
  const { mutate } = check;
  useEffect(() => {
    if (isNew) mutate();
  }, [isNew, mutate]);
  return (
    <div className={styles.columns}>
      <MailboxForm mailbox={mailbox} onSaved={() => mutate()} />
      <div className={styles.stack}>
        <Standing mailbox={mailbox} check={check} {...(onRemoved && { onRemoved })} />
        <MailboxDomain mailboxId={mailbox.id} domain={mailbox.address.split("@").at(-1) ?? ""} />
      </div>
    </div>
  );
}

/** Somebody's mailbox, for an admin. */
export function OneMailbox() {
  const { mailboxId } = useParams({ from: "/signed-in/settings/mailbox/$mailboxId" });
  return useMay("settings:write") ? <Somebodys id={mailboxId} /> : <NotAllowed />;
}

function Somebodys({ id }: { id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const users = useUsers();
  /** Removed just now: it is not there to be read any more. */
  const [isGone, setGone] = useState(false);
  const params = { path: { mailbox_id: id } };
  const mailbox = $api.useQuery("get", "/api/v1/mail/mailboxes/{mailbox_id}", { params }, { enabled: !isGone });
  const whose = mailbox.data && users.get(mailbox.data.user_id)?.name;
  return (
    <Screen
      title={whose ? t("mailbox.of", { name: whose }) : t("settings.mailbox")}
      detail={<Link to="/settings/mailbox">{t("mailbox.back")}</Link>}
    >
      <SettingsTabs />
      <Shown query={mailbox} rows={8}>
        {(found) => (
          <Connected
            mailbox={found}
            onRemoved={() => {
              setGone(true);
              return navigate({ to: "/settings/mailbox" });
            }}
          />
        )}
      </Shown>
    </Screen>
  );
}
