// Fields of forms: a label, the control, what it is for, and what is wrong with it.

import { Check, ChevronDown } from "lucide-react";
import { type ReactNode, type Ref, useId } from "react";
import {
  CheckboxButton,
  CheckboxField,
  NumberField as AriaNumberField,
  Select as AriaSelect,
  SwitchButton,
  SwitchField,
  TextField as AriaTextField,
  Button,
  FieldError,
  Input,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { count } from "~/i18n/numbers";
import styles from "./Field.module.css";

interface Common {
  label: string;
  /** What it is for, under the control. */
  hint?: ReactNode;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Label for screen readers only. */
  isLabelHidden?: boolean;
}

function Below({ hint, error }: Pick<Common, "hint" | "error">) {
  return (
    <>
      {hint && !error && (
        <Text slot="description" className={styles.hint ?? ""}>
          {hint}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>{error}</FieldError>
    </>
  );
}

function FieldLabel({ label, isLabelHidden }: Pick<Common, "label" | "isLabelHidden">) {
  return <Label className={isLabelHidden ? "visually-hidden" : (styles.label ?? "")}>{label}</Label>;
}

/** What is wrong with a text that is too long; it is not cut off, as what was pasted would be lost unseen. */
function useTooLong(value: string, most: number | undefined): string | undefined {
  const { t } = useTranslation();
  if (most === undefined || value.length <= most) return undefined;
  // Code points, as the server counts them.
  const over = Array.from(value).length - most;
  return over > 0 ? t("too_long", { most: count(most), over: count(over) }) : undefined;
}

export interface TextFieldProps extends Common {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password" | "search" | "url" | "date" | "datetime-local" | "time";
  name?: string;
  autoComplete?: string;
  inputMode?: "numeric" | "text" | "tel";
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
  autoFocus?: boolean;
  maxLength?: number;
  min?: string;
  max?: string;
  inputRef?: Ref<HTMLInputElement>;
  /** Values that are offered while typing; others may be typed all the same. */
  suggestions?: readonly string[];
}

export function TextField({
  label,
  hint,
  error,
  isLabelHidden,
  placeholder,
  inputRef,
  min,
  max,
  maxLength,
  suggestions = [],
  ...props
}: TextFieldProps) {
  const list = useId();
  const tooLong = useTooLong(props.value, maxLength);
  const wrong = error ?? tooLong;
  return (
    <AriaTextField {...props} isInvalid={Boolean(wrong)} validationBehavior="aria" className={styles.field ?? ""}>
      <FieldLabel label={label} isLabelHidden={isLabelHidden ?? false} />
      <Input
        ref={inputRef ?? null}
        placeholder={placeholder ?? ""}
        min={min}
        max={max}
        list={suggestions.length > 0 ? list : undefined}
        className={styles.input ?? ""}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <Below hint={hint} error={wrong} />
    </AriaTextField>
  );
}

export interface TextAreaFieldProps extends Common {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  placeholder?: string;
  maxLength?: number;
  isDisabled?: boolean;
  areaRef?: Ref<HTMLTextAreaElement>;
  onKeyDown?: (event: React.KeyboardEvent<HTMLTextAreaElement>) => void;
}

export function TextAreaField({
  label,
  hint,
  error,
  isLabelHidden,
  rows = 3,
  placeholder,
  areaRef,
  onKeyDown,
  maxLength,
  ...props
}: TextAreaFieldProps) {
  const tooLong = useTooLong(props.value, maxLength);
  const wrong = error ?? tooLong;
  return (
    <AriaTextField {...props} isInvalid={Boolean(wrong)} validationBehavior="aria" className={styles.field ?? ""}>
      <FieldLabel label={label} isLabelHidden={isLabelHidden ?? false} />
      <TextArea
        ref={areaRef ?? null}
        rows={rows}
        placeholder={placeholder ?? ""}
        className={`${styles.input} ${styles.area}`}
        onKeyDown={onKeyDown}
      />
      <Below hint={hint} error={wrong} />
    </AriaTextField>
  );
}

export interface NumberFieldProps extends Common {
  value: number | null;
  onChange: (value: number | null) => void;
  minValue?: number;
  maxValue?: number;
  step?: number;
  isRequired?: boolean;
  formatOptions?: Intl.NumberFormatOptions;
}

export function NumberField({ label, hint, error, isLabelHidden, value, onChange, ...props }: NumberFieldProps) {
  return (
    <AriaNumberField
      {...props}
      value={value ?? Number.NaN}
      onChange={(typed) => onChange(Number.isNaN(typed) ? null : typed)}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <FieldLabel label={label} isLabelHidden={isLabelHidden ?? false} />
      <Input className={styles.input ?? ""} />
      <Below hint={hint} error={error} />
    </AriaNumberField>
  );
}

export interface Choice {
  id: string;
  label: string;
  detail?: string;
}

export interface SelectFieldProps extends Common {
  value: string | null;
  onChange: (value: string) => void;
  choices: readonly Choice[];
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
}

export function SelectField({
  label,
  hint,
  error,
  isLabelHidden,
  value,
  onChange,
  choices,
  placeholder,
  ...props
}: SelectFieldProps) {
  return (
    <AriaSelect
      {...props}
      value={value}
      onChange={(key: Key | null) => key !== null && onChange(String(key))}
      placeholder={placeholder ?? "–"}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      className={styles.field ?? ""}
    >
      <FieldLabel label={label} isLabelHidden={isLabelHidden ?? false} />
      <Button className={`${styles.input} ${styles.select}`}>
        <SelectValue className={styles.value ?? ""} />
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
      <Below hint={hint} error={error} />
      <Popover className={styles.popover ?? ""}>
        <ListBox items={choices} className={styles.list ?? ""}>
          {(one) => (
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
    </AriaSelect>
  );
}

export interface TickProps {
  children: ReactNode;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  isDisabled?: boolean;
  isIndeterminate?: boolean;
  "aria-label"?: string;
}

export function Checkbox({ children, ...props }: TickProps) {
  return (
    <CheckboxField {...props}>
      <CheckboxButton className={styles.tick ?? ""}>
        {({ isSelected, isIndeterminate }) => (
          <>
            <span className={styles.box} aria-hidden="true">
              {isIndeterminate ? (
                <span className={styles.dash} />
              ) : (
                isSelected && <Check size={12} strokeWidth={3} />
              )}
            </span>
            {children}
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}

export function Switch({ children, ...props }: Omit<TickProps, "isIndeterminate">) {
  return (
    <SwitchField {...props}>
      <SwitchButton className={styles.tick ?? ""}>
        <span className={styles.track} aria-hidden="true" />
        {children}
      </SwitchButton>
    </SwitchField>
  );
}

/** Controls that belong together under one name. */
export function FieldGroup({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className={styles.field}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      {children}
    </div>
  );
}
