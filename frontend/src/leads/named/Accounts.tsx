// Named accounts: the lists that a rep or a team is told to open, how far each is reached, and all accounts by name.

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Building2, ListPlus, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { ListReachOut, NamedListOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { Bar, Panel, Screen } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { AccountDialog } from "~/people/AccountDialog";
import styles from "./Accounts.module.css";
import { AllAccounts } from "./AllAccounts";
import { ListDialog } from "./ListDialog";
import { NamedAccounts } from "./NamedAccounts";
import { type Span, SPAN_NAMES, sinceOf } from "./period";
import { isOwn, useLists, useListsInOrder } from "./useLists";
import { useWhose } from "./whose";

export const ALL = "all";

export function Accounts() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const mayKeep = useMay("accounts:write");
  const { list: wanted, span = "month" } = useSearch({ from: "/signed-in/accounts" });
  const found = useLists();
  const lists = useListsInOrder(found.data?.items, me);
  const reach = $api.useQuery("get", "/api/v1/named-lists/reach", {
    params: { query: { since: sinceOf(span) } },
  });
  const reaches = new Map(reach.data?.lists.map((one) => [one.list_id, one]));
  const [made, setMade] = useState<"list" | "account" | null>(null);
  const shown = wanted ?? lists[0]?.id ?? ALL;
  const chosen = lists.find((one) => one.id === shown);

  return (
    <Screen
      title={t("places.accounts")}
      isWide
      actions={
        <>
          <SelectField
            label={t("named.span")}
            isLabelHidden
            value={span}
            onChange={(id) =>
              void navigate({
                to: "/accounts",
                search: (before) => ({ ...before, span: id as Span }),
                replace: true,
              })
            }
            choices={SPAN_NAMES.map((id) => ({ id, label: t(`named.spans.${id}`) }))}
          />
          {mayKeep && (
            <>
              <Button onPress={() => setMade("list")}>
                <ListPlus size={14} aria-hidden="true" /> {t("named.add_list")}
              </Button>
              <Button onPress={() => setMade("account")}>
                <Plus size={14} aria-hidden="true" /> {t("account.add")}
              </Button>
            </>
          )}
        </>
      }
    >
      <div className={styles.columns}>
        <Panel label={t("named.lists")} isFlush>
          <Shown query={found} rows={5}>
            {() => (
              <nav aria-label={t("named.lists")} className={styles.lists}>
                <ListGroup
                  title={t("named.own")}
                  lists={lists.filter((one) => isOwn(one, me))}
                  shown={shown}
                  reaches={reaches}
                />
                <ListGroup
                  title={lists.some((one) => isOwn(one, me)) ? t("named.others") : t("named.lists")}
                  lists={lists.filter((one) => !isOwn(one, me))}
                  shown={shown}
                  reaches={reaches}
                />
                <ul>
                  <li>
                    <Link
                      to="/accounts"
                      search={(before) => ({ ...before, list: ALL })}
                      className={styles.list}
                      aria-current={shown === ALL ? "page" : undefined}
                    >
                      <span className={styles.listName}>
                        <Building2 size={14} aria-hidden="true" /> {t("named.all")}
                      </span>
                    </Link>
                  </li>
                </ul>
              </nav>
            )}
          </Shown>
        </Panel>
        {shown === ALL ? (
          <AllAccounts />
        ) : (
          <Shown query={found} rows={8}>
            {() => <NamedAccounts key={shown} listId={shown} list={chosen} span={span} />}
          </Shown>
        )}
      </div>
      {made === "list" && (
        <ListDialog
          list={null}
          onClose={() => setMade(null)}
          onSaved={(saved) =>
            void navigate({ to: "/accounts", search: (before) => ({ ...before, list: saved.id }) })
          }
        />
      )}
      {made === "account" && (
        <AccountDialog
          account={null}
          onClose={() => setMade(null)}
          onSaved={(saved) => void navigate({ to: "/accounts/$accountId", params: { accountId: saved.id } })}
        />
      )}
    </Screen>
  );
}

function ListGroup({
  title,
  lists,
  shown,
  reaches,
}: {
  title: string;
  lists: readonly NamedListOut[];
  shown: string;
  reaches: ReadonlyMap<string, ListReachOut>;
}) {
  if (lists.length === 0) return null;
  return (
    <section>
      <h2 className={styles.group}>{title}</h2>
      <ul>
        {lists.map((one) => (
          <ListLink key={one.id} list={one} isShown={one.id === shown} reach={reaches.get(one.id)} />
        ))}
      </ul>
    </section>
  );
}

function ListLink({
  list,
  isShown,
  reach,
}: {
  list: NamedListOut;
  isShown: boolean;
  reach: ListReachOut | undefined;
}) {
  const { t } = useTranslation();
  const whose = useWhose(list);
  return (
    <li>
      <Link
        to="/accounts"
        search={(before) => ({ ...before, list: list.id })}
        className={styles.list}
        aria-current={isShown ? "page" : undefined}
      >
        <span className={styles.listName} title={list.name}>
          {list.name}
        </span>
        <span className={styles.detail}>
          {whose} · {t("named.accounts", { count: reach?.accounts ?? 0, number: count(reach?.accounts ?? 0) })}
        </span>
        {reach && (
          <span className={styles.small}>
            <Figure name={t("named.coverage")} share={reach.coverage} />
            <Figure name={t("named.penetration")} share={reach.penetration} />
          </span>
        )}
      </Link>
    </li>
  );
}

function Figure({ name, share }: { name: string; share: number | null }) {
  return (
    <span className={styles.figure}>
      <span>{name}</span> <b>{percent(share)}</b>
      <Bar share={share ?? 0} label={name} />
    </span>
  );
}
