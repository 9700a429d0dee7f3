// Who can take more: how much everybody has in work of what they can, and who is away or full.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { AbsenceOut, MemberOut } from "~/api/schema";
import { count } from "~/i18n/numbers";
import { moment } from "~/i18n/time";
import { SelectField } from "~/kit/Field";
import { Badge, Bar, Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { useMembers } from "~/leads/assign/assignees";
import styles from "./Members.module.css";

/** From here on somebody is nearly full. */
const NEARLY = 0.85;

export function Members({ teamId }: { teamId: string | undefined }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState<"rep" | "ae">("rep");
  const members = useMembers(purpose);
  const absences = $api.useQuery("get", "/api/v1/absences", { params: { query: { limit: 200 } } });
  return (
    <Panel
      title={t("members.title")}
      actions={
        <SelectField
          label={t("members.whose")}
          isLabelHidden
          value={purpose}
          onChange={(chosen) => setPurpose(chosen as "rep" | "ae")}
          choices={[
            { id: "rep", label: t("members.reps") },
            { id: "ae", label: t("members.aes") },
          ]}
        />
      }
    >
      <Shown query={members} rows={6}>
        {({ items }) => {
          const shown = items.filter((one) => !teamId || one.team_id === teamId);
          if (shown.length === 0) return <Empty title={t("members.none")} />;
          return (
            <ul className={styles.members}>
              {shown.map((one) => (
                <Member key={one.user_id} member={one} absence={absenceOf(one, absences.data?.items)} />
              ))}
            </ul>
          );
        }}
      </Shown>
    </Panel>
  );
}

function absenceOf(member: MemberOut, absences: readonly AbsenceOut[] = []): AbsenceOut | undefined {
  const now = Date.now();
  return absences.find((one) => one.user_id === member.user_id && new Date(one.starts_at).getTime() <= now);
}

function Member({ member, absence }: { member: MemberOut; absence: AbsenceOut | undefined }) {
  const { t } = useTranslation();
  const { load, capacity } = member;
  const isFull = capacity !== null && load >= capacity;
  const told =
    capacity === null
      ? t("members.load", { count: load })
      : t("members.load_of", { load: count(load), capacity: count(capacity) });
  return (
    <li className={styles.member}>
      <span className={styles.name}>{member.name}</span>
      <span className={styles.load}>{told}</span>
      {capacity !== null && capacity > 0 && (
        <Bar
          share={load / capacity}
          tone={isFull ? "danger" : load / capacity >= NEARLY ? "warn" : "accent"}
          label={t("members.load_label", { name: member.name, told })}
        />
      )}
      {(member.is_away || isFull || member.weight === 0) && (
        <span className={styles.marks}>
          {member.is_away && (
            <Badge tone="info">
              {absence ? t("members.away_until", { when: moment(absence.ends_at) }) : t("members.away")}
            </Badge>
          )}
          {isFull && (
            <Badge tone="danger">{load > capacity ? t("members.over_capacity") : t("members.at_capacity")}</Badge>
          )}
          {member.weight === 0 && <Badge>{t("members.no_turns")}</Badge>}
        </span>
      )}
    </li>
  );
}
