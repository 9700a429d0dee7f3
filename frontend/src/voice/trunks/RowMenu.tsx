import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "~/kit/Button";
import { Menu } from "~/kit/Menu";

/** What can be done with a row: change it, or remove it. */
export function RowMenu({ name, onEdit, onRemove }: { name: string; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const label = t("telephony.more", { name });
  return (
    <Menu
      label={label}
      choices={[
        { id: "edit", label: t("edit"), run: onEdit },
        { id: "remove", label: t("remove"), run: onRemove, isDanger: true },
      ]}
    >
      <IconButton label={label}>
        <Ellipsis size={16} aria-hidden="true" />
      </IconButton>
    </Menu>
  );
}
