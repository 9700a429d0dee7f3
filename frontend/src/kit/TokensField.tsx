// A field for several values: each becomes a token with Enter, a comma or on leaving; Backspace takes the last away.

import { X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import field from "./Field.module.css";
import styles from "./TokensField.module.css";

const BETWEEN = /[,;\n\t]+/;

export interface TokensFieldProps {
  label: string;
  values: readonly string[];
  onChange: (values: string[]) => void;
  hint?: string;
  error?: string | undefined;
  isLabelHidden?: boolean;
  placeholder?: string;
  /** Values that are offered while typing; others may be typed all the same. */
  suggestions?: readonly string[];
}

export function TokensField({
  label,
  values,
  onChange,
  hint,
  error,
  isLabelHidden,
  placeholder,
  suggestions = [],
}: TokensFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");

  function add(text: string): void {
    const added = text
      .split(BETWEEN)
      .map((one) => one.trim())
      .filter(Boolean);
    setTyped("");
    if (added.length > 0) onChange([...new Set([...values, ...added])]);
  }

  function remove(value: string): void {
    onChange(values.filter((one) => one !== value));
    input.current?.focus();
  }

  function press(event: KeyboardEvent<HTMLInputElement>): void {
    if ((event.key === "Enter" || event.key === ",") && typed.trim()) {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && typed === "" && values.length > 0) {
      onChange(values.slice(0, -1));
    }
  }

  function paste(event: ClipboardEvent<HTMLInputElement>): void {
    const text = event.clipboardData.getData("text");
    if (!BETWEEN.test(text)) return;
    event.preventDefault();
    add(typed + text);
  }

  const below = error ?? hint;
  return (
    <div className={field.field}>
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : field.label}>
        {label}
      </label>
      <div className={`${field.input} ${styles.box}`} data-invalid={error ? true : undefined}>
        {values.length > 0 && (
          <ul className={styles.tokens} aria-label={label}>
            {values.map((one) => (
              <li key={one} className={styles.token}>
                <span>{one}</span>
                <button
                  type="button"
                  className={styles.remove}
                  aria-label={t("remove_named", { name: one })}
                  onClick={() => remove(one)}
                >
                  <X size={12} aria-hidden="true" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <input
          ref={input}
          id={id}
          value={typed}
          placeholder={values.length === 0 ? (placeholder ?? t("tokens.placeholder")) : ""}
          list={suggestions.length > 0 ? `${id}-list` : undefined}
          aria-describedby={below ? `${id}-below` : undefined}
          aria-invalid={error ? true : undefined}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={press}
          onPaste={paste}
          onBlur={() => add(typed)}
          className={styles.typed}
          autoComplete="off"
        />
        {suggestions.length > 0 && (
          <datalist id={`${id}-list`}>
            {suggestions
              .filter((one) => !values.includes(one))
              .map((one) => (
                <option key={one} value={one} />
              ))}
          </datalist>
        )}
      </div>
      {below && (
        <span id={`${id}-below`} className={error ? field.error : field.hint}>
          {below}
        </span>
      )}
    </div>
  );
}
