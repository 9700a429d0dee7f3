import { Mail, PhoneOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { AccountOut, LeadOut, PersonOut, ResponseOut } from "~/api/schema";
import { count, decimal, signed } from "~/i18n/numbers";
import { clock, moment, OWN_ZONE, relative, zoneName } from "~/i18n/time";
import { useUsers } from "~/identity/session";
import { Badge, Facts } from "~/kit/Panel";
import { useNow } from "~/kit/useNow";
import { useCampaigns } from "~/leads/useCampaigns";
import { CallLink } from "~/voice/CallLink";
import styles from "./Who.module.css";

/** Who they are and how to reach them, with their own clock. */
export function Who({ lead, person }: { lead: LeadOut; person: PersonOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const account = $api.useQuery(
    "get",
    "/api/v1/accounts/{account_id}",
    { params: { path: { account_id: lead.account_id ?? "" } } },
    { enabled: lead.account_id !== null },
  );
  const owner = lead.owner_id ? users.get(lead.owner_id)?.name : t("lead.nobody");
  return (
    <div className={styles.who}>
      <ul className={styles.points}>
        {person.contact_points.map((one) => (
          <li key={one.kind + one.value}>
            {one.kind === "phone" ? (
              person.do_not_call ? (
                <span className={styles.barred}>
                  <PhoneOff size={14} aria-hidden="true" /> {one.value}{" "}
                  <Badge tone="danger">{t("lead.do_not_call")}</Badge>
                </span>
              ) : (
                <CallLink
                  whom={{ lead_id: lead.id, person_id: person.id, number: one.value, name: person.full_name }}
                >
                  {one.value}
                  {one.extension && ` ${t("lead.extension", { extension: one.extension })}`}
                </CallLink>
              )
            ) : one.kind === "email" ? (
              <a href={`mailto:${one.value}`}>
                <Mail size={14} aria-hidden="true" /> {one.value}
              </a>
            ) : null}
            {one.label && <span className={styles.label}>{one.label}</span>}
            {one.bounced_at && <Badge tone="danger">{t("lead.bounced")}</Badge>}
          </li>
        ))}
      </ul>
      {person.do_not_email && <Badge tone="warn">{t("lead.do_not_email")}</Badge>}
      <Facts
        facts={[
          [t("lead.local_time"), <LocalTime key="zone" zone={lead.time_zone} />],
          [t("lead.place"), [person.city, person.region, person.country].filter(Boolean).join(", ")],
          [t("lead.company"), <Company key="company" person={person} account={account.data} />],
          [t("lead.industry"), account.data?.industry ?? person.industry],
          [t("lead.employees"), employees(account.data?.employees ?? person.employees)],
          [t("lead.owner"), owner],
          [t("lead.attempts"), lead.attempts > 0 ? lead.attempts : null],
        ]}
      />
      {Object.keys(person.attributes).length > 0 && (
        <details className={styles.more}>
          <summary>{t("lead.more")}</summary>
          <Facts facts={Object.entries(person.attributes)} />
        </details>
      )}
    </div>
  );
}

function employees(number: number | null): string | null {
  return number === null ? null : count(number);
}

function Company({ person, account }: { person: PersonOut; account: AccountOut | undefined }) {
  const name = account?.name ?? person.company;
  const domain = account?.domain ?? person.domain;
  return (
    <>
      {name}
      {domain && <span className={styles.label}> {domain}</span>}
    </>
  );
}

/** The person's wall clock; with the reader's own beside it where they differ. */
export function LocalTime({ zone }: { zone: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const theirs = clock(now, zone);
  const mine = clock(now);
  return (
    <>
      <b>{theirs}</b> {zoneName(zone)}
      {theirs !== mine && (
        <span className={styles.label}> {t("lead.own_time", { time: mine, zone: zoneName(OWN_ZONE) })}</span>
      )}
    </>
  );
}

/** What they responded to: campaign, content, when. */
export function Responses({ responses }: { responses: readonly ResponseOut[] }) {
  const { t } = useTranslation();
  const campaigns = useCampaigns();
  if (responses.length === 0) return <p className={styles.label}>{t("lead.outbound")}</p>;
  return (
    <ul className={styles.responses}>
      {responses.map((one) => (
        <li key={one.id}>
          <p className={styles.campaign}>{campaigns.get(one.campaign_id)?.name ?? "…"}</p>
          {one.content && <p className={styles.content}>{one.content}</p>}
          <p className={styles.label}>
            <time dateTime={one.responded_at} title={moment(one.responded_at)}>
              {relative(one.responded_at)}
            </time>
            {one.source && ` · ${one.source}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** The score and every rule's part in it. */
export function ScoreFacts({ lead }: { lead: LeadOut }) {
  const { t } = useTranslation();
  return (
    <div className={styles.score}>
      <p>
        <b className={styles.points100}>{Math.round(lead.score)}</b>
        <span className={styles.label}>
          {t("lead.score_parts", { fit: decimal(lead.fit), engagement: decimal(lead.engagement) })}
        </span>
      </p>
      <ul>
        {lead.score_reasons.map((one) => (
          <li key={one.name + one.kind}>
            <span>{one.name}</span>
            <span className={styles.number}>{signed(one.points)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
