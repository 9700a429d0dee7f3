import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CampaignLeadOut } from "~/api/schema";
import styles from "./campaigns.module.css";

/** Somebody who responded, and the way to their lead. */
export function Who({ row }: { row: CampaignLeadOut }) {
  const { t } = useTranslation();
  const name = row.person_name ?? t("lead.nameless");
  const about = [row.title, row.account_name].filter(Boolean).join(" · ");
  return (
    <>
      <Link to="/leads/$leadId" params={{ leadId: row.lead_id }} className={styles.name} title={name}>
        <bdi>{name}</bdi>
      </Link>
      <span className={styles.under} title={about}>
        <bdi>{about}</bdi>
      </span>
    </>
  );
}
