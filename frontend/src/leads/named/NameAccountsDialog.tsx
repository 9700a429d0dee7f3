// Putting accounts on a list: found as one types, or many by domain or name, one a line.

import { useMutation } from "@tanstack/react-query";
import { Check, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AccountOut, NamedListOut, NamedOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextAreaField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem } from "~/kit/states";
import { AccountFinder } from "~/people/AccountFinder";
import styles from "./NameAccountsDialog.module.css";

/** A line with a dot and no blank is a domain or a web address, anything else a name. */
function isAddress(line: string): boolean {
  return /^\S+\.\S+$/.test(line);
}

export function NameAccountsDialog({ list, onClose }: { list: NamedListOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<ReadonlyMap<string, AccountOut>>(new Map());
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<NamedOut | null>(null);
  const lines = text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
  const total = chosen.size + lines.length;

  const name = useMutation({
    mutationFn: (move: boolean) =>
      answer<NamedOut>(
        api.POST("/api/v1/named-lists/{list_id}/accounts", {
          params: { path: { list_id: list.id } },
          body: {
            account_ids: [...chosen.keys()],
            domains: lines.filter(isAddress),
            names: lines.filter((one) => !isAddress(one)),
            move,
          },
        }),
      ),
    onSuccess: (done) => {
      void readAgain(["/api/v1/named-lists"]);
      tell(t("named.put_on", { count: done.added, number: count(done.added) }));
      const left = [...done.unknown, ...done.ambiguous];
      if (left.length === 0) {
        onClose();
        return;
      }
      setOutcome(done);
      setChosen(new Map());
      setText(left.join("\n"));
    },
  });
  const isElsewhere = name.error instanceof Problem && name.error.code === "on-another-list";

  function toggle(one: AccountOut): void {
    setChosen((before) => {
      const after = new Map(before);
      if (!after.delete(one.id)) after.set(one.id, one);
      return after;
    });
  }

  return (
    <Dialog
      title={t("named.name_title", { name: list.name })}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => name.mutate(false)}
      actions={
        <>
          <Button onPress={onClose}>{t(outcome ? "close" : "cancel")}</Button>
          {isElsewhere && <Button onPress={() => name.mutate(true)}>{t("named.move")}</Button>}
          <Button look="primary" type="submit" isPending={name.isPending} isDisabled={total === 0}>
            {total > 0 ? t("named.put", { count: total, number: count(total) }) : t("named.name_accounts")}
          </Button>
        </>
      }
    >
      <AccountFinder
        autoFocus
        label={t("named.find")}
        renderFound={(one) => (
          <Button look="quiet" onPress={() => toggle(one)}>
            {chosen.has(one.id) ? <Check size={14} aria-hidden="true" /> : <Plus size={14} aria-hidden="true" />}
            {t(chosen.has(one.id) ? "named.taken" : "named.take")}
            <span className="visually-hidden"> {one.name}</span>
          </Button>
        )}
      />
      {chosen.size > 0 && (
        <ul className={styles.chosen} aria-label={t("named.chosen_list")}>
          {[...chosen.values()].map((one) => (
            <li key={one.id}>
              <Button
                look="plain"
                onPress={() => toggle(one)}
                aria-label={t("named.not_this", { name: one.name })}
              >
                <span className={styles.chip}>{one.name}</span> ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <TextAreaField
        label={t("named.many")}
        hint={t("named.many_hint")}
        placeholder={"acme.com\nGlobex"}
        value={text}
        onChange={setText}
        rows={4}
      />
      {outcome && outcome.unknown.length > 0 && (
        <Told title={t("named.unknown", { count: outcome.unknown.length })} texts={outcome.unknown} />
      )}
      {outcome && outcome.ambiguous.length > 0 && (
        <Told title={t("named.ambiguous", { count: outcome.ambiguous.length })} texts={outcome.ambiguous} />
      )}
      <FormProblem error={name.error} />
    </Dialog>
  );
}

function Told({ title, texts }: { title: string; texts: readonly string[] }) {
  return (
    <div className={styles.told} role="status">
      <b>{title}</b>
      <ul>
        {texts.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </div>
  );
}
