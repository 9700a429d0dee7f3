"""The SQL of the suppression list (0019_mail.sql) and of answers to mails (0022_deliverability.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic_core import to_jsonable_python

from offhook.compliance.mailing.model import (
    MailAsked,
    MailVerdict,
    NewAddress,
    RecordedMail,
    Suppressed,
    SuppressedBecause,
)
from offhook.kernel.database import Transaction


def _suppressed(because: str, **columns: object) -> Suppressed:
    return Suppressed(because=SuppressedBecause(because), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def suppressed(tx: Transaction, address: str) -> Suppressed | None:
    """One address of the list. Index: the primary key."""
    return tx.first(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE address = %(address)s",
        address=address,
    )


def suppressed_among(tx: Transaction, addresses: Sequence[str]) -> dict[str, Suppressed]:
    """Which of these addresses are on the list. Index: the primary key."""
    found = tx.rows(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE address = ANY(%(addresses)s)",
        addresses=list(addresses),
    )
    return {one.address: one for one in found}


def suppressed_page(tx: Transaction, before: tuple[datetime, str] | None, limit: int) -> list[Suppressed]:
    """The list, the newest first. Index: mail_suppression_newest, backwards."""
    at, address = before or (None, None)
    return tx.rows(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE %(at)s::timestamptz IS NULL OR (added_at, address) < (%(at)s, %(address)s)"
        " ORDER BY added_at DESC, address DESC LIMIT %(limit)s",
        at=at,
        address=address,
        limit=limit,
    )


def add(tx: Transaction, address: str, because: SuppressedBecause, reason: str) -> bool:
    """Put an address on the list; False when it is there."""
    return bool(
        tx.execute(
            "INSERT INTO mail_suppression (address, because, reason, added_at, added_by)"
            " VALUES (%(address)s, %(because)s, %(reason)s, %(now)s, %(by)s) ON CONFLICT DO NOTHING",
            address=address,
            because=because.value,
            reason=reason,
            now=tx.now,
            by=str(tx.actor),
        )
    )


def remove(tx: Transaction, address: str, version: int) -> bool:
    """Take an address off the list if it still has `version`."""
    return bool(
        tx.execute(
            "DELETE FROM mail_suppression WHERE address = %(address)s AND version = %(version)s",
            address=address,
            version=version,
        )
    )


def suppressed_beginning(tx: Transaction, beginning: str, limit: int) -> list[Suppressed]:
    """Addresses that begin so, in their order. Index: the primary key, as a range (COLLATE "C" in 0022)."""
    return tx.rows(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        ' WHERE address COLLATE "C" >= %(from)s AND address COLLATE "C" < %(to)s'
        ' ORDER BY address COLLATE "C" LIMIT %(limit)s',
        **{"from": beginning, "to": beginning + "\U0010ffff"},
        limit=limit,
    )


def add_many(tx: Transaction, rows: Sequence[NewAddress]) -> list[NewAddress]:
    """Put addresses on the list; those that were not there."""
    added = set(
        tx.scalars(
            str,
            "INSERT INTO mail_suppression (address, because, reason, added_at, added_by)"
            " SELECT address, because, reason, %(now)s, %(by)s"
            " FROM unnest(%(addresses)s::text[], %(becauses)s::text[], %(reasons)s::text[])"
            " AS told (address, because, reason) ON CONFLICT DO NOTHING RETURNING address",
            addresses=[row.address for row in rows],
            becauses=[row.because.value for row in rows],
            reasons=[row.reason for row in rows],
            now=tx.now,
            by=str(tx.actor),
        )
    )
    return [row for row in rows if row.address in added]


def insert_verdict(tx: Transaction, asked: MailAsked, verdict: MailVerdict, identifier: UUID) -> None:
    """Keep an answer."""
    tx.execute(
        "INSERT INTO mail_verdict (id, at, mail_id, mailbox_id, user_id, person_id, lead_id, address, domain,"
        " is_automatic, is_transactional, is_allowed, refusals, until) VALUES (%(id)s, %(at)s, %(mail)s,"
        " %(mailbox)s, %(user)s, %(person)s, %(lead)s, %(address)s, %(domain)s, %(automatic)s, %(transactional)s,"
        " %(allowed)s, %(refusals)s, %(until)s)",
        id=identifier,
        at=tx.now,
        mail=asked.mail_id,
        mailbox=asked.mailbox_id,
        user=asked.user_id,
        person=asked.person_id,
        lead=asked.lead_id,
        address=asked.address,
        domain=asked.address.rpartition("@")[2],
        automatic=asked.is_automatic,
        transactional=asked.is_transactional,
        allowed=verdict.is_allowed,
        refusals=Jsonb(to_jsonable_python((*verdict.refusals, *verdict.waits))),
        until=verdict.not_before,
    )


@dataclass(frozen=True, slots=True)
class Permitted:
    """A mail that was given leave, and when last."""

    mail_id: UUID
    at: datetime


def permitted_of_mailbox(
    tx: Transaction, mailbox_id: UUID, except_mail: UUID, since: datetime, most: int
) -> list[Permitted]:
    """Other mails of a mailbox that were given leave, the newest first. Index: mail_verdict_mailbox, alone."""
    return tx.rows(
        Permitted,
        "SELECT mail_id, max(at) AS at FROM mail_verdict WHERE mailbox_id = %(mailbox)s AND at > %(since)s"
        " AND is_allowed AND mail_id <> %(mail)s GROUP BY mail_id ORDER BY max(at) DESC LIMIT %(most)s",
        mailbox=mailbox_id,
        mail=except_mail,
        since=since,
        most=most,
    )


def permitted_to_domain(
    tx: Transaction, domain: str, except_mail: UUID, since: datetime, most: int
) -> tuple[datetime, ...]:
    """When other mails to a domain were given leave, the newest first. Index: mail_verdict_domain, alone."""
    return tuple(
        tx.scalars(
            datetime,
            "SELECT max(at) FROM mail_verdict WHERE domain = %(domain)s AND at > %(since)s AND is_allowed"
            " AND mail_id <> %(mail)s GROUP BY mail_id ORDER BY 1 DESC LIMIT %(most)s",
            domain=domain,
            mail=except_mail,
            since=since,
            most=most,
        )
    )


def first_permitted(tx: Transaction, mailbox_id: UUID) -> datetime | None:
    """When a mailbox was first given leave. Index: mail_verdict_mailbox, its first entry."""
    return tx.scalar(
        datetime,
        "SELECT at FROM mail_verdict WHERE mailbox_id = %(mailbox)s AND is_allowed ORDER BY at LIMIT 1",
        mailbox=mailbox_id,
    )


def verdicts_page(
    tx: Transaction, person_id: UUID | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[RecordedMail]:
    """Answers, the newest first, of a person or of all. Indexes: mail_verdict_person, mail_verdict_newest."""
    at, identifier = before or (None, None)
    return tx.rows(
        RecordedMail,
        "SELECT id, at, mail_id, mailbox_id, user_id, person_id, lead_id, address, is_automatic,"
        " is_transactional, is_allowed, refusals, until FROM mail_verdict"
        " WHERE (%(person)s::uuid IS NULL OR person_id = %(person)s)"
        " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))"
        " ORDER BY at DESC, id DESC LIMIT %(limit)s",
        person=person_id,
        at=at,
        id=identifier,
        limit=limit,
    )
