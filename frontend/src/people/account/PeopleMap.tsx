// Who is who at an account: its people by level, who of them is engaged, how far their newest lead has come and whose
// it is, and when they were last touched.

import { Link } from "@tanstack/react-router";
import { MailX, MessageCircle, PhoneOff } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { PersonAtOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { useMay } from "~/identity/session";
import { Button } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { Badge, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { type Span, SPAN_NAMES, sinceOf } from "~/leads/named/period";
import { StageBadge } from "~/leads/StageBadge";
import { CallLink } from "~/voice/CallLink";
import { OpenLead } from "../OpenLead";
import styles from "./PeopleMap.module.css";

const LEVELS = ["decides", "leads", "manages", "other", null] as const;

export function PeopleMap({ accountId, onAdd }: { accountId: string; onAdd?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState<Span>("quarter");
  const map = $api.useQuery(
    "get",
    "/api/v1/accounts/{account_id}/people-map",
    { params: { path: { account_id: accountId }, query: { since: sinceOf(span) } } },
    { placeholderData: (before) => before },
  );
  return (
    <Panel
      title={t("people_map.title")}
      actions={
        <SelectField
          label={t("people_map.span")}
          isLabelHidden
          value={span}
          onChange={(id) => setSpan(id as Span)}
          choices={SPAN_NAMES.map((id) => ({ id, label: t(`people_map.engaged_in.${id}`) }))}
        />
      }
    >
      <Shown query={map} rows={5}>
        {({ items, total }) =>
          items.length === 0 ? (
            <Empty title={t("people_map.nobody")}>
              {onAdd && <Button onPress={onAdd}>{t("person.add")}</Button>}
            </Empty>
          ) : (
            <Levels people={items} total={total} />
          )
        }
      </Shown>
    </Panel>
  );
}

function Levels({ people, total }: { people: readonly PersonAtOut[]; total: number }) {
  const { t } = useTranslation();
  const byLevel = useMemo(() => Map.groupBy(people, (one) => one.level), [people]);
  const engaged = people.filter((one) => one.is_engaged).length;
  return (
    <div className={styles.map}>
      <p className={styles.sum}>
        {t("people_map.sum", {
          count: total,
          people: count(total),
          engaged: count(engaged),
          working: count(people.filter((one) => one.lead?.is_open).length),
        })}
      </p>
      {LEVELS.map((level) => {
        const here = byLevel.get(level) ?? [];
        if (here.length === 0) return null;
        return (
          <section key={level ?? "none"} className={styles.level}>
            <h3>
              {t(`people_map.level.${level ?? "none"}`)}{" "}
              <span className={styles.number}>{count(here.length)}</span>
            </h3>
            <ul className={styles.people}>
              {here.map((one) => (
                <Person key={one.person_id} person={one} />
              ))}
            </ul>
          </section>
        );
      })}
      {total > people.length && (
        <p className={styles.sum}>{t("people_map.more", { shown: count(people.length), all: count(total) })}</p>
      )}
    </div>
  );
}

function Person({ person }: { person: PersonAtOut }) {
  const { t } = useTranslation();
  const mayWork = useMay("leads:work");
  const { lead } = person;
  const name = person.name ?? person.emails[0] ?? person.phones[0] ?? t("lead.nameless");
  return (
    <li className={`${styles.person} ${person.is_engaged ? styles.engaged : ""}`}>
      <div className={styles.top}>
        <Link to="/people/$personId" params={{ personId: person.person_id }} className={styles.name} title={name}>
          {name}
        </Link>
        {person.is_engaged && (
          <Badge tone="ok">
            <MessageCircle size={12} aria-hidden="true" /> {t("people_map.engaged")}
          </Badge>
        )}
      </div>
      <p className={styles.detail} title={person.title ?? ""}>
        {person.title ?? t("people_map.no_title")}
      </p>
      <div className={styles.marks}>
        {lead && (
          <Link to="/leads/$leadId" params={{ leadId: lead.id }} className={styles.lead}>
            <StageBadge stage={lead.stage} />
            {lead.owner_name && <span className={styles.owner}>{lead.owner_name}</span>}
          </Link>
        )}
        {mayWork && !lead?.is_open && <OpenLead personId={person.person_id} name={name} isQuiet />}
      </div>
      <p className={styles.foot}>
        {person.last_touch_at ? (
          <time dateTime={person.last_touch_at} title={moment(person.last_touch_at)}>
            {t("people_map.touched", {
              count: person.touches,
              number: count(person.touches),
              when: relative(person.last_touch_at),
            })}
          </time>
        ) : (
          t("people_map.untouched")
        )}
        {person.phones[0] && !person.do_not_call && (
          <CallLink whom={{ person_id: person.person_id, number: person.phones[0], name }}>
            <span className="visually-hidden">{t("phone.call_named", { name })}</span>
          </CallLink>
        )}
        {person.do_not_call && <PhoneOff size={14} aria-label={t("lead.do_not_call")} role="img" />}
        {person.do_not_email && <MailX size={14} aria-label={t("lead.do_not_email")} role="img" />}
      </p>
    </li>
  );
}
