// Adding somebody, at an account or without one.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type { AccountOut, PersonOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { FormProblem, wrongField } from "~/kit/states";
import styles from "./forms.module.css";

type Field = "full_name" | "title" | "email" | "phone" | "mobile";

export function NewPersonDialog({ account, onClose }: { account: AccountOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [values, setValues] = useState<Record<Field | "company", string>>({
    full_name: "",
    title: "",
    email: "",
    phone: "",
    mobile: "",
    company: account?.name ?? "",
  });
  const isSomebody = Boolean(values.full_name.trim() || values.email.trim() || values.phone.trim());

  const add = useMutation({
    mutationFn: (isAnother: boolean) => {
      const told = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
      const where = account ? { account_id: account.id, ...(account.domain && { website: account.domain }) } : {};
      return answer<PersonOut>(
        api.POST("/api/v1/persons", { body: { ...told, ...where, attributes: {}, is_another: isAnother } }),
      );
    },
    onSuccess: async (made) => {
      void readAgain(["/api/v1/persons", "/api/v1/accounts", "/api/v1/named-lists"]);
      tell(t("person.added", { name: made.full_name ?? made.contact_points[0]?.value ?? "" }));
      onClose();
      if (!account) await navigate({ to: "/people/$personId", params: { personId: made.id } });
    },
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const known = problem?.code === "known-already" ? problem.fields[0]?.value : undefined;

  function text(name: Field | "company", type: "text" | "email" = "text") {
    return (
      <TextField
        label={t(`fields.${name === "company" ? "company_name" : name}`)}
        type={type}
        value={values[name]}
        onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
        error={wrongField(add.error, name)}
        maxLength={1000}
        autoFocus={name === "full_name"}
      />
    );
  }

  return (
    <Dialog
      title={account ? t("person.add_at", { name: account.name }) : t("person.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => add.mutate(false)}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          {known && <Button onPress={() => add.mutate(true)}>{t("known.another_person")}</Button>}
          <Button look="primary" type="submit" isPending={add.isPending} isDisabled={!isSomebody}>
            {t("person.add")}
          </Button>
        </>
      }
    >
      {text("full_name")}
      {text("title")}
      {text("email")}
      <div className={styles.two}>
        {text("phone")}
        {text("mobile")}
      </div>
      {!account && text("company")}
      <FormProblem error={add.error} />
      {known && (
        <p>
          <Link to="/people/$personId" params={{ personId: known }} onClick={onClose}>
            {t("known.show_person")}
          </Link>
        </p>
      )}
    </Dialog>
  );
}
