// Trying routing out: find a lead by the person's name, and read whom it would go to now and why. Nothing is done.

import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { LeadOut, PersonOut } from "~/api/schema";
import { useTeams, useUsers } from "~/identity/session";
import { TextField } from "~/kit/Field";
import { Badge, Panel } from "~/kit/Panel";
import { Shown } from "~/kit/states";
import { StageBadge } from "~/leads/StageBadge";
import styles from "./WhyThere.module.css";

const SHORTEST = 2;

export function WhyThere() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [person, setPerson] = useState<PersonOut | null>(null);
  const wanted = useDeferredValue(typed.trim());
  const isSearching = wanted.length >= SHORTEST && person === null;
  const found = $api.useQuery(
    "get",
    "/api/v1/persons",
    { params: { query: { search: wanted, limit: 6 } } },
    { enabled: isSearching, placeholderData: (before) => before },
  );
  return (
    <Panel title={t("why_there.title")}>
      <div className={styles.ask}>
        <TextField
          label={t("why_there.who")}
          hint={t("why_there.hint")}
          type="search"
          value={typed}
          onChange={(text) => {
            setTyped(text);
            setPerson(null);
          }}
        />
        {isSearching && found.data && (
          <ul className={styles.found} aria-label={t("palette.found")}>
            {found.data.items.length === 0 && <li className={styles.nothing}>{t("palette.nothing")}</li>}
            {found.data.items.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  className={styles.person}
                  onClick={() => {
                    setPerson(one);
                    setTyped(one.full_name ?? "");
                  }}
                >
                  <b>{one.full_name ?? t("lead.nameless")}</b>
                  <span>{[one.title, one.company].filter(Boolean).join(" · ")}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {person && <LeadsOf person={person} />}
      </div>
    </Panel>
  );
}

function LeadsOf({ person }: { person: PersonOut }) {
  const { t } = useTranslation();
  const query = { person_id: person.id, limit: 20 };
  const leads = $api.useQuery("get", "/api/v1/leads", { params: { query } });
  return (
    <Shown query={leads}>
      {({ items }) => {
        const lead = items.find((one) => one.closed_at === null) ?? items.at(-1);
        return lead ? <Answer lead={lead} /> : <p className={styles.nothing}>{t("why_there.no_lead")}</p>;
      }}
    </Shown>
  );
}

function Answer({ lead }: { lead: LeadOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const teams = useTeams();
  const params = { path: { lead_id: lead.id } };
  const routed = $api.useQuery("get", "/api/v1/leads/{lead_id}/routing", { params }, { staleTime: 0 });
  return (
    <Shown query={routed}>
      {({ user_id, team_id, because, explanation }) => {
        const team = team_id ? teams.get(team_id)?.name : undefined;
        const pool = team ? t("assign.pool", { team }) : t("assign.nobody");
        const over = Array.isArray(explanation.passed_over) ? explanation.passed_over.map(String) : [];
        return (
          <div className={styles.answer} role="status">
            <p className={styles.to}>
              <ArrowRight size={15} aria-hidden="true" />
              <b>{user_id ? (users.get(user_id)?.name ?? "…") : pool}</b>
              <Badge tone="accent">{t(`because.${because}`)}</Badge>
            </p>
            <p>{typeof explanation.text === "string" ? explanation.text : ""}</p>
            {over.length > 0 && (
              <>
                <h3>{t("why_there.passed_over")}</h3>
                <ul className={styles.over}>
                  {over.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </>
            )}
            <p className={styles.now}>
              <StageBadge stage={lead.stage} />
              <span>
                {t("why_there.now", {
                  owner: (lead.owner_id && users.get(lead.owner_id)?.name) ?? t("lead.nobody"),
                })}
              </span>
              <Link to="/leads/$leadId" params={{ leadId: lead.id }}>
                {t("why_there.open")}
              </Link>
            </p>
          </div>
        );
      }}
    </Shown>
  );
}
