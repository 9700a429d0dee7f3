// What has to be read again when something happens: a table from kinds of events to the paths that show them.
//
// Paths are named by their beginnings. With "about", only what names the event's subject is read again. Events are
// gathered for a moment first, so that a burst of them costs one reading, and what a rep leaves by the very key that
// made the events costs none.

import { readAgain } from "~/api/query";
import type { LiveEvent } from "./link";

interface Rule {
  /** Read at the next look, but only where the subject is named in the query. */
  about?: readonly string[];
  /** Read soon, whatever they are about. */
  lists?: readonly string[];
}

const LEAD: Rule = {
  about: ["/api/v1/leads/{lead_id}", "/api/v1/persons/{person_id}"],
  lists: ["/api/v1/queue", "/api/v1/leads/table", "/api/v1/promises", "/api/v1/campaigns"],
};

const MAIL: Rule = { lists: ["/api/v1/mail/messages", "/api/v1/mail/conversations", "/api/v1/compliance/mail"] };

/** Kinds that concern more than their family does. */
const BY_KIND: Record<string, Rule> = {
  // An address is marked as dead, or lives again.
  "mail.bounced": { ...MAIL, about: ["/api/v1/persons"] },
  "mail.received": { ...MAIL, about: ["/api/v1/persons"] },
};

const BY_FAMILY: Record<string, Rule> = {
  lead: { ...LEAD, lists: [...(LEAD.lists ?? []), "/api/v1/hand-offs", "/api/v1/goals/progress", "/api/v1/kpis"] },
  response: { ...LEAD, lists: [...(LEAD.lists ?? []), "/api/v1/received"] },
  activity: {
    about: LEAD.about,
    lists: [
      "/api/v1/queue",
      "/api/v1/leads/table",
      "/api/v1/goals/progress",
      "/api/v1/kpis",
      "/api/v1/activities",
    ],
  },
  meeting: {
    about: LEAD.about,
    lists: ["/api/v1/calendar/meetings", "/api/v1/hand-offs", "/api/v1/kpis", "/api/v1/goals/progress"],
  },
  person: {
    about: ["/api/v1/persons", "/api/v1/leads/{lead_id}"],
    lists: ["/api/v1/persons", "/api/v1/accounts"],
  },
  account: { lists: ["/api/v1/accounts"] },
  sla: { lists: ["/api/v1/promises", "/api/v1/queue"] },
  import: { lists: ["/api/v1/imports", "/api/v1/received", "/api/v1/campaigns"] },
  campaign: { lists: ["/api/v1/campaigns"] },
  criteria: { lists: ["/api/v1/criteria"] },
  goal: { lists: ["/api/v1/goals"] },
  routing_rule: { lists: ["/api/v1/routing-rules", "/api/v1/routing-turns"] },
  scoring_model: { lists: ["/api/v1/scoring-model"] },
  sla_policy: { lists: ["/api/v1/sla-policies"] },
  named_list: { lists: ["/api/v1/named-lists"] },
  user: { lists: ["/api/v1/users", "/api/v1/me"] },
  team: { lists: ["/api/v1/teams", "/api/v1/organisation"] },
  business_hours: { lists: ["/api/v1/organisation", "/api/v1/teams"] },
  compliance: { lists: ["/api/v1/compliance", "/api/v1/queue"] },
  dnc: { lists: ["/api/v1/compliance", "/api/v1/queue"] },
  grant: { lists: ["/api/v1/mail/mailboxes", "/api/v1/calendar/connections"] },
  calendar: { lists: ["/api/v1/calendar/connections"] },
  booking_page: { lists: ["/api/v1/calendar/pages"] },
  absence: { lists: ["/api/v1/absences"] },
  token: { lists: ["/api/v1/tokens"] },
  webhook: { lists: ["/api/v1/webhooks"] },
  call: {
    about: ["/api/v1/persons/{person_id}/timeline"],
    lists: ["/api/v1/calls", "/api/v1/telephone"],
  },
  recording: { lists: ["/api/v1/calls"] },
  phone_sound: { lists: ["/api/v1/phone/sounds"] },
  trunk: { lists: ["/api/v1/trunks"] },
  phone_number: { lists: ["/api/v1/phone-numbers", "/api/v1/calling-settings"] },
  extension: { lists: ["/api/v1/extensions"] },
  calling_settings: { lists: ["/api/v1/calling-settings"] },
  mailbox: { lists: ["/api/v1/mail/mailboxes", "/api/v1/mail/messages/draft", "/api/v1/mail/readings"] },
  cadence: { about: ["/api/v1/leads/{lead_id}"], lists: ["/api/v1/cadences", "/api/v1/cadence-runs"] },
  mail: MAIL,
  mail_conversation: { lists: ["/api/v1/mail/conversations"] },
  mail_template: { lists: ["/api/v1/mail/templates"] },
  form: { lists: ["/api/v1/forms"] },
  hook: { lists: ["/api/v1/hooks"] },
  organisation: { lists: ["/api/v1/organisation"] },
};

const GATHER_MS = 150;
const GATHER_LISTS_MS = 400;

/** Which paths to read again, by what they are about. */
let subjects = new Map<string, Set<string>>();
let subjectsTimer: ReturnType<typeof setTimeout> | undefined;
let lists = new Set<string>();
let listsTimer: ReturnType<typeof setTimeout> | undefined;

/** Read again what these events concern. */
export function readWhatChanged(events: readonly LiveEvent[]): void {
  for (const event of events) {
    const rule = BY_KIND[event.kind] ?? BY_FAMILY[event.kind.split(".")[0] ?? ""];
    for (const id of idsOf(event)) for (const path of rule?.about ?? []) awaitSubject(id, path);
    for (const list of rule?.lists ?? []) lists.add(list);
  }
  if (subjects.size > 0) subjectsTimer ??= setTimeout(readSubjects, GATHER_MS);
  if (lists.size > 0) listsTimer ??= setTimeout(readLists, GATHER_LISTS_MS);
}

function awaitSubject(id: string, path: string): void {
  subjects.set(id, (subjects.get(id) ?? new Set()).add(path));
}

function readSubjects(): void {
  const told = subjects;
  subjects = new Map();
  subjectsTimer = undefined;
  for (const [id, paths] of told) void readAgain([...paths], id);
}

function readLists(): void {
  const told = [...lists];
  lists = new Set();
  listsTimer = undefined;
  void readAgain(told);
}

/** The lead and the person that an event is about, by its subject and its data. */
function idsOf(event: LiveEvent): string[] {
  const named = [event.subject.split(":")[1], event.data.lead_id, event.data.person_id];
  return [...new Set(named.filter((one): one is string => typeof one === "string" && one !== ""))];
}
