import { getLocalTimeZone, parseDate, toZoned } from "@internationalized/date";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "~/api/client";
import { readAgain } from "~/api/query";
import type { IssuedTokenOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, FieldGroup, SelectField, TextField } from "~/kit/Field";
import { FormProblem, wrongField } from "~/kit/states";
import { useMay, useMe, useUsers } from "../session";
import styles from "./IssueDialog.module.css";
import { EVERYTHING, useScopeTexts } from "./scopes";

const TERMS = ["30", "90", "365"] as const;
const USUAL_TERM = "90";
const DAY_MS = 86_400_000;

type Term = (typeof TERMS)[number] | "day" | "never";

/** When a token of this term ends; the day that is given still belongs to it. */
function endOf(term: Term, untilDay: string): string | null {
  if (term === "never") return null;
  if (term !== "day") return new Date(Date.now() + Number(term) * DAY_MS).toISOString();
  if (!untilDay) return null;
  return toZoned(parseDate(untilDay).add({ days: 1 }), getLocalTimeZone())
    .toDate()
    .toISOString();
}

export function IssueDialog({
  onClose,
  onIssued,
}: {
  onClose: () => void;
  onIssued: (issued: IssuedTokenOut) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const texts = useScopeTexts();
  const mayAll = useMay("users:write");
  const [name, setName] = useState("");
  const [owner, setOwner] = useState(me.id);
  const [isNarrow, setNarrow] = useState(true);
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [term, setTerm] = useState<Term>(USUAL_TERM);
  const [until, setUntil] = useState("");

  const issue = useMutation({
    mutationFn: () => {
      const body = {
        name,
        user_id: owner,
        scopes: isNarrow ? [...scopes] : [EVERYTHING],
        expires_at: endOf(term, until),
      };
      return answer<IssuedTokenOut>(api.POST("/api/v1/tokens", { body }));
    },
    onSuccess: (issued) => {
      void readAgain(["/api/v1/tokens"]);
      onIssued(issued);
    },
  });

  function tick(scope: string, isChosen: boolean): void {
    const changed = new Set(scopes);
    if (isChosen) changed.add(scope);
    else changed.delete(scope);
    setScopes(changed);
  }

  const isWhole =
    name.trim() !== "" && owner !== "" && (!isNarrow || scopes.size > 0) && (term !== "day" || until);
  return (
    <Dialog
      title={t("api_tokens.add")}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => issue.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={issue.isPending} isDisabled={!isWhole}>
            {t("api_tokens.add")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("api_tokens.name")}
        value={name}
        onChange={setName}
        error={wrongField(issue.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      {mayAll && (
        <ComboField
          label={t("api_tokens.of")}
          value={owner}
          onChange={setOwner}
          choices={[...users.values()]
            .filter((one) => one.is_active)
            .map((one) => ({ id: one.id, label: one.name, detail: t(`role.${one.role}`) }))}
          error={wrongField(issue.error, "user_id")}
          isRequired
        />
      )}
      <div className={styles.pair}>
        <SelectField
          label={t("api_tokens.expires_in")}
          value={term}
          onChange={(chosen) => setTerm(chosen as Term)}
          choices={[
            ...TERMS.map((id) => ({ id, label: t("api_tokens.days", { count: Number(id) }) })),
            { id: "day", label: t("api_tokens.until") },
            { id: "never", label: t("api_tokens.never_ends") },
          ]}
        />
        {term === "day" && (
          <TextField
            label={t("api_tokens.until_day")}
            type="date"
            value={until}
            onChange={setUntil}
            error={wrongField(issue.error, "expires_at")}
            isRequired
          />
        )}
      </div>
      <SelectField
        label={t("api_tokens.scopes")}
        value={isNarrow ? "some" : "all"}
        onChange={(chosen) => setNarrow(chosen === "some")}
        choices={[
          { id: "some", label: t("api_tokens.some_scopes") },
          { id: "all", label: t("api_tokens.all_scopes", { name: users.get(owner)?.name ?? me.name }) },
        ]}
      />
      {isNarrow && (
        <FieldGroup label={t("api_tokens.some_scopes")}>
          <div className={styles.scopes}>
            {me.permissions.map((scope) => (
              <Checkbox key={scope} isSelected={scopes.has(scope)} onChange={(chosen) => tick(scope, chosen)}>
                <span>
                  <code className={styles.code}>{scope}</code>
                  <span className={styles.detail}>{texts(scope)}</span>
                </span>
              </Checkbox>
            ))}
          </div>
        </FieldGroup>
      )}
      <FormProblem error={issue.error} />
    </Dialog>
  );
}
