// What an event's data say, in few words: only what people know by name, in their language.

import { useTranslation } from "react-i18next";
import type { EventOut } from "~/api/schema";
import texts from "~/i18n/en/events.json";
import { moment } from "~/i18n/time";
import { useTeams, useUsers } from "../session";

type Field = keyof (typeof texts)["event_field"];

const MOST = 4;
const LONGEST = 80;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `default number`, of a field named `default_number_id`. */
function plain(field: string): string {
  return field.replace(/_id$/, "").replaceAll("_", " ");
}

/** `Rita Rep`, of `user:…`; the system by the product's name; what is not known as it stands. */
export function useNames(): (id: string) => string | undefined {
  const users = useUsers();
  const teams = useTeams();
  return (id) => users.get(id)?.name ?? teams.get(id)?.name;
}

/** The data in words: `rep Rita Rep · stage working`. */
export function useTold(): (event: EventOut) => string {
  const { t } = useTranslation();
  const nameOf = useNames();

  function valueOf(value: unknown): string | undefined {
    if (typeof value === "number") return String(value);
    if (Array.isArray(value))
      return (
        value
          .filter((one) => typeof one === "string")
          .map(plain)
          .join(", ") || undefined
      );
    if (typeof value !== "string" || value === "") return undefined;
    if (ID.test(value)) return nameOf(value);
    if (MOMENT.test(value)) return moment(value);
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  }

  return (event) => {
    const parts: string[] = [];
    for (const [field, value] of Object.entries(event.data)) {
      const told = field in texts.event_field ? valueOf(value) : undefined;
      if (told !== undefined) parts.push(`${t(`event_field.${field as Field}`)} ${told}`);
    }
    return parts.slice(0, MOST).join(" · ");
  };
}
