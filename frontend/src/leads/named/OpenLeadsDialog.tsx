// Opening outbound leads from a list: at one account with the people one chooses, at several with the first few who can
// be reached.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NamedAccountOut, NamedListOut, Opened, PersonAtOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, NumberField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Empty, FormProblem, Shown, wrongField } from "~/kit/states";
import { RepField } from "~/leads/RepField";
import { StageBadge } from "~/leads/StageBadge";
import styles from "./OpenLeadsDialog.module.css";

const MOST_PER_ACCOUNT = 100;

export function OpenLeadsDialog({
  list,
  accounts,
  onClose,
}: {
  list: NamedListOut;
  /** None: all accounts of the list. */
  accounts: readonly NamedAccountOut[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const mayAssign = useMay("leads:assign");
  const [rep, setRep] = useState<string | null>(list.user_id ?? (me.role === "rep" ? me.id : null));
  const [few, setFew] = useState<number | null>(1);
  const [people, setPeople] = useState<ReadonlySet<string>>(new Set());
  const only = accounts.length === 1 ? accounts[0] : undefined;

  const open = useMutation({
    mutationFn: () =>
      answer<Opened>(
        api.POST("/api/v1/named-lists/{list_id}/leads", {
          params: { path: { list_id: list.id } },
          body: {
            per_account: few ?? 1,
            ...(mayAssign && rep && { rep_id: rep }),
            ...(only
              ? { person_ids: [...people] }
              : accounts.length > 0 && { account_ids: accounts.map((one) => one.account_id) }),
          },
        }),
      ),
    onSuccess: ({ leads }) => {
      void readAgain(["/api/v1/named-lists", "/api/v1/accounts", "/api/v1/leads", "/api/v1/queue"]);
      tell(t("named.opened", { count: leads.length, number: count(leads.length) }));
      onClose();
    },
  });

  const title = only
    ? t("named.open_at", { name: only.name })
    : accounts.length > 0
      ? t("named.open_chosen", { count: accounts.length, number: count(accounts.length) })
      : t("named.open_all", { name: list.name });

  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      onSubmit={() => open.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={open.isPending}
            isDisabled={only ? people.size === 0 : few === null}
          >
            {only && people.size > 0
              ? t("named.open_some", { count: people.size, number: count(people.size) })
              : t("named.open")}
          </Button>
        </>
      }
    >
      {mayAssign && <RepField value={rep} onChange={setRep} error={wrongField(open.error, "rep_id")} />}
      {only ? (
        <People accountId={only.account_id} chosen={people} onChange={setPeople} />
      ) : (
        <NumberField
          label={t("named.per_account")}
          hint={t("named.per_account_hint")}
          value={few}
          onChange={setFew}
          minValue={1}
          maxValue={MOST_PER_ACCOUNT}
          error={wrongField(open.error, "per_account")}
        />
      )}
      <FormProblem error={open.error} />
    </Dialog>
  );
}

function People({
  accountId,
  chosen,
  onChange,
}: {
  accountId: string;
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}) {
  const { t } = useTranslation();
  const people = $api.useQuery("get", "/api/v1/accounts/{account_id}/people-map", {
    params: { path: { account_id: accountId } },
  });

  function toggle(one: PersonAtOut, isChosen: boolean): void {
    const after = new Set(chosen);
    if (isChosen) after.add(one.person_id);
    else after.delete(one.person_id);
    onChange(after);
  }

  return (
    <Shown query={people}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t("people_map.nobody")} />
        ) : (
          <ul className={styles.people} aria-label={t("named.people")}>
            {items.map((one) => (
              <li key={one.person_id}>
                <Checkbox
                  isSelected={chosen.has(one.person_id)}
                  isDisabled={one.lead?.is_open ?? false}
                  onChange={(isChosen) => toggle(one, isChosen)}
                >
                  <span className={styles.who}>
                    <b>{one.name ?? one.emails[0] ?? one.phones[0]}</b>
                    <span className={styles.detail}>
                      {one.lead?.is_open ? t("named.has_lead") : (one.title ?? t("people_map.no_title"))}
                    </span>
                  </span>
                </Checkbox>
                {one.lead && <StageBadge stage={one.lead.stage} />}
              </li>
            ))}
          </ul>
        )
      }
    </Shown>
  );
}
