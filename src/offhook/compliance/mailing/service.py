"""The use cases of mailing: ask, ask for leave, and look after the list of addresses that must not be mailed.

Whoever talks to people may put an address on the list; to take one off is a manager's, with a reason. Every change
is an event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import people
from offhook.compliance.checking import check_reason
from offhook.compliance.mailing import store
from offhook.compliance.mailing.model import (
    ImportedAddresses,
    MailKnown,
    MailRefused,
    MailVerdict,
    Suppressed,
    SuppressedBecause,
)
from offhook.compliance.mailing.policy import judge_mail
from offhook.compliance.mailing.reading import read_addresses
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, subject
from offhook.kernel.export import Rows
from offhook.kernel.paging import Page, page_of, read_cursor
from offhook.people import Rejected


def may_mail(tx: Transaction, person_id: UUID, address: str | None = None) -> MailVerdict:
    """Whether this person may be mailed now: at that address of theirs, at their main one if None is named.

    Raises `NotFound`, and `Invalid` for an address that is not theirs.
    """
    tx.require("compliance:read")
    return judge_mail(known_of(tx, person_id, address))


def may_mail_persons(tx: Transaction, person_ids: Sequence[UUID]) -> dict[UUID, MailVerdict]:
    """What may be said to each of these persons at their main address; unknown ones are left out."""
    tx.require("compliance:read")
    persons = people.persons_by_id(tx, person_ids)
    main = {one.id: next(iter(one.emails), None) for one in persons.values()}
    listed = store.suppressed_among(tx, [address for address in main.values() if address])
    return {
        one.id: judge_mail(MailKnown(main[one.id], one.do_not_email, listed.get(main[one.id] or "")))
        for one in persons.values()
    }


def permit_mail(
    tx: Transaction, person_id: UUID, address: str | None = None, *, is_transactional: bool = False
) -> str:
    """The address to write to this person at, if they may be mailed. Raises `MailRefused`, and as `may_mail`.

    Leave to write, not to send: that is `permit_sending`'s, at the moment of sending. `is_transactional`: as
    `MailAsked` tells.
    """
    verdict = judge_mail(known_of(tx, person_id, address), is_transactional=is_transactional)
    if verdict.address is None or not verdict.is_allowed:
        raise MailRefused(verdict)
    return verdict.address


def known_of(tx: Transaction, person_id: UUID, address: str | None) -> MailKnown:
    """What speaks for and against mailing this person. Raises `NotFound`, and `Invalid` as `may_mail`."""
    person = people.person(tx, person_id)
    meant = read_address(address) if address else next(iter(person.emails), None)
    if meant is not None and meant not in person.emails:
        raise _not_theirs(meant)
    listed = store.suppressed(tx, meant) if meant else None
    return MailKnown(meant, person.do_not_email, listed)


def _not_theirs(address: str) -> Invalid:
    told = "is not this person's: add it to them first"
    return Invalid(f"The address {address} {told}.", fields=[FieldError("address", told, address)])


def read_address(text: str) -> str:
    """An address in the form in which it is kept and compared. Raises `Invalid`."""
    read = people.read_email(text.strip())
    if isinstance(read, Rejected):
        raise Invalid(
            f"'{text[:80]}' is no e-mail address.", fields=[FieldError("address", read.reason, text[:80])]
        )
    return read.address


def suppressed_page(tx: Transaction, *, cursor: str | None, limit: int) -> Page[Suppressed]:
    """The suppression list, the newest first."""
    tx.require("compliance:read")
    key = read_cursor(cursor, 2)
    rows = store.suppressed_page(tx, _place(key[0], key[1]) if key else None, limit + 1)
    return page_of(rows, limit, lambda row: (row.added_at.isoformat(), row.address))


def _place(at: object, address: object) -> tuple[datetime, str]:
    try:
        return datetime.fromisoformat(str(at)), str(address)
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list")
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


def find_suppressed(tx: Transaction, text: str, limit: int) -> list[Suppressed]:
    """Addresses of the list that begin so, by address. Raises `Invalid` for too few letters."""
    tx.require("compliance:read")
    wanted = text.strip().lower()
    if len(wanted) < LEAST_SEARCHED:
        told = f"Search for {LEAST_SEARCHED} letters or more."
        raise Invalid(told, fields=[FieldError("search", "too few letters", text[:80])])
    return store.suppressed_beginning(tx, wanted, limit)


LEAST_SEARCHED = 2


def suppressed_rows(tx: Transaction) -> Rows:
    """The list as rows of a file, with `HEADINGS`."""
    tx.require("compliance:read")
    before: tuple[datetime, str] | None = None
    while block := store.suppressed_page(tx, before, BLOCK):
        for one in block:
            yield one.address, one.because.value, one.reason, one.added_at.isoformat(), one.added_by
        before = (block[-1].added_at, block[-1].address)


HEADINGS = ("address", "because", "reason", "added at", "added by")
BLOCK = 5_000


def import_suppressed(tx: Transaction, lines: Iterable[str], reason: str) -> ImportedAddresses:
    """Put all addresses of a file on the list, for one reason unless a line tells its own.

    Those that are there stay as they are. Appends `mail.suppressed` for each that was added. Raises `Invalid` for
    a file in which there is no address.
    """
    tx.require("dnc:remove")
    check_reason(reason)
    read = read_addresses(lines)
    if not read.rows:
        first = read.wrong[0] if read.wrong else None
        told = f"Line {first.line}, {first.text!r}: {first.reason}" if first else "It has no lines"
        wrong = FieldError("file", "holds no address")
        raise Invalid(f"There is no e-mail address in this file. {told}.", fields=[wrong])
    added = store.add_many(tx, [replace(row, reason=row.reason or reason.strip()) for row in read.rows])
    for row in added:
        data = {"address": row.address, "because": row.because.value, "reason": row.reason}
        tx.append(Event("mail.suppressed", subject("organisation", tx.organisation_id), {**data}))
    return ImportedAddresses(len(read.rows), len(added), read.wrong_lines, read.wrong)


def is_suppressed(tx: Transaction, address: str) -> bool:
    """Whether an address is on the list: asks for no permission."""
    return store.suppressed(tx, address) is not None


def keep_unsubscribed(tx: Transaction, address: str, reason: str) -> bool:
    """Suppress an address at its owner's wish, who signs in nowhere; False when it was on the list.

    Appends `mail.suppressed`. Asks for no permission: whoever calls has made sure that it is their wish.
    """
    if not store.add(tx, address, SuppressedBecause.UNSUBSCRIBED, reason):
        return False
    data = {"address": address, "because": SuppressedBecause.UNSUBSCRIBED.value, "reason": reason}
    tx.append(Event("mail.suppressed", subject("organisation", tx.organisation_id), {**data}))
    return True


def suppress(
    tx: Transaction, address: str, reason: str, because: SuppressedBecause = SuppressedBecause.BY_HAND
) -> Suppressed:
    """Let an address be mailed no more; one that is listed stays as it is.

    Appends `mail.suppressed`. Raises `Invalid`.
    """
    tx.require("dnc:write")
    check_reason(reason)
    meant = read_address(address)
    if store.add(tx, meant, because, reason.strip()):
        data = {"address": meant, "because": because.value, "reason": reason.strip()}
        tx.append(Event("mail.suppressed", subject("organisation", tx.organisation_id), {**data}))
    return suppression(tx, meant)


def suppression(tx: Transaction, address: str) -> Suppressed:
    """One address of the list. Raises `NotFound`, `Invalid`."""
    tx.require("compliance:read")
    meant = read_address(address)
    found = store.suppressed(tx, meant)
    if found is None:
        raise NotFound(f"The address {meant} is not on the suppression list.")
    return found


def unsuppress(tx: Transaction, address: str, version: int, reason: str) -> Suppressed:
    """Take an address off the list, and return it as it was; the reason is kept in `mail.unsuppressed`.

    Raises `NotFound`, `StaleVersion`, `Invalid`.
    """
    tx.require("dnc:remove")
    check_reason(reason)
    removed = suppression(tx, address)
    if not store.remove(tx, removed.address, version):
        raise StaleVersion("The address was changed since you read it. Read it again.")
    people.note_arriving(tx, removed.address)
    data = {"address": removed.address, "reason": reason.strip(), "added_reason": removed.reason}
    tx.append(Event("mail.unsuppressed", subject("organisation", tx.organisation_id), {**data}))
    return removed
