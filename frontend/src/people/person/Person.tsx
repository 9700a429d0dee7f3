// Somebody on one screen: who they are and how to reach them, all that happened with them, their leads, and what is
// known of them from where.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Pencil, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { LeadOut, PersonOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { day } from "~/i18n/time";
import { useMay, useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { Badge, Facts, Panel } from "~/kit/Panel";
import { Empty, Failed, Loading, Shown } from "~/kit/states";
import { LocalTime } from "~/leads/lead/Who";
import { StageBadge } from "~/leads/StageBadge";
import { Timeline } from "~/leads/timeline/Timeline";
import { useCampaigns } from "~/leads/useCampaigns";
import { personQueries } from "~/leads/useNextLead";
import { useShortcuts } from "~/shell/keys";
import { dial } from "~/voice/calling";
import { useUsers } from "~/identity/session";
import { Merges } from "../Merges";
import { OpenLeadDialog, useOpenLead } from "../OpenLead";
import styles from "../record.module.css";
import { tellProblem } from "~/kit/notices";
import { Consents } from "./Consents";
import { ContactPoints } from "./ContactPoints";
import { LogBox } from "./LogBox";
import { MergeDialog } from "./MergeDialog";
import { PersonDialog } from "./PersonDialog";
import { Received } from "./Received";

export function Person() {
  const { personId } = useParams({ from: "/signed-in/people/$personId" });
  const person = useQuery(personQueries(personId).person);
  if (person.error && !person.data) return <Failed error={person.error} onRetry={() => void person.refetch()} />;
  if (!person.data) return <Loading rows={8} />;
  return <Somebody key={person.data.id} person={person.data} />;
}

function nameOf(person: PersonOut): string | undefined {
  return person.full_name ?? person.contact_points[0]?.value;
}

function Somebody({ person }: { person: PersonOut }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayEdit = useMay("people:write");
  const mayWork = useMay("leads:work");
  const mayAssign = useMay("leads:assign");
  const mayCall = useMay("calls:place");
  const phone = person.contact_points.find((one) => one.kind === "phone")?.value;
  const [asked, setAsked] = useState<"edit" | "open" | "merge" | null>(null);
  const leads = $api.useQuery("get", "/api/v1/leads", {
    params: { query: { person_id: person.id, limit: 100 } },
  });
  const open = useOpenLead(person.id);
  const openLead = leads.data?.items.find((one) => one.is_open);
  const name = nameOf(person) ?? t("lead.nameless");
  const close = () => setAsked(null);

  function openOne(): void {
    if (mayAssign || me.role !== "rep") setAsked("open");
    else open.mutate(null, { onError: (error) => tellProblem(error, t("state.unreachable")) });
  }

  const group = t("person.keys");
  const mayOpen = mayWork && leads.data !== undefined && !openLead;
  useShortcuts([
    ...(mayEdit ? [{ keys: "i", label: t("edit"), group, run: () => setAsked("edit") }] : []),
    ...(mayCall && phone && !person.do_not_call
      ? [
          {
            keys: "c",
            label: t("phone.call"),
            group,
            run: () => void dial({ person_id: person.id, number: phone, name }),
          },
        ]
      : []),
    ...(mayOpen ? [{ keys: "o", label: t("open_lead.do"), group, run: openOne }] : []),
  ]);

  return (
    <div className={styles.record}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h1>{name}</h1>
          {person.do_not_call && <Badge tone="danger">{t("lead.do_not_call")}</Badge>}
          {person.do_not_email && <Badge tone="warn">{t("lead.do_not_email")}</Badge>}
        </div>
        <p className={styles.subtitle}>
          {person.title && <span>{person.title}</span>}
          <Company person={person} />
        </p>
        <div className={styles.actions}>
          {mayEdit && <Button onPress={() => setAsked("merge")}>{t("merges.do")}</Button>}
          {mayEdit && (
            <Button keys="i" onPress={() => setAsked("edit")}>
              <Pencil size={14} aria-hidden="true" /> {t("edit")}
            </Button>
          )}
          {mayOpen && (
            <Button look="primary" keys="o" onPress={openOne} isPending={open.isPending}>
              <Play size={14} aria-hidden="true" /> {t("open_lead.do")}
            </Button>
          )}
        </div>
      </header>
      <div className={`${styles.columns} ${styles.three}`}>
        <div className={styles.side}>
          <Panel title={t("person.reach")}>
            <ContactPoints person={person} />
          </Panel>
          <Panel title={t("person.facts")}>
            <PersonFacts person={person} />
          </Panel>
        </div>
        <div className={styles.middle}>
          {mayWork && <LogBox personId={person.id} openLead={openLead} />}
          <Panel title={t("lead.timeline")} isFlush>
            <Timeline personId={person.id} />
          </Panel>
        </div>
        <div className={styles.side}>
          <Panel title={t("person.leads")} isFlush>
            <Shown query={leads}>{({ items }) => <Leads leads={items} />}</Shown>
          </Panel>
          <Consents personId={person.id} />
          <Merges kind="person" recordId={person.id} />
          <Received personId={person.id} />
        </div>
      </div>
      {asked === "edit" && <PersonDialog person={person} onClose={close} />}
      {asked === "merge" && <MergeDialog person={person} onClose={close} />}
      {asked === "open" && <OpenLeadDialog personId={person.id} name={name} onClose={close} />}
    </div>
  );
}

function Company({ person }: { person: PersonOut }) {
  const account = $api.useQuery(
    "get",
    "/api/v1/accounts/{account_id}",
    { params: { path: { account_id: person.account_id ?? "" } } },
    { enabled: person.account_id !== null },
  );
  if (!person.account_id) return <span>{person.company}</span>;
  return (
    <Link to="/accounts/$accountId" params={{ accountId: person.account_id }}>
      {account.data?.name ?? person.company ?? "…"}
    </Link>
  );
}

function PersonFacts({ person }: { person: PersonOut }) {
  const { t } = useTranslation();
  const place = [person.city, person.region, person.country].filter(Boolean).join(", ");
  return (
    <Facts
      facts={[
        [t("lead.local_time"), person.time_zone && <LocalTime zone={person.time_zone} />],
        [t("lead.place"), place],
        [t("fields.street"), [person.street, person.postal_code].filter(Boolean).join(", ")],
        [t("fields.language"), person.language],
        [t("fields.born_on"), person.born_on && day(person.born_on)],
        [t("lead.company"), person.company],
        [t("lead.domain"), person.domain],
        [t("lead.industry"), person.industry],
        [t("lead.employees"), person.employees === null ? null : count(person.employees)],
        ...Object.entries(person.attributes),
      ]}
    />
  );
}

function Leads({ leads }: { leads: readonly LeadOut[] }) {
  const { t } = useTranslation();
  const users = useUsers();
  const campaigns = useCampaigns();
  if (leads.length === 0) return <Empty title={t("person.no_leads")} />;
  const newest = [...leads].sort((one, other) => other.opened_at.localeCompare(one.opened_at));
  return (
    <ul className={styles.rows}>
      {newest.map((one) => (
        <li key={one.id}>
          <span className={styles.who}>
            <Link to="/leads/$leadId" params={{ leadId: one.id }}>
              <b>{one.campaign_id ? (campaigns.get(one.campaign_id)?.name ?? "…") : t("account.outbound")}</b>
            </Link>
            <span className={styles.detail}>
              {[day(one.opened_at), one.owner_id ? users.get(one.owner_id)?.name : t("lead.nobody")]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
          <StageBadge stage={one.stage} />
        </li>
      ))}
    </ul>
  );
}
