// All that was done with a person, the newest first.

import { useQuery } from "@tanstack/react-query";
import { Mail, MessageSquare, Phone, PhoneIncoming, Share2, Smartphone, StickyNote, Video } from "lucide-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityOut, Kind, LeadOut } from "~/api/schema";
import { duration, moment, relative } from "~/i18n/time";
import { useUsers } from "~/identity/session";
import { Badge } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { personQueries } from "~/leads/useNextLead";
import styles from "./Timeline.module.css";

type Icon = ComponentType<{ size?: number; "aria-hidden"?: "true" }>;

const ICONS: Record<Kind, Icon> = {
  call: Phone,
  email: Mail,
  meeting: Video,
  chat: MessageSquare,
  sms: Smartphone,
  social: Share2,
  note: StickyNote,
};

export function Timeline({ personId }: { lead?: LeadOut; personId: string }) {
  const { t } = useTranslation();
  const activities = useQuery(personQueries(personId).activities);
  return (
    <Shown query={activities} rows={5}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t("timeline.empty")}>{t("timeline.empty_detail")}</Empty>
        ) : (
          <ol className={styles.timeline}>
            {items.map((one) => (
              <Entry key={one.id} entry={one} />
            ))}
          </ol>
        )
      }
    </Shown>
  );
}

function Entry({ entry }: { entry: ActivityOut }) {
  const { t } = useTranslation();
  const users = useUsers();
  const Picture = entry.kind === "call" && entry.direction === "inbound" ? PhoneIncoming : ICONS[entry.kind];
  const who = entry.user_id ? users.get(entry.user_id)?.name : undefined;
  return (
    <li className={styles.entry}>
      <span className={styles.icon}>
        <Picture size={14} aria-hidden="true" />
      </span>
      <div className={styles.what}>
        <p>
          <b>{entry.disposition ? t(`disposition.${entry.disposition}`) : t(`kind.${entry.kind}`)}</b>
          {entry.is_conversation && <Badge tone="ok">{t("timeline.conversation")}</Badge>}
          {entry.seconds !== null && entry.seconds > 0 && (
            <span className={styles.meta}>{duration(entry.seconds)}</span>
          )}
          {entry.corrects && <Badge>{t("timeline.corrected")}</Badge>}
        </p>
        {entry.subject && <p className={styles.subject}>{entry.subject}</p>}
        {entry.body && <p className={styles.body}>{entry.body}</p>}
        <p className={styles.meta}>
          {who} ·{" "}
          <time dateTime={entry.at} title={moment(entry.at)}>
            {relative(entry.at)}
          </time>
        </p>
      </div>
    </li>
  );
}
