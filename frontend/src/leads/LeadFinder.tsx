// Finds a lead by how its person's name begins.

import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { RowOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { TextField } from "~/kit/Field";
import styles from "./LeadFinder.module.css";

const SHORTEST = 2;

export function LeadFinder({
  lead,
  onChange,
  label,
  hint,
  told,
  another,
}: {
  lead: RowOut | null;
  onChange: (lead: RowOut | null) => void;
  label: string;
  hint: string;
  /** What is said once one is found. */
  told: (name: string) => string;
  /** The words of the button that lets it go. */
  another: string;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const isSearching = wanted.length >= SHORTEST && lead === null;
  const found = $api.useQuery(
    "get",
    "/api/v1/leads/table",
    { params: { query: { q: wanted, limit: 6 } } },
    { enabled: isSearching, placeholderData: (before) => before },
  );
  if (lead) {
    return (
      <div className={styles.row}>
        <span>{told(nameOf(lead) ?? t("lead.nameless"))}</span>
        <Button
          look="quiet"
          onPress={() => {
            setTyped("");
            onChange(null);
          }}
        >
          {another}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.stack}>
      <TextField label={label} hint={hint} type="search" value={typed} onChange={setTyped} />
      {isSearching && found.data && (
        <ul className={styles.found} aria-label={t("palette.found")}>
          {found.data.items.length === 0 && <li className={styles.nothing}>{t("palette.nothing")}</li>}
          {found.data.items.map((one) => (
            <li key={one.id}>
              <button type="button" className={styles.lead} onClick={() => onChange(one)}>
                <b>{nameOf(one) ?? t("lead.nameless")}</b>
                <span>{[one.person.title, one.account?.name].filter(Boolean).join(" · ")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function nameOf({ person }: RowOut): string | null {
  return person.full_name ?? person.email;
}
