"""Who may do what: roles to permissions as a table. Pure; the kernel compares, this says what the words are.

Every role reads everything: the work of a sales floor is open to those on it. What a role may change follows
the field: reps work leads, AEs decide hand-offs, demand generation feeds and assigns, managers also agree
criteria and set goals, admins keep people and settings. A token carries the part of its user's permissions
that its scopes name.
"""

from collections.abc import Collection, Mapping

from offhook.identity.model import Role
from offhook.kernel.database import EVERYTHING

PERMISSIONS: Mapping[str, str] = {
    "people:read": "see persons and accounts",
    "people:write": "add, change and merge persons",
    "accounts:write": "add, change and merge accounts",
    "campaigns:read": "see campaigns",
    "campaigns:write": "add and change campaigns, scoring, routing rules and promises (SLA)",
    "intake:write": "import files and set up forms and inbound hooks",
    "leads:read": "see leads, queues and activities",
    "calls:place": "call persons, be called, and take part in calls",
    "recordings:listen": "listen to the recordings of others' calls",
    "mail:send": "connect one's own mailbox, send mail from it and answer what comes in",
    "leads:work": "work leads: log activities, answer criteria, hand off",
    "templates:read": "see the organisation's mail templates and one's own",
    "templates:write": "write mail templates of one's own",
    "templates:share": "write mail templates of the organisation, and share one's own",
    "cadences:read": "see cadences and who is in them",
    "cadences:write": "plan cadences, publish them, and say whose responders they enrol",
    "leads:assign": "assign leads and look after other people's leads and absences",
    "criteria:write": "write and publish qualification criteria",
    "handoffs:decide": "accept, reject and confirm hand-offs",
    "compliance:read": "see calling rules, do-not-call lists and what was answered to who wanted to call",
    "dnc:write": "put numbers on the do-not-call list, and addresses on the suppression list",
    "dnc:remove": "take numbers and addresses off these lists; import and remove lists",
    "calls:override": "call outside hours and caps whoever asked to be called then",
    "goals:read": "see goals and KPIs",
    "goals:write": "set goals",
    "events:read": "read the event log (the audit trail)",
    "webhooks:write": "say who is told of which events",
    "users:read": "see users, teams, absences and business hours",
    "users:write": "add and change users and teams; issue tokens for others",
    "settings:write": "change the organisation, its business hours, trunks and phone numbers",
    "tokens:write": "issue and revoke one's own API tokens",
    "sign-in:write": "look after one's own password, second factor and sessions",
    "absences:write": "note one's own absences; those of others with leads:assign",
    "views:write": "save one's own views, preferences and calling settings; change shared views with leads:assign",
}
"""Every permission and what it lets one do."""

_READS = frozenset(name for name in PERMISSIONS if name.endswith(":read"))
_OWN = frozenset({"tokens:write", "sign-in:write", "absences:write", "views:write", "templates:write"})
_EVERY = frozenset(PERMISSIONS)

_BY_ROLE: Mapping[Role, frozenset[str]] = {
    Role.REP: _READS | _OWN | {"calls:place", "mail:send", "leads:work", "people:write", "dnc:write"},
    Role.AE: _READS | _OWN | {"calls:place", "mail:send", "handoffs:decide", "dnc:write"},
    Role.DEMAND_GENERATION: _READS
    | _OWN
    | {
        "campaigns:write",
        "cadences:write",
        "intake:write",
        "people:write",
        "accounts:write",
        "leads:assign",
        "dnc:write",
    },
    Role.MANAGER: _EVERY - {"users:write", "settings:write"},
    Role.ADMIN: _EVERY,
}


def permissions_of(role: Role) -> frozenset[str]:
    """All that somebody in this role may do."""
    return _BY_ROLE[role]


def unknown_scopes(scopes: Collection[str]) -> list[str]:
    """The scopes that name no permission, in order."""
    return sorted(set(scopes) - _EVERY - {EVERYTHING})


def narrowed(permissions: frozenset[str], scopes: Collection[str]) -> frozenset[str]:
    """What of `permissions` a token with these scopes carries; the scope '*' keeps them all."""
    return permissions if EVERYTHING in scopes else permissions & frozenset(scopes)
