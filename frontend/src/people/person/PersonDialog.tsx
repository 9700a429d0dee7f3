// Who somebody is: changing it. What somebody else changed meanwhile is merged, never lost.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { PersonOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, FieldGroup, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { useEdit } from "~/kit/useEdit";
import { AccountFinder } from "../AccountFinder";
import { Attributes, attributeChanges, type AttributeRow, attributeRows } from "../Attributes";
import styles from "../forms.module.css";

const TEXTS = [
  "first_name",
  "last_name",
  "title",
  "company",
  "website",
  "street",
  "postal_code",
  "city",
  "region",
  "country",
  "time_zone",
  "language",
  "born_on",
  "industry",
] as const;
type Text = (typeof TEXTS)[number];

interface Fields extends Record<Text, string> {
  do_not_call: boolean;
  do_not_email: boolean;
  account_id: string | null;
}

function fieldsOf(person: PersonOut): Fields {
  return {
    first_name: person.first_name ?? "",
    last_name: person.last_name ?? "",
    title: person.title ?? "",
    company: person.company ?? "",
    website: person.domain ?? "",
    street: person.street ?? "",
    postal_code: person.postal_code ?? "",
    city: person.city ?? "",
    region: person.region ?? "",
    country: person.country ?? "",
    time_zone: person.time_zone ?? "",
    language: person.language ?? "",
    born_on: person.born_on ?? "",
    industry: person.industry ?? "",
    do_not_call: person.do_not_call,
    do_not_email: person.do_not_email,
    account_id: person.account_id,
  };
}

export function PersonDialog({ person, onClose }: { person: PersonOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [base, setBase] = useState(person);
  const edit = useEdit(fieldsOf(person));
  const [rows, setRows] = useState<readonly AttributeRow[]>(() => attributeRows(person.attributes));

  const save = useMutation({
    mutationFn: () => {
      const changed = Object.entries(edit.changes).map(([name, value]) => [name, value === "" ? null : value]);
      return answer<PersonOut>(
        api.PATCH("/api/v1/persons/{person_id}", {
          params: { path: { person_id: base.id }, header: ifMatch(base.version) },
          body: {
            ...(Object.fromEntries(changed) as Partial<Record<keyof Fields, never>>),
            attributes: attributeChanges(person.attributes, rows),
          },
        }),
      );
    },
    onSuccess: async () => {
      await readAgain(["/api/v1/persons", "/api/v1/accounts", "/api/v1/leads", "/api/v1/events"]);
      tell(t("saved"));
      onClose();
    },
  });
  const isStale = save.error instanceof Problem && save.error.status === 412;

  /** Take the present version as the base: what was typed stays, the rest follows. */
  async function mergeOver(): Promise<void> {
    const params = { path: { person_id: base.id } };
    const present = await answer<PersonOut>(api.GET("/api/v1/persons/{person_id}", { params }));
    edit.rebase(fieldsOf(present));
    setBase(present);
    save.reset();
  }

  function text(name: Text, hint?: string) {
    const theirs = edit.theirs[name];
    const label = { company: "company_name", website: "domain" }[name as string] ?? name;
    return (
      <TextField
        key={name}
        label={t(`fields.${label as "city"}`)}
        type={name === "born_on" ? "date" : "text"}
        value={edit.values[name]}
        onChange={(value) => edit.set(name, value)}
        error={wrongField(save.error, name)}
        hint={theirs === undefined ? hint : t("stale.theirs", { value: theirs || "–" })}
        maxLength={1000}
        autoFocus={name === "first_name"}
      />
    );
  }

  return (
    <Dialog
      title={person.full_name ?? t("person.edit")}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <div className={styles.two}>
        {TEXTS.map((name) =>
          text(
            name,
            name === "time_zone"
              ? t("person.zone_hint")
              : name === "country"
                ? t("person.country_hint")
                : undefined,
          ),
        )}
      </div>
      <FieldGroup label={t("person.bars")}>
        <div className={styles.ticks}>
          <Checkbox isSelected={edit.values.do_not_call} onChange={(value) => edit.set("do_not_call", value)}>
            {t("fields.do_not_call")}
          </Checkbox>
          <Checkbox isSelected={edit.values.do_not_email} onChange={(value) => edit.set("do_not_email", value)}>
            {t("fields.do_not_email")}
          </Checkbox>
        </div>
      </FieldGroup>
      <At accountId={edit.values.account_id} onChange={(id) => edit.set("account_id", id)} />
      <Attributes rows={rows} onChange={setRows} error={wrongField(save.error, "attributes")} />
      <FormProblem error={save.error} />
      {isStale && (
        <div>
          <Button onPress={() => void mergeOver()}>{t("merge.over")}</Button>
        </div>
      )}
    </Dialog>
  );
}

/** The account they are at: which it is, and another one found by name. */
function At({ accountId, onChange }: { accountId: string | null; onChange: (id: string | null) => void }) {
  const { t } = useTranslation();
  const [isMoving, setMoving] = useState(false);
  const account = $api.useQuery(
    "get",
    "/api/v1/accounts/{account_id}",
    { params: { path: { account_id: accountId ?? "" } } },
    { enabled: accountId !== null },
  );
  return (
    <FieldGroup label={t("fields.account_id")}>
      <div className={styles.ticks}>
        <span className={styles.at}>{accountId ? (account.data?.name ?? "…") : t("person.no_account")}</span>
        <Button look="quiet" onPress={() => setMoving(!isMoving)}>
          {t("person.move")}
        </Button>
        {accountId && (
          <Button look="quiet" onPress={() => onChange(null)}>
            {t("remove")}
          </Button>
        )}
      </div>
      {isMoving && (
        <AccountFinder
          label={t("named.find")}
          autoFocus
          renderFound={(one) => (
            <Button
              look="quiet"
              onPress={() => {
                onChange(one.id);
                setMoving(false);
              }}
            >
              {t("person.move_here")}
              <span className="visually-hidden"> {one.name}</span>
            </Button>
          )}
        />
      )}
    </FieldGroup>
  );
}
