import { useTranslation } from "react-i18next";
import { useMe, useUsers } from "~/identity/session";
import { SelectField } from "~/kit/Field";

/** Who may have leads: active reps and managers, oneself first. */
export function RepField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange: (id: string) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const reps = [...users.values()]
    .filter((one) => one.is_active && (one.role === "rep" || one.role === "manager"))
    .sort(
      (one, other) =>
        Number(other.id === me.id) - Number(one.id === me.id) ||
        Number(other.role === "rep") - Number(one.role === "rep") ||
        one.name.localeCompare(other.name),
    );
  return (
    <SelectField
      label={t("lead.owner")}
      value={value}
      onChange={onChange}
      error={error}
      choices={reps.map((one) => ({ id: one.id, label: one.name, detail: t(`role.${one.role}`) }))}
    />
  );
}
