// Accounts by words of their name, as one types; each with what the screen offers for it.

import { type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { AccountOut } from "~/api/schema";
import { TextField } from "~/kit/Field";
import { Failed } from "~/kit/states";
import styles from "./finder.module.css";

const FEW = 6;

export function AccountFinder({
  label,
  renderFound,
  autoFocus = false,
}: {
  label: string;
  renderFound: (found: AccountOut) => ReactNode;
  autoFocus?: boolean;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const found = $api.useQuery(
    "get",
    "/api/v1/accounts",
    { params: { query: { search: wanted, limit: FEW } } },
    { enabled: wanted !== "", placeholderData: (before) => before },
  );
  const items = wanted === "" ? [] : (found.data?.items ?? []);
  return (
    <div className={styles.finder}>
      <TextField
        label={label}
        type="search"
        value={typed}
        onChange={setTyped}
        autoFocus={autoFocus}
        maxLength={300}
      />
      {found.error && wanted !== "" ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : null}
      {items.length > 0 && (
        <ul className={styles.found}>
          {items.map((one) => (
            <li key={one.id} className={styles.row}>
              <span className={styles.who}>
                <span className={styles.name} title={one.name}>
                  {one.name}
                </span>
                <span className={styles.detail}>
                  {[one.domain, one.city, one.country].filter(Boolean).join(" · ")}
                </span>
              </span>
              {renderFound(one)}
            </li>
          ))}
        </ul>
      )}
      {wanted !== "" && found.data && items.length === 0 && !found.isPlaceholderData && (
        <p className={styles.detail} role="status">
          {t("palette.nothing")}
        </p>
      )}
    </div>
  );
}
