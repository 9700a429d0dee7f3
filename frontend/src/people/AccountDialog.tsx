// A company's facts: adding one, changing one. What somebody else changed meanwhile is merged, never lost.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AccountOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import { useEdit } from "~/kit/useEdit";
import { Attributes, attributeChanges, type AttributeRow, attributeRows } from "./Attributes";
import styles from "./forms.module.css";

interface Fields {
  name: string;
  website: string;
  phone: string;
  street: string;
  city: string;
  postal_code: string;
  region: string;
  country: string;
  industry: string;
  employees: number | null;
}

type Text = Exclude<keyof Fields, "employees">;

function fieldsOf(account: AccountOut | null): Fields {
  return {
    name: account?.name ?? "",
    website: account?.domain ?? "",
    phone: account?.phone ?? "",
    street: account?.street ?? "",
    city: account?.city ?? "",
    postal_code: account?.postal_code ?? "",
    region: account?.region ?? "",
    country: account?.country ?? "",
    industry: account?.industry ?? "",
    employees: account?.employees ?? null,
  };
}

/** As the API wants it: what is empty is cleared. */
function sent(fields: Partial<Fields>): Partial<Record<Text, string | null>> & { employees?: number | null } {
  const { employees, ...texts } = fields;
  const cleared = Object.entries(texts).map(([name, value]) => [name, value === "" ? null : value]);
  return {
    ...(Object.fromEntries(cleared) as Partial<Record<Text, string | null>>),
    ...(employees !== undefined && { employees }),
  };
}

export function AccountDialog({
  account,
  onClose,
  onSaved,
}: {
  account: AccountOut | null;
  onClose: () => void;
  onSaved?: (saved: AccountOut) => void;
}) {
  const { t } = useTranslation();
  const [base, setBase] = useState(account);
  const edit = useEdit(fieldsOf(account));
  const [rows, setRows] = useState<readonly AttributeRow[]>(() => attributeRows(account?.attributes ?? {}));

  const save = useMutation({
    mutationFn: (isAnother: boolean) => {
      if (!base) {
        const { name, ...fields } = edit.values;
        const told = Object.fromEntries(Object.entries(sent(fields)).filter(([, value]) => value !== null));
        const attributes = Object.fromEntries(
          rows.filter((one) => one.name && one.value).map((one) => [one.name, one.value]),
        );
        return answer<AccountOut>(
          api.POST("/api/v1/accounts", { body: { name, ...told, attributes, is_another: isAnother } }),
        );
      }
      return answer<AccountOut>(
        api.PATCH("/api/v1/accounts/{account_id}", {
          params: { path: { account_id: base.id }, header: ifMatch(base.version) },
          body: { ...sent(edit.changes), attributes: attributeChanges(account?.attributes ?? {}, rows) },
        }),
      );
    },
    onSuccess: async (saved) => {
      await readAgain(["/api/v1/accounts", "/api/v1/named-lists", "/api/v1/events"]);
      tell(t("saved"));
      onClose();
      onSaved?.(saved);
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const isStale = problem?.status === 412;
  const known = problem?.code === "known-already" ? problem.fields[0]?.value : undefined;

  /** Take the present version as the base: what was typed stays, the rest follows. */
  async function mergeOver(): Promise<void> {
    if (!base) return;
    const params = { path: { account_id: base.id } };
    const present = await answer<AccountOut>(api.GET("/api/v1/accounts/{account_id}", { params }));
    edit.rebase(fieldsOf(present));
    setBase(present);
    save.reset();
  }

  function text(name: Text, label: string) {
    const theirs = edit.theirs[name];
    return (
      <TextField
        label={label}
        value={edit.values[name]}
        onChange={(value) => edit.set(name, value)}
        error={wrongField(save.error, name)}
        hint={theirs === undefined ? undefined : t("stale.theirs", { value: theirs || "–" })}
        maxLength={name === "name" ? 300 : 1000}
        autoFocus={name === "name"}
        isRequired={name === "name"}
      />
    );
  }

  return (
    <Dialog
      title={account ? account.name : t("account.add")}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => save.mutate(false)}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          {known && <Button onPress={() => save.mutate(true)}>{t("known.another")}</Button>}
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!edit.values.name.trim()}>
            {t("save")}
          </Button>
        </>
      }
    >
      <div className={styles.two}>
        {text("name", t("account.name"))}
        {text("website", t("account.website"))}
        {text("phone", t("account.phone"))}
        {text("industry", t("lead.industry"))}
        <NumberField
          label={t("lead.employees")}
          value={edit.values.employees}
          onChange={(value) => edit.set("employees", value)}
          minValue={0}
          error={wrongField(save.error, "employees")}
          hint={
            edit.theirs.employees === undefined
              ? undefined
              : t("stale.theirs", { value: edit.theirs.employees ?? "–" })
          }
        />
        {text("street", t("fields.street"))}
        {text("postal_code", t("fields.postal_code"))}
        {text("city", t("fields.city"))}
        {text("region", t("fields.region"))}
        {text("country", t("fields.country"))}
      </div>
      <Attributes rows={rows} onChange={setRows} error={wrongField(save.error, "attributes")} />
      <FormProblem error={save.error} />
      {known && (
        <p>
          <Link to="/accounts/$accountId" params={{ accountId: known }} onClick={onClose}>
            {t("known.show")}
          </Link>
        </p>
      )}
      {isStale && (
        <div>
          <Button onPress={() => void mergeOver()}>{t("merge.over")}</Button>
        </div>
      )}
    </Dialog>
  );
}
