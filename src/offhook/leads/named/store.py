"""The SQL of named accounts. Tables: named_list, named_account (0006_leads.sql); reads account, person, activity.

What was done at an account is counted by its persons as they are now, absorbed ones included, so that merging
loses no touch: person_of_account leads from the list to the persons, activity_of_person to the period.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.leads.model import Stage
from offhook.leads.named.model import NamedAccount, NamedList, PersonAt, Reach


def insert(tx: Transaction, new: NamedList) -> None:
    """Add a list. Raises `Conflict` when the name is in use."""
    with _taken(new.name):
        tx.execute(
            "INSERT INTO named_list (id, name, team_id, user_id, created_at)"
            " VALUES (%(id)s, %(name)s, %(team)s, %(user)s, %(at)s)",
            id=new.id,
            name=new.name,
            team=new.team_id,
            user=new.user_id,
            at=new.created_at,
        )


def save(tx: Transaction, changed: NamedList) -> bool:
    """Save name and who opens it if it still has this version; False when not. Raises `Conflict` as `insert`."""
    with _taken(changed.name):
        return bool(
            tx.execute(
                "UPDATE named_list SET name = %(name)s, team_id = %(team)s, user_id = %(user)s,"
                " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                id=changed.id,
                name=changed.name,
                team=changed.team_id,
                user=changed.user_id,
                version=changed.version,
            )
        )


class _taken:  # noqa: N801 # reads as a word in `with`
    """Turns a name that is in use into a `Conflict`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Say it in words."""
        if isinstance(error, UniqueViolation):
            raise Conflict(f"There is a list named '{self.name}' already.", code="name-taken") from error


def delete(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a list if it still has this version; its accounts are no longer named."""
    return bool(
        tx.execute(
            "DELETE FROM named_list WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


def by_id(tx: Transaction, identifier: UUID) -> NamedList | None:
    """One list."""
    return tx.first(
        NamedList,
        "SELECT id, name, team_id, user_id, version, created_at FROM named_list WHERE id = %(id)s",
        id=identifier,
    )


def by_name(tx: Transaction, name: str) -> NamedList | None:
    """One list by its name, in any case of letters; served by named_list_name."""
    return tx.first(
        NamedList,
        "SELECT id, name, team_id, user_id, version, created_at FROM named_list"
        " WHERE lower(name) = lower(%(name)s)",
        name=name,
    )


def page(tx: Transaction, after: UUID | None, limit: int, account_id: UUID | None = None) -> list[NamedList]:
    """Lists in the order in which they were made; of one account the one that it is on, if any."""
    return tx.rows(
        NamedList,
        "SELECT id, name, team_id, user_id, version, created_at FROM named_list"
        " WHERE (%(after)s::uuid IS NULL OR id > %(after)s) AND (%(account)s::uuid IS NULL"
        " OR id IN (SELECT list_id FROM named_account WHERE account_id = %(account)s))"
        " ORDER BY id LIMIT %(limit)s",
        after=after,
        account=account_id,
        limit=limit,
    )


def known_accounts(tx: Transaction, account_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The account that stands for each of these now: itself, or whoever absorbed it; unknown ones are absent."""
    return dict(
        tx.rows(
            _pair,
            "SELECT id AS key, coalesce(merged_into, id) AS value FROM account WHERE id = ANY(%(ids)s)",
            ids=list(account_ids),
        )
    )


def accounts_by_domain(tx: Transaction, domains: Sequence[str]) -> dict[str, list[UUID]]:
    """The accounts with these registrable domains (lower case); served by account_domain."""
    return _grouped(
        tx.rows(
            _text_pair,
            "SELECT domain AS key, id AS value FROM account WHERE domain = ANY(%(domains)s)"
            " AND merged_into IS NULL ORDER BY id",
            domains=list(domains),
        )
    )


def accounts_by_name(tx: Transaction, names: Sequence[str]) -> dict[str, list[UUID]]:
    """The accounts with these names, in lower case; served by account_name."""
    return _grouped(
        tx.rows(
            _text_pair,
            "SELECT sort_name AS key, id AS value FROM account WHERE sort_name = ANY(%(names)s)"
            " AND merged_into IS NULL ORDER BY id",
            names=list(names),
        )
    )


def _grouped(pairs: Sequence[tuple[str, UUID]]) -> dict[str, list[UUID]]:
    grouped: dict[str, list[UUID]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped


def _pair(key: UUID, value: UUID) -> tuple[UUID, UUID]:
    return key, value


def _text_pair(key: str, value: UUID) -> tuple[str, UUID]:
    return key, value


def lists_of(tx: Transaction, account_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The list that each of these accounts is on; absent when on none."""
    return dict(
        tx.rows(
            _pair,
            "SELECT account_id AS key, list_id AS value FROM named_account WHERE account_id = ANY(%(ids)s)",
            ids=list(account_ids),
        )
    )


def put_on(tx: Transaction, list_id: UUID, account_ids: Sequence[UUID], at: datetime) -> None:
    """Put accounts on a list, taking them off any other."""
    tx.execute(
        "INSERT INTO named_account (account_id, list_id, added_at) SELECT id, %(list)s, %(at)s"
        " FROM unnest(%(ids)s::uuid[]) AS a (id) ORDER BY id"
        " ON CONFLICT (organisation_id, account_id) DO UPDATE SET list_id = excluded.list_id,"
        " added_at = excluded.added_at, through_id = NULL WHERE named_account.list_id <> excluded.list_id",
        list=list_id,
        ids=list(account_ids),
        at=at,
    )


def take_off(tx: Transaction, list_id: UUID, account_ids: Sequence[UUID]) -> list[UUID]:
    """Take accounts off this list; returns those that were on it."""
    return tx.scalars(
        UUID,
        "DELETE FROM named_account WHERE list_id = %(list)s AND account_id = ANY(%(ids)s) RETURNING account_id",
        list=list_id,
        ids=list(account_ids),
    )


def follow_merge(tx: Transaction, survivor_id: UUID, absorbed_id: UUID) -> None:
    """Let the survivor take the absorbed account's place on its list, unless it is on one itself."""
    tx.execute(
        "INSERT INTO named_account (account_id, list_id, added_at, through_id)"
        " SELECT %(survivor)s, list_id, added_at, account_id FROM named_account WHERE account_id = %(absorbed)s"
        " ON CONFLICT (organisation_id, account_id) DO NOTHING",
        survivor=survivor_id,
        absorbed=absorbed_id,
    )


def follow_unmerge(tx: Transaction, survivor_id: UUID, absorbed_id: UUID) -> None:
    """The absorbed account has its own place again: take the survivor out of it."""
    tx.execute(
        "DELETE FROM named_account WHERE account_id = %(survivor)s AND through_id = %(absorbed)s",
        survivor=survivor_id,
        absorbed=absorbed_id,
    )


def accounts(
    tx: Transaction,
    list_id: UUID,
    since: datetime,
    until: datetime,
    *,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[NamedAccount]:
    """The accounts of a list by name, each with what was done there in [since, until)."""
    after_name, after_id = after or (None, None)
    return tx.rows(
        NamedAccount,
        "WITH listed AS ("
        "  SELECT n.account_id, n.list_id, a.name, a.sort_name, a.domain, n.added_at"
        "  FROM named_account n JOIN account a ON a.id = n.account_id AND a.merged_into IS NULL"
        "  WHERE n.list_id = %(list)s"
        "  AND (%(name)s::text IS NULL OR (a.sort_name, a.id) > (lower(%(name)s), %(id)s))"
        "  ORDER BY a.sort_name, a.id LIMIT %(limit)s)"
        " SELECT l.account_id, l.list_id, l.name, l.domain, l.added_at, done.people, done.engaged,"
        "  done.last_touch_at, (SELECT coalesce(t.engaged_people, 2) FROM named_list n"
        "   LEFT JOIN app_user u ON u.id = n.user_id LEFT JOIN team t ON t.id = coalesce(n.team_id, u.team_id)"
        "   WHERE n.id = l.list_id) AS needed,"
        "  (SELECT count(*) FROM lead WHERE lead.account_id = l.account_id AND lead.is_open) AS open_leads"
        " FROM listed l CROSS JOIN LATERAL ("
        "  SELECT count(DISTINCT who.living) AS people,"
        "   count(DISTINCT who.living) FILTER (WHERE who.is_engaged) AS engaged,"
        "   max(who.last_touch_at) AS last_touch_at"
        "  FROM (SELECT coalesce(p.merged_into, p.id) AS living, did.last_touch_at,"
        "    coalesce(did.is_engaged, false) OR EXISTS (SELECT FROM response r WHERE r.person_id = p.id"
        "     AND r.responded_at >= %(since)s AND r.responded_at < %(until)s) AS is_engaged"
        "   FROM person p CROSS JOIN LATERAL ("
        "    SELECT max(v.at) FILTER (WHERE v.direction = 'outbound' AND v.kind <> 'note') AS last_touch_at,"
        "     bool_or(v.is_conversation OR v.direction = 'inbound' OR v.disposition IN"
        "      ('replied', 'meeting_booked', 'held')) AS is_engaged"
        "    FROM activity v WHERE v.person_id = p.id AND v.at >= %(since)s AND v.at < %(until)s"
        "    AND NOT EXISTS (SELECT FROM activity_key k WHERE k.external_key = 'corrects:' || v.id::text)) did"
        "   WHERE p.account_id = l.account_id) who) done"
        " ORDER BY l.sort_name, l.account_id",
        list=list_id,
        since=since,
        until=until,
        name=after_name,
        id=after_id,
        limit=limit,
    )


def reaches(
    tx: Transaction,
    since: datetime,
    until: datetime,
    *,
    list_id: UUID | None,
    team_id: UUID | None,
    user_id: UUID | None,
) -> dict[UUID | None, Reach]:
    """Coverage and penetration in [since, until) by list; under None those of all together.

    Of one list, or of all that a team (with its reps) or a rep has. What makes a penetrated account is the number
    of engaged people that the list's team says.
    """
    found = tx.rows(
        _reach,
        "WITH named AS ("
        "  SELECT l.id AS list_id, n.account_id, coalesce(t.engaged_people, 2) AS needed FROM named_list l"
        "  LEFT JOIN (named_account n JOIN account a ON a.id = n.account_id AND a.merged_into IS NULL)"
        "   ON n.list_id = l.id LEFT JOIN app_user u ON u.id = l.user_id"
        "  LEFT JOIN team t ON t.id = coalesce(l.team_id, u.team_id)"
        "  WHERE (%(list)s::uuid IS NULL OR l.id = %(list)s)"
        "  AND (%(team)s::uuid IS NULL OR coalesce(l.team_id, u.team_id) = %(team)s)"
        "  AND (%(user)s::uuid IS NULL OR l.user_id = %(user)s)),"
        " done AS ("
        "  SELECT n.list_id, n.account_id, n.needed,"
        "   count(DISTINCT who.living) FILTER (WHERE who.is_engaged) AS engaged,"
        "   coalesce(bool_or(who.is_touched), false) AS is_touched"
        "  FROM named n LEFT JOIN LATERAL (SELECT coalesce(p.merged_into, p.id) AS living, did.is_touched,"
        "    coalesce(did.is_engaged, false) OR EXISTS (SELECT FROM response r WHERE r.person_id = p.id"
        "     AND r.responded_at >= %(since)s AND r.responded_at < %(until)s) AS is_engaged"
        "   FROM person p CROSS JOIN LATERAL ("
        "    SELECT bool_or(v.direction = 'outbound' AND v.kind <> 'note') AS is_touched,"
        "     bool_or(v.is_conversation OR v.direction = 'inbound' OR v.disposition IN"
        "      ('replied', 'meeting_booked', 'held')) AS is_engaged"
        "    FROM activity v WHERE v.person_id = p.id AND v.at >= %(since)s AND v.at < %(until)s"
        "    AND NOT EXISTS (SELECT FROM activity_key k WHERE k.external_key = 'corrects:' || v.id::text)) did"
        "   WHERE p.account_id = n.account_id) who ON true"
        "  GROUP BY n.list_id, n.account_id, n.needed)"
        " SELECT list_id, count(account_id) AS accounts, count(account_id) FILTER (WHERE is_touched) AS touched,"
        "  count(account_id) FILTER (WHERE engaged >= needed) AS penetrated FROM done"
        " GROUP BY GROUPING SETS ((list_id), ())",
        list=list_id,
        team=team_id,
        user=user_id,
        since=since,
        until=until,
    )
    return dict(found)


def _reach(list_id: UUID | None, **counted: int) -> tuple[UUID | None, Reach]:
    return list_id, Reach(**counted)


def people_to_open(
    tx: Transaction, list_id: UUID, account_ids: Sequence[UUID] | None, per_account: int
) -> Sequence[UUID]:
    """Whom to open leads with: per account the first few persons who can be reached, have no open lead, do not
    refuse to be contacted and were not qualified out before. With a title and a phone first.
    """
    return tx.scalars(
        UUID,
        "SELECT chosen.id FROM named_account n CROSS JOIN LATERAL ("
        "  SELECT p.id FROM person p WHERE p.account_id = n.account_id AND p.merged_into IS NULL"
        "  AND NOT (p.do_not_call AND p.do_not_email)"
        "  AND EXISTS (SELECT FROM contact_point c WHERE c.person_id = p.id AND c.kind IN ('email', 'phone'))"
        "  AND NOT EXISTS (SELECT FROM lead l WHERE l.person_id = p.id"
        "   AND (l.is_open OR l.stage IN ('sql', 'disqualified')))"
        "  ORDER BY p.title IS NULL, NOT EXISTS (SELECT FROM contact_point c WHERE c.person_id = p.id"
        "   AND c.kind = 'phone'), p.created_at, p.id LIMIT %(few)s) chosen"
        " WHERE n.list_id = %(list)s AND (%(accounts)s::uuid[] IS NULL OR n.account_id = ANY(%(accounts)s))"
        " ORDER BY n.account_id, chosen.id",
        list=list_id,
        accounts=list(account_ids) if account_ids is not None else None,
        few=per_account,
    )


def accounts_of_people(tx: Transaction, person_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The account of each of these persons; absent when unknown or without one."""
    return dict(
        tx.rows(
            _pair,
            "SELECT id AS key, account_id AS value FROM person WHERE id = ANY(%(ids)s)"
            " AND account_id IS NOT NULL AND merged_into IS NULL",
            ids=list(person_ids),
        )
    )


def people_at(tx: Transaction, account_id: UUID, since: datetime, until: datetime, limit: int) -> list[PersonAt]:
    """The persons of an account, with their newest lead, how to reach them, and what was done with each.

    Those with an open lead come first, then those who had one, then by name. What was done is looked up for these
    alone, absorbed persons' record included. Indexes: person_of_account, lead_of_person, activity_of_person.
    """
    return tx.rows(
        _person_at,
        "WITH known AS MATERIALIZED ("
        "  SELECT p.id, p.full_name, p.title, p.time_zone, p.do_not_call, p.do_not_email, p.sort_name, l.lead_id,"
        "   l.stage, l.is_open, l.score, l.owner_id, l.opened_at"
        "  FROM person p LEFT JOIN LATERAL (SELECT id AS lead_id, stage, is_open, score, owner_id, opened_at"
        "   FROM lead WHERE person_id = p.id ORDER BY opened_at DESC, id DESC LIMIT 1) l ON true"
        "  WHERE p.account_id = %(account)s AND p.merged_into IS NULL"
        "  ORDER BY l.is_open DESC NULLS LAST, l.opened_at DESC NULLS LAST, p.sort_name, p.id LIMIT %(limit)s),"
        " done AS ("
        "  SELECT coalesce(p.merged_into, p.id) AS living, sum(did.touches)::int AS touches,"
        "   max(did.last_touch_at) AS last_touch_at, bool_or(coalesce(did.is_engaged, false)"
        "    OR EXISTS (SELECT FROM response r WHERE r.person_id = p.id"
        "     AND r.responded_at >= %(since)s AND r.responded_at < %(until)s)) AS is_engaged"
        "  FROM person p CROSS JOIN LATERAL ("
        "   SELECT count(*) FILTER (WHERE v.direction = 'outbound' AND v.kind <> 'note') AS touches,"
        "    max(v.at) FILTER (WHERE v.direction = 'outbound' AND v.kind <> 'note') AS last_touch_at,"
        "    bool_or((v.is_conversation OR v.direction = 'inbound' OR v.disposition IN"
        "     ('replied', 'meeting_booked', 'held')) AND v.at >= %(since)s AND v.at < %(until)s) AS is_engaged"
        "   FROM activity v WHERE v.person_id = p.id"
        "   AND NOT EXISTS (SELECT FROM activity_key k WHERE k.external_key = 'corrects:' || v.id::text)) did"
        "  WHERE p.account_id = %(account)s AND coalesce(p.merged_into, p.id) IN (SELECT id FROM known)"
        "  GROUP BY 1)"
        " SELECT k.id AS person_id, k.full_name AS name, k.title, k.time_zone, k.do_not_call, k.do_not_email,"
        "  k.lead_id, k.stage, coalesce(k.is_open, false) AS is_open, k.score, k.owner_id, o.name AS owner_name,"
        "  d.touches, d.last_touch_at, d.is_engaged, c.phones, c.emails"
        " FROM known k JOIN done d ON d.living = k.id LEFT JOIN app_user o ON o.id = k.owner_id"
        " CROSS JOIN LATERAL ("
        "  SELECT array_agg(c.value || CASE WHEN c.extension <> '' THEN ';ext=' || c.extension ELSE '' END"
        "    ORDER BY c.is_primary DESC, c.created_at, c.value) FILTER (WHERE c.kind = 'phone') AS phones,"
        "   array_agg(c.value ORDER BY c.is_primary DESC, c.created_at, c.value)"
        "    FILTER (WHERE c.kind = 'email') AS emails"
        "  FROM contact_point c WHERE c.person_id = k.id) c"
        " ORDER BY k.is_open DESC NULLS LAST, k.opened_at DESC NULLS LAST, k.sort_name, k.id",
        account=account_id,
        since=since,
        until=until,
        limit=limit,
    )


def _person_at(
    stage: str | None, phones: list[str] | None, emails: list[str] | None, title: str | None, **columns: object
) -> PersonAt:
    return PersonAt(
        stage=Stage(stage) if stage else None,
        phones=tuple(phones or ()),
        emails=tuple(emails or ()),
        title=title,
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def count_people_at(tx: Transaction, account_id: UUID) -> int:
    """How many persons are known at an account. Index: person_of_account."""
    return (
        tx.scalar(
            int,
            "SELECT count(*) FROM person WHERE account_id = %(account)s AND merged_into IS NULL",
            account=account_id,
        )
        or 0
    )
