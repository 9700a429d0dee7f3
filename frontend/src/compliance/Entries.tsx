import { Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { day } from "~/i18n/time";
import { IconButton } from "~/kit/Button";
import { Table } from "~/kit/Table";
import styles from "./CallingRules.module.css";

/** A number or an address that is not to be reached: since when, why, and by what it came onto the list. */
export interface Entry {
  name: string;
  reason: string;
  source: string;
  addedAt: string;
}

/** Entries of such a list, each with a way to take it off where `onRemove` is given. */
export function Entries({
  label,
  nameLabel,
  entries,
  removeOf,
  onRemove,
}: {
  label: string;
  nameLabel: string;
  entries: readonly Entry[];
  removeOf: (name: string) => string;
  onRemove: ((name: string) => void) | undefined;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <Table
      label={label}
      rows={entries}
      idOf={(one) => one.name}
      columns={[
        {
          id: "name",
          label: nameLabel,
          isName: true,
          cell: (one) => <span className={styles.breaking}>{one.name}</span>,
        },
        {
          id: "reason",
          label: t("compliance.reason"),
          cell: (one) => (
            <>
              {one.reason}
              <span className={styles.detail}>{one.source}</span>
            </>
          ),
        },
        {
          id: "added",
          label: t("compliance.added_at"),
          isOptional: true,
          width: "128px",
          cell: (one) => <time dateTime={one.addedAt}>{day(one.addedAt)}</time>,
        },
        {
          id: "remove",
          label: t("compliance.remove"),
          isLabelHidden: true,
          width: "56px",
          cell: (one) =>
            onRemove && (
              <IconButton label={removeOf(one.name)} onPress={() => onRemove(one.name)}>
                <Trash2 size={14} aria-hidden="true" />
              </IconButton>
            ),
        },
      ]}
    />
  );
}
