// A choice among many: one types a part of it, in any order of words, and chooses from what is left.

import { Check, ChevronDown } from "lucide-react";
import {
  Button,
  ComboBox,
  FieldError,
  Input,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Choice } from "./Field";
import combo from "./ComboField.module.css";
import styles from "./Field.module.css";
import { hasWords } from "./words";

export interface ComboFieldProps {
  label: string;
  /** The id of what is chosen; empty for nothing. */
  value: string;
  onChange: (value: string) => void;
  choices: readonly Choice[];
  hint?: React.ReactNode;
  error?: string | undefined;
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
  isLabelHidden?: boolean;
  autoFocus?: boolean;
}

export function ComboField({
  label,
  value,
  onChange,
  choices,
  hint,
  error,
  placeholder,
  isLabelHidden,
  ...props
}: ComboFieldProps) {
  const { t } = useTranslation();
  return (
    <ComboBox
      {...props}
      value={value || null}
      onChange={(key: Key | null) => onChange(key === null ? "" : String(key))}
      defaultItems={choices}
      defaultFilter={hasWords}
      menuTrigger="focus"
      allowsEmptyCollection
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <Label className={isLabelHidden ? "visually-hidden" : (styles.label ?? "")}>{label}</Label>
      <div className={combo.control}>
        <Input placeholder={placeholder ?? ""} className={`${styles.input} ${combo.input}`} />
        <Button className={combo.open ?? ""}>
          <ChevronDown size={14} aria-hidden="true" />
        </Button>
      </div>
      {hint && !error && (
        <Text slot="description" className={styles.hint ?? ""}>
          {hint}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
      <Popover className={`${styles.popover} ${combo.popover}`}>
        <ListBox
          className={styles.list ?? ""}
          renderEmptyState={() => <p className={combo.none}>{t("none_such")}</p>}
        >
          {(one: Choice) => (
            <ListBoxItem id={one.id} textValue={one.label} className={styles.item ?? ""}>
              {({ isSelected }) => (
                <>
                  <span className={styles.itemText}>
                    <span>{one.label}</span>
                    {one.detail && <span className={styles.hint}>{one.detail}</span>}
                  </span>
                  {isSelected && <Check size={14} aria-hidden="true" />}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
