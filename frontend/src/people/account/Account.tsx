// A company on one screen: what is known of it, who is who there, the leads about its people, and what changed.

import { useParams } from "@tanstack/react-router";
import { Pencil, UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { AccountOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Facts, Panel } from "~/kit/Panel";
import { Failed, Loading } from "~/kit/states";
import { useShortcuts } from "~/shell/keys";
import { CallLink } from "~/voice/CallLink";
import { AccountDialog } from "../AccountDialog";
import { NewPersonDialog } from "../NewPersonDialog";
import { Merges } from "../Merges";
import { Changes } from "../Changes";
import styles from "../record.module.css";
import { AccountLeads } from "./AccountLeads";
import { OnList } from "./OnList";
import { PeopleMap } from "./PeopleMap";

export function Account() {
  const { accountId } = useParams({ from: "/signed-in/accounts/$accountId" });
  const account = $api.useQuery("get", "/api/v1/accounts/{account_id}", {
    params: { path: { account_id: accountId } },
  });
  if (account.error && !account.data) {
    return <Failed error={account.error} onRetry={() => void account.refetch()} />;
  }
  if (!account.data) return <Loading rows={8} />;
  return <Company key={account.data.id} account={account.data} />;
}

function Company({ account }: { account: AccountOut }) {
  const { t } = useTranslation();
  const mayEdit = useMay("accounts:write");
  const mayAdd = useMay("people:write");
  const [asked, setAsked] = useState<"edit" | "person" | null>(null);
  const close = () => setAsked(null);
  const group = t("account.keys");
  const place = [
    account.street,
    [account.postal_code, account.city].filter(Boolean).join(" "),
    account.region,
    account.country,
  ];
  useShortcuts([
    ...(mayEdit ? [{ keys: "i", label: t("edit"), group, run: () => setAsked("edit") }] : []),
    ...(mayAdd ? [{ keys: "Shift+P", label: t("person.add"), group, run: () => setAsked("person") }] : []),
  ]);

  return (
    <div className={styles.record}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h1>{account.name}</h1>
          <OnList accountId={account.id} />
        </div>
        <p className={styles.subtitle}>
          {account.domain && (
            <a href={`https://${account.domain}`} target="_blank" rel="noreferrer noopener">
              {account.domain}
            </a>
          )}
          {account.industry && <span>{account.industry}</span>}
        </p>
        <div className={styles.actions}>
          {mayEdit && (
            <Button keys="i" onPress={() => setAsked("edit")}>
              <Pencil size={14} aria-hidden="true" /> {t("edit")}
            </Button>
          )}
          {mayAdd && (
            <Button keys="Shift+P" onPress={() => setAsked("person")}>
              <UserPlus size={14} aria-hidden="true" /> {t("person.add")}
            </Button>
          )}
        </div>
      </header>
      <div className={styles.columns}>
        <div className={styles.side}>
          <Panel title={t("account.facts")}>
            <Facts
              facts={[
                [
                  t("account.phone"),
                  account.phone && <CallLink key="phone" whom={{ number: account.phone, name: account.name }} />,
                ],
                [t("lead.place"), place.filter(Boolean).join(", ")],
                [t("lead.employees"), account.employees === null ? null : count(account.employees)],
                [t("lead.industry"), account.industry],
                ...Object.entries(account.attributes),
              ]}
            />
          </Panel>
          <Merges kind="account" recordId={account.id} />
        </div>
        <div className={styles.middle}>
          <PeopleMap accountId={account.id} onAdd={mayAdd ? () => setAsked("person") : undefined} />
          <AccountLeads accountId={account.id} />
          <Changes kind="account" recordId={account.id} />
        </div>
      </div>
      {asked === "edit" && <AccountDialog account={account} onClose={close} />}
      {asked === "person" && <NewPersonDialog account={account} onClose={close} />}
    </div>
  );
}
