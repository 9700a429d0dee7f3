// What a template says: one text or several, each with a weight, and what may be named in them.

import { Plus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/client";
import type { TemplateKind } from "~/api/schema";
import { percent } from "~/i18n/numbers";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { NumberField, SelectField, TextAreaField, TextField } from "~/kit/Field";
import { Panel } from "~/kit/Panel";
import { rendering, useSnippets, useVariables, useVariableTexts } from "./data";
import { blank, freeName, shareOf, type VariantDraft } from "./draft";
import styles from "./TemplatePage.module.css";

const MOST = 5;

export function Variants({
  kind,
  variants,
  at,
  onShow,
  onChange,
  error,
  isDisabled,
}: {
  kind: TemplateKind;
  variants: readonly VariantDraft[];
  at: number;
  onShow: (at: number) => void;
  onChange: (variants: VariantDraft[]) => void;
  error: unknown;
  isDisabled: boolean;
}) {
  const { t } = useTranslation();
  const subject = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLTextAreaElement>(null);
  const shown = variants[at];
  if (!shown) return null;

  function change(changes: Partial<VariantDraft>): void {
    onChange(variants.map((one, place) => (place === at ? { ...one, ...changes } : one)));
  }
  /** Put a text where the cursor is or was last: in the subject if one is writing there, else in the body. */
  function insert(text: string, isForSubject: boolean): void {
    const field = isForSubject ? subject.current : body.current;
    const before = isForSubject ? shown?.subject : shown?.body;
    if (!field || before === undefined) return;
    const { selectionStart, selectionEnd } = field;
    const start = selectionStart ?? before.length;
    const after = before.slice(0, start) + text + before.slice(selectionEnd ?? start);
    change(isForSubject ? { subject: after } : { body: after });
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(start + text.length, start + text.length);
    });
  }

  return (
    <Panel
      title={t("mail.text")}
      actions={
        kind === "email" &&
        !isDisabled &&
        variants.length < MOST && (
          <Button
            look="quiet"
            onPress={() => {
              onChange([...variants, { ...blank(freeName(variants)), subject: shown.subject, body: shown.body }]);
              onShow(variants.length);
            }}
          >
            <Plus size={14} aria-hidden="true" /> {t("mail.add_variant")}
          </Button>
        )
      }
    >
      <div className={styles.stack}>
        {variants.length > 1 && (
          <>
            <div className={styles.variant}>
              <SelectField
                label={t("mail.variant_shown")}
                value={String(at)}
                onChange={(place) => onShow(Number(place))}
                choices={variants.map((one, place) => ({
                  id: String(place),
                  label: one.name || "–",
                  detail: percent(shareOf(variants, one)),
                }))}
              />
              <TextField
                label={t("mail.variant_name")}
                value={shown.name}
                onChange={(name) => change({ name })}
                error={wrongOf(error, at, "name")}
                maxLength={40}
                isDisabled={isDisabled}
                isRequired
              />
              <NumberField
                label={t("mail.weight")}
                value={shown.weight}
                onChange={(weight) => change({ weight })}
                error={wrongOf(error, at, "weight")}
                minValue={0}
                maxValue={100}
              />
            </div>
            <div className={styles.row}>
              <span className={styles.hint}>
                {t("mail.weight_hint", { name: shown.name, share: percent(shareOf(variants, shown)) })}
              </span>
              {!isDisabled && (
                <Button
                  look="quiet"
                  onPress={() => {
                    onChange(variants.filter((_, place) => place !== at));
                    onShow(0);
                  }}
                >
                  {t("mail.remove_variant", { name: shown.name })}
                </Button>
              )}
            </div>
          </>
        )}
        {kind === "email" && (
          <TextField
            label={t("mail.subject")}
            value={shown.subject}
            onChange={(text) => change({ subject: text })}
            error={wrongOf(error, at, "subject")}
            maxLength={300}
            inputRef={subject}
            isDisabled={isDisabled}
            isRequired
          />
        )}
        {!isDisabled && <Inserting kind={kind} onInsert={insert} />}
        <TextAreaField
          label={t("mail.body")}
          hint={t("mail.body_hint")}
          value={shown.body}
          onChange={(text) => change({ body: text })}
          error={wrongOf(error, at, "body")}
          maxLength={kind === "snippet" ? 5_000 : 20_000}
          rows={14}
          areaRef={body}
          isDisabled={isDisabled}
        />
      </div>
    </Panel>
  );
}

function Inserting({
  kind,
  onInsert,
}: {
  kind: TemplateKind;
  onInsert: (text: string, isForSubject: boolean) => void;
}) {
  const { t } = useTranslation();
  const told = useVariableTexts();
  const variables = useVariables().map(({ name, group, example }) => ({
    id: `{{ ${name} }}`,
    label: told(name),
    detail: `${told(`${group}.group`)} · ${example}`,
  }));
  const snippets = useSnippets().map((one) => ({
    id: rendering(one),
    label: t("mail.snippet_named", { name: one.name }),
    detail: t("mail.kind_of.snippet"),
  }));
  return (
    <div className={kind === "email" ? styles.pair : styles.stack}>
      {kind === "email" && (
        <ComboField
          label={t("mail.insert_subject")}
          value=""
          onChange={(text) => text && onInsert(text, true)}
          choices={variables}
          placeholder={t("mail.insert_find")}
        />
      )}
      <ComboField
        label={t("mail.insert")}
        value=""
        onChange={(text) => text && onInsert(text, false)}
        choices={kind === "email" ? [...variables, ...snippets] : variables}
        placeholder={t("mail.insert_find")}
      />
    </div>
  );
}

/** What the server says is wrong with a field of the variant at a place. */
function wrongOf(error: unknown, at: number, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find((one) => one.field === `variants.${at}.${field}`)?.reason;
}
