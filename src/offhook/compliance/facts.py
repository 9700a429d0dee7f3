"""What the policy must know, read from the database: of one number that is about to be dialled, of many persons.

Two ways to ask, one shape of what is known (`Known`): the dial reads a few rows by index under a lock, so that the
counts hold; a screen or the work queue reads all its persons in one statement, without a lock.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter

from offhook import people
from offhook.compliance.model import (
    Called,
    CallingSettings,
    Destination,
    Known,
    Listed,
    NumberKind,
)
from offhook.compliance.numbers import read_destination
from offhook.compliance.policy import DAY, MINUTE, WEEK
from offhook.compliance.rulebook import rulebook
from offhook.kernel.database import Transaction

MOST_MOMENTS = 500
"""Attempts that are read at most: more than any cap."""

OWN_LIST = "Your own list"

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
"""ITU-T E.164: a country code and at most 15 digits in all."""


@dataclass(frozen=True, slots=True)
class Home:
    """Whose calls these are: the organisation's country, zone and settings."""

    country: str
    time_zone: str
    settings: CallingSettings


def farthest() -> timedelta:
    """How far back attempts matter: the longest cap."""
    return max(WEEK, *(rule.within for rule in rulebook().caps))


def home(tx: Transaction) -> Home:
    """The organisation as the policy knows it. Index: primary keys."""
    found = tx.first(
        _home,
        "SELECT o.region, o.time_zone, (SELECT to_jsonb(s) FROM calling_settings s) AS settings"
        " FROM organisation o",
    )
    return found or Home("US", "UTC", CallingSettings())


def _home(region: str, time_zone: str, settings: Mapping[str, object] | None) -> Home:
    return Home(region, time_zone, settings_of(settings))


def settings_of(row: Mapping[str, object] | None) -> CallingSettings:
    """Settings as their row tells them in JSON; without one the defaults."""
    if row is None:
        return CallingSettings()
    return _SETTINGS.validate_python({name: row[name] for name in CallingSettings.__slots__})


_SETTINGS = TypeAdapter(CallingSettings)


def lock(tx: Transaction) -> None:
    """Let no other dial of this organisation be decided until this transaction ends, so that no cap is exceeded.

    One lock for all, as the limits count all calls of the organisation. It is held for a few milliseconds: whoever
    asks for a permit does so in a short transaction, and before anything else in it.
    """
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('compliance:' || %(id)s, 0))", id=str(tx.organisation_id)
    )


def known_of(tx: Transaction, number: str, person_id: UUID | None, user_id: UUID | None) -> Known:
    """All about one dial. Each count is one range of an index of `contact_verdict` or `activity`."""
    at_home = home(tx)
    destination = read_destination(number, at_home.country)
    members = people.members(tx, person_id) if person_id else []
    abroad = destination.country != at_home.country
    return Known(
        home=at_home.country,
        home_zone=at_home.time_zone,
        settings=at_home.settings,
        destination=destination,
        person=called(tx, person_id) if person_id else None,
        listed=listed(tx, destination.number),
        attempts=_attempts(tx, destination.number, members),
        by_user=_recent(tx, user_id) if user_id else (),
        by_all=_recent(tx, None),
        abroad=_abroad(tx) if abroad else (),
        abroad_seconds=_abroad_seconds(tx) if abroad else 0,
    )


def called(tx: Transaction, person_id: UUID) -> Called | None:
    """One person as the policy knows them; the survivor of one who was merged."""
    return tx.first(
        Called,
        "SELECT p.country, p.region, p.time_zone, p.do_not_call AS does_not_call,"
        " p.account_id IS NOT NULL OR p.company_name IS NOT NULL AS is_business,"
        " EXISTS (SELECT FROM consent_record c WHERE c.person_id = p.id) AS has_consented"
        " FROM person asked JOIN person p ON p.id = coalesce(asked.merged_into, asked.id) WHERE asked.id = %(id)s",
        id=person_id,
    )


def listed(tx: Transaction, number: str) -> tuple[Listed, ...]:
    """On which do-not-call lists a number stands: on none, where it is no E.164 number, as listed ones are.

    Indexes: primary keys of dnc_number and dnc_list_number.
    """
    if not _E164.fullmatch(number):
        return ()
    return tuple(
        tx.rows(
            Listed,
            "SELECT %(own)s AS list_name, added_at AS since, reason AS because FROM dnc_number"
            " WHERE number = %(number)s UNION ALL"
            " SELECT l.name, l.imported_at, '' FROM dnc_list_number n JOIN dnc_list l ON l.id = n.list_id"
            " WHERE n.number = %(number)s AND (l.expires_at IS NULL OR l.expires_at > %(now)s)",
            own=OWN_LIST,
            number=int(number[1:]),
            now=tx.now,
        )
    )


def _attempts(tx: Transaction, number: str, members: Sequence[UUID]) -> tuple[datetime, ...]:
    """When this number or person was called: permits given, and calls logged that had none (a desk phone).

    A correction stands for the entry it replaces, which is counted. Indexes: contact_verdict_number,
    contact_verdict_person, activity_of_person.
    """
    return tuple(
        tx.scalars(
            datetime,
            "SELECT at FROM ("
            " SELECT id, at FROM contact_verdict WHERE number = %(number)s AND at > %(since)s AND is_allowed"
            " UNION SELECT id, at FROM contact_verdict WHERE person_id = ANY(%(members)s) AND at > %(since)s"
            "  AND is_allowed"
            " UNION SELECT id, at FROM activity WHERE person_id = ANY(%(members)s) AND at > %(since)s"
            "  AND kind = 'call' AND direction = 'outbound' AND corrects IS NULL"
            "  AND data -> 'permit_id' IS NULL) attempt ORDER BY at DESC LIMIT %(most)s",
            number=number,
            members=list(members),
            since=tx.now - farthest(),
            most=MOST_MOMENTS,
        )
    )


def _recent(tx: Transaction, user_id: UUID | None) -> tuple[datetime, ...]:
    """Calls of the last minute, of one user or of all. Index: contact_verdict_at, read alone."""
    return tuple(
        tx.scalars(
            datetime,
            "SELECT at FROM contact_verdict WHERE is_allowed AND at > %(since)s"
            " AND (%(user)s::uuid IS NULL OR user_id = %(user)s) ORDER BY at DESC",
            user=user_id,
            since=tx.now - MINUTE,
        )
    )


def _abroad(tx: Transaction) -> tuple[datetime, ...]:
    """Calls abroad of the last day. Index: contact_verdict_at, read alone."""
    return tuple(
        tx.scalars(
            datetime,
            "SELECT at FROM contact_verdict WHERE is_allowed AND is_abroad AND at > %(since)s ORDER BY at DESC",
            since=tx.now - DAY,
        )
    )


def _abroad_seconds(tx: Transaction) -> int:
    """What the calls abroad of the last day lasted, as far as they are logged with their permit."""
    return (
        tx.scalar(
            int,
            "SELECT coalesce(sum(a.seconds), 0)::int FROM contact_verdict v JOIN activity a"
            " ON a.person_id = v.person_id AND a.at > %(since)s AND a.data ->> 'permit_id' = v.id::text"
            " WHERE v.is_allowed AND v.is_abroad AND v.at > %(since)s",
            since=tx.now - DAY,
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with what the policy knows of them and of their main number."""

    person_id: UUID
    known: Known


def known_of_many(tx: Transaction, zones: Mapping[UUID, str]) -> list[Somebody]:
    """All about calling these persons at their main number, in one statement; `zones` holds for who has none.

    What no screen can tell ahead is left out: how many calls are being placed this minute.
    """
    found = tx.rows(
        _Row,
        """
        WITH RECURSIVE asked AS (SELECT unnest(%(ids)s::uuid[]) AS id),
        member AS (
            SELECT id AS person_id, id FROM asked
            UNION SELECT o.person_id, m.absorbed_id FROM member o JOIN merge m ON m.survivor_id = o.id
            WHERE m.undone_at IS NULL
        ), phone AS (
            SELECT DISTINCT ON (c.person_id) c.person_id, c.value FROM contact_point c
            WHERE c.person_id = ANY(%(ids)s) AND c.kind = 'phone'
            ORDER BY c.person_id, c.is_primary DESC, c.created_at, c.value
        ), reach AS (
            SELECT a.id AS person_id, c.value AS number FROM asked a LEFT JOIN phone c ON c.person_id = a.id
        ), attempt AS (
            SELECT r.person_id, v.id, v.at FROM reach r JOIN contact_verdict v
                ON v.number = r.number AND v.at > %(since)s AND v.is_allowed
            UNION SELECT o.person_id, v.id, v.at FROM member o JOIN contact_verdict v
                ON v.person_id = o.id AND v.at > %(since)s AND v.is_allowed
            UNION SELECT o.person_id, a.id, a.at FROM member o JOIN activity a
                ON a.person_id = o.id AND a.at > %(since)s AND a.kind = 'call' AND a.direction = 'outbound'
                AND a.corrects IS NULL AND a.data -> 'permit_id' IS NULL
        ), counted AS (SELECT person_id, array_agg(at ORDER BY at DESC) AS attempts FROM attempt GROUP BY 1)
        SELECT r.person_id, p.country, p.region, p.time_zone, coalesce(p.do_not_call, false) AS does_not_call,
            p.account_id IS NOT NULL OR p.company_name IS NOT NULL AS is_business,
            EXISTS (SELECT FROM consent_record c WHERE c.person_id = r.person_id) AS has_consented,
            r.number, k.attempts,
            EXISTS (SELECT FROM dnc_number n WHERE n.number = substr(r.number, 2)::bigint) AS is_on_own_list,
            ARRAY(SELECT l.name FROM dnc_list_number n JOIN dnc_list l ON l.id = n.list_id
                WHERE n.number = substr(r.number, 2)::bigint
                AND (l.expires_at IS NULL OR l.expires_at > %(now)s)) AS lists,
            (SELECT region FROM organisation) AS home, (SELECT time_zone FROM organisation) AS home_zone,
            (SELECT to_jsonb(s) FROM calling_settings s) AS settings
        FROM reach r LEFT JOIN person p ON p.id = r.person_id LEFT JOIN counted k ON k.person_id = r.person_id
        """,
        ids=list(zones),
        since=tx.now - farthest(),
        now=tx.now,
    )
    if not found:
        return []
    at_home = Home(found[0].home, found[0].home_zone, settings_of(found[0].settings))
    return [Somebody(row.person_id, row.known(at_home, zones[row.person_id])) for row in found]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it comes; home and settings are the same in all of them."""

    person_id: UUID
    country: str | None
    region: str | None
    time_zone: str | None
    does_not_call: bool
    is_business: bool
    has_consented: bool
    number: str | None
    attempts: list[datetime] | None
    is_on_own_list: bool
    lists: list[str]
    home: str
    home_zone: str
    settings: Mapping[str, object] | None

    def known(self, at_home: Home, zone: str) -> Known:
        """What the policy gets."""
        names = [OWN_LIST, *self.lists] if self.is_on_own_list else self.lists
        return Known(
            home=at_home.country,
            home_zone=zone,
            settings=at_home.settings,
            destination=read_destination(self.number, at_home.country) if self.number else NO_NUMBER,
            person=Called(
                self.country,
                self.region,
                self.time_zone,
                self.does_not_call,
                self.is_business,
                self.has_consented,
            ),
            listed=tuple(Listed(name, None, "") for name in names),
            attempts=tuple(self.attempts or ()),
        )


NO_NUMBER = Destination("", NumberKind.ORDINARY, None, None, ())
"""Of somebody whose number we do not know: their place and wishes count all the same."""
