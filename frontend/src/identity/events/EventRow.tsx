import { Link } from "@tanstack/react-router";
import { Braces, Crosshair } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventOut } from "~/api/schema";
import { moment } from "~/i18n/time";
import { IconButton } from "~/kit/Button";
import styles from "./EventRow.module.css";
import { useKindTexts } from "./kinds";
import { useNames, useTold } from "./told";

/** One event in a line; what it holds besides on demand. */
export function EventRow({ event, onOnly }: { event: EventOut; onOnly: (subject: string) => void }) {
  const { t } = useTranslation();
  const texts = useKindTexts();
  const told = useTold();
  const rawId = useId();
  const [isRaw, setRaw] = useState(false);
  const title = texts.kind(event.kind);
  const when = moment(event.at);
  return (
    <li className={styles.event}>
      <div className={styles.row}>
        <time className={styles.when} dateTime={event.at} title={new Date(event.at).toISOString()}>
          {when}
        </time>
        <Actor actor={event.actor} />
        <span className={styles.what}>
          <b>{title}</b> <Subject event={event} />
          <span className={styles.told}>{told(event)}</span>
        </span>
        <span className={styles.deeds}>
          <IconButton
            label={t("events.only_of", { subject: event.subject })}
            onPress={() => onOnly(event.subject)}
          >
            <Crosshair size={14} aria-hidden="true" />
          </IconButton>
          <IconButton
            label={t("events.raw_of", { title, when })}
            aria-expanded={isRaw}
            aria-controls={rawId}
            onPress={() => setRaw(!isRaw)}
          >
            <Braces size={14} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      <div id={rawId}>{isRaw && <pre className={styles.raw}>{JSON.stringify(event, null, 2)}</pre>}</div>
    </li>
  );
}

function Actor({ actor }: { actor: string }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [kind = "", id = ""] = actor.split(":");
  const name = kind === "user" ? (nameOf(id) ?? t("events.someone")) : t("events.system");
  return (
    <span className={styles.actor} title={actor}>
      {name}
    </span>
  );
}

/** What the event is about: a way there, a name, or nothing that people could read. */
function Subject({ event }: { event: EventOut }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [kind = "", id = ""] = event.subject.split(":");
  if (kind === "lead") {
    return (
      <Link to="/leads/$leadId" params={{ leadId: id }}>
        {t("events.open_lead")}
      </Link>
    );
  }
  if (kind === "team") {
    return (
      <Link to="/settings/teams/$teamId" params={{ teamId: id }}>
        {nameOf(id) ?? id}
      </Link>
    );
  }
  if (kind === "user") return event.actor === event.subject ? null : <span>{nameOf(id) ?? id}</span>;
  return null;
}
