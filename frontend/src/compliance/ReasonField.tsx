import { useTranslation } from "react-i18next";
import { TextField } from "~/kit/Field";
import { wrongField } from "~/kit/states";

const LONGEST_REASON = 500;

/** Why an entry is put on a list or taken off, which is kept. `error`: that of the request, if it is about this. */
export function ReasonField({
  value,
  onChange,
  error,
  isFirst = false,
}: {
  value: string;
  onChange: (value: string) => void;
  error: unknown;
  isFirst?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <TextField
      label={t("compliance.reason")}
      hint={t("compliance.reason_hint")}
      value={value}
      onChange={onChange}
      error={wrongField(error, "reason")}
      maxLength={LONGEST_REASON}
      autoFocus={isFirst}
      isRequired
    />
  );
}
