// Which kinds of events somebody is told of: everything, all about a thing, or single kinds.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EVERYTHING } from "~/identity/tokens/scopes";
import { FAMILIES, kindsOf, useKindTexts } from "~/identity/events/kinds";
import { Checkbox, FieldGroup, SelectField, TextField } from "~/kit/Field";
import { hasWords } from "~/kit/words";
import styles from "./KindsField.module.css";

export function KindsField({
  value,
  onChange,
  error,
}: {
  value: readonly string[];
  onChange: (kinds: string[]) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const texts = useKindTexts();
  const [typed, setTyped] = useState("");
  const isEvery = value.includes(EVERYTHING);

  function tick(kind: string, isChosen: boolean): void {
    const others = value.filter((one) => one !== kind);
    onChange(isChosen ? [...others, kind] : others);
  }

  /** All about a thing stands for its single kinds, which need not be named besides. */
  function tickFamily(family: string, isChosen: boolean): void {
    const others = value.filter((one) => !one.startsWith(`${family}.`));
    onChange(isChosen ? [...others, `${family}.*`] : others);
  }

  const families = FAMILIES.map((family) => {
    const name = texts.family(family);
    const kinds = kindsOf(family).filter((kind) => hasWords(`${name} ${texts.kind(kind)} ${kind}`, typed));
    return { family, name, kinds };
  }).filter((one) => one.kinds.length > 0);

  return (
    <div className={styles.stack}>
      <SelectField
        label={t("webhooks.kinds")}
        value={isEvery ? "every" : "some"}
        onChange={(chosen) => onChange(chosen === "every" ? [EVERYTHING] : [])}
        choices={[
          { id: "some", label: t("webhooks.some") },
          { id: "every", label: t("webhooks.every") },
        ]}
        error={error}
      />
      {!isEvery && (
        <>
          <div className={styles.find}>
            <TextField
              label={t("webhooks.kinds_find")}
              isLabelHidden
              placeholder={t("webhooks.kinds_find")}
              type="search"
              value={typed}
              onChange={setTyped}
            />
            <span className={styles.detail} role="status">
              {t("webhooks.kinds_chosen", { count: value.length })}
            </span>
          </div>
          {families.length === 0 && <p className={styles.detail}>{t("none_such")}</p>}
          <div className={styles.families}>
            {families.map(({ family, name, kinds }) => {
              const isAll = value.includes(`${family}.*`);
              return (
                <FieldGroup key={family} label={name}>
                  <Checkbox isSelected={isAll} onChange={(chosen) => tickFamily(family, chosen)}>
                    <span>
                      {t("webhooks.family_all")} <code className={styles.code}>{family}.*</code>
                    </span>
                  </Checkbox>
                  {kinds.map((kind) => (
                    <Checkbox
                      key={kind}
                      isSelected={isAll || value.includes(kind)}
                      isDisabled={isAll}
                      onChange={(chosen) => tick(kind, chosen)}
                    >
                      <span title={kind}>{texts.kind(kind)}</span>
                    </Checkbox>
                  ))}
                </FieldGroup>
              );
            })}
          </div>
        </>
      )}
    </div>
  );
}
