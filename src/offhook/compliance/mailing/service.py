"""The use cases of mailing: ask, ask for leave, and look after the list of addresses that must not be mailed.

Whoever talks to people may put an address on the list; to take one off is a manager's, with a reason. Every change
is an event.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from offhook import people
from offhook.compliance.checking import check_reason
from offhook.compliance.mailing import store
from offhook.compliance.mailing.model import MailKnown, MailRefused, MailVerdict, Suppressed, SuppressedBecause
from offhook.compliance.mailing.policy import judge_mail
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, subject
from offhook.kernel.paging import Page, page_of, read_cursor
from offhook.people import Rejected


def may_mail(tx: Transaction, person_id: UUID, address: str | None = None) -> MailVerdict:
    """Whether this person may be mailed now: at that address of theirs, at their main one if None is named.

    Raises `NotFound`, and `Invalid` for an address that is not theirs.
    """
    tx.require("compliance:read")
    return judge_mail(_known(tx, person_id, address))


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


def permit_mail(tx: Transaction, person_id: UUID, address: str | None = None) -> str:
    """The address to mail this person at, if they may be mailed now. Raises `MailRefused`, and as `may_mail`."""
    verdict = judge_mail(_known(tx, person_id, address))
    if verdict.address is None or not verdict.is_allowed:
        raise MailRefused(verdict)
    return verdict.address


def _known(tx: Transaction, person_id: UUID, address: str | None) -> MailKnown:
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
    data = {"address": removed.address, "reason": reason.strip(), "added_reason": removed.reason}
    tx.append(Event("mail.unsuppressed", subject("organisation", tx.organisation_id), {**data}))
    return removed
