// For how many of the newest leads the conditions would hold, and for whom: read while they are built.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { count } from "~/i18n/numbers";
import { useSettled } from "~/kit/useSettled";
import { type Group, writeCondition } from "~/leads/conditions/draft";
import styles from "./RulePreview.module.css";

export function RulePreview({ group }: { group: Group }) {
  const { t } = useTranslation();
  const conditions = useSettled(JSON.stringify(writeCondition(group)));
  const tried = $api.useQuery(
    "post",
    "/api/v1/routing-rules/preview",
    { body: { conditions: JSON.parse(conditions) as Record<string, never>, leads: 1000 } },
    { placeholderData: (before) => before, retry: false, staleTime: 60_000 },
  );
  if (tried.isError) return <p className={styles.told}>{t("rule_preview.unfinished")}</p>;
  if (!tried.data) return <p className={styles.told}>{t("rule_preview.trying")}</p>;
  const { matched, tried: all, examples } = tried.data;
  return (
    <div className={styles.told} aria-live="polite">
      <p>
        <b>{t("rule_preview.matched", { matched: count(matched), count: all })}</b>
      </p>
      {examples.length > 0 && (
        <ul className={styles.examples}>
          {examples.slice(0, 4).map((one) => (
            <li key={one.lead_id}>
              <Link to="/leads/$leadId" params={{ leadId: one.lead_id }} target="_blank">
                {one.person_name ?? t("lead.nameless")}
              </Link>
              {[one.account_name, one.campaign].filter(Boolean).map((about) => ` · ${about}`)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
