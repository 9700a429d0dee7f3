"""The use cases of do-not-call lists: ask, add, remove with a reason, import, let expire.

Whoever talks to people may add a number; to remove one, and to look after imported lists, is a manager's. Every
change is an event: who, when and why can be shown for as long as events are kept.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from offhook import identity, people
from offhook.compliance import facts
from offhook.compliance.checking import check_reason
from offhook.compliance.do_not_call import store
from offhook.compliance.do_not_call.model import DncSource, Imported, ImportMode, NumberList, OwnNumber
from offhook.compliance.do_not_call.reading import LONGEST, NumberLines, read_one
from offhook.compliance.model import Listed
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, StoredEvent, subject
from offhook.kernel.export import Rows
from offhook.kernel.ids import new_id

LONGEST_NAME = 100
MOST_DAYS = 3_660
LEAST_SEARCHED = 3
"""Digits: a search for fewer would name half the world."""


def is_listed(tx: Transaction, number: str) -> tuple[Listed, ...]:
    """On which lists a number (E.164) stands, none if on none."""
    tx.require("compliance:read")
    return facts.listed(tx, number)


def own_page(tx: Transaction, before: tuple[datetime, int] | None, limit: int) -> list[OwnNumber]:
    """The own list, the newest first."""
    tx.require("compliance:read")
    return store.own_page(tx, before, limit)


def search(tx: Transaction, text: str, limit: int) -> list[OwnNumber]:
    """Numbers of the own list that begin so: E.164 with +, or national."""
    tx.require("compliance:read")
    digits = "".join(filter(str.isdigit, text))
    if len(digits) < LEAST_SEARCHED:
        raise Invalid(
            f"Search for {LEAST_SEARCHED} digits or more.", fields=[FieldError("search", "too few digits", text)]
        )
    beginnings = {digits}
    if not text.strip().startswith("+"):
        whole = read_one(text, _home(tx))
        beginnings |= {str(whole)} if whole else set()
    return store.own_beginning(tx, [span for one in sorted(beginnings) for span in _ranges(one)], limit)


def _ranges(digits: str) -> list[tuple[int, int]]:
    """All numbers up to the longest that begin with these digits."""
    first = int(digits)
    return [(first * 10**more, (first + 1) * 10**more - 1) for more in range(max(LONGEST - len(digits), 0) + 1)]


def own_number(tx: Transaction, number: str) -> OwnNumber:
    """One number of the own list. Raises `NotFound`, `Invalid`."""
    tx.require("compliance:read")
    return _own(tx, _number(tx, number))


def add_number(
    tx: Transaction,
    number: str,
    reason: str,
    *,
    person_id: UUID | None = None,
    source: DncSource = DncSource.BY_HAND,
) -> OwnNumber:
    """Put a number on the own list; one that is there stays as it is. Appends `dnc.added`. Raises `Invalid`."""
    tx.require("dnc:write")
    check_reason(reason)
    meant = _number(tx, number)
    if store.add_own(tx, meant, reason.strip(), source, person_id):
        tx.append(_event(tx, "dnc.added", number=f"+{meant}", reason=reason.strip(), source=source.value))
    return _own(tx, meant)


def remove_number(tx: Transaction, number: str, version: int, reason: str) -> OwnNumber:
    """Take a number off the own list, and return it as it was; the reason is kept in the event `dnc.removed`.

    Raises `NotFound`, `StaleVersion`, `Invalid`.
    """
    tx.require("dnc:remove")
    check_reason(reason)
    meant = _number(tx, number)
    removed = _own(tx, meant)
    if not store.remove_own(tx, meant, version):
        raise StaleVersion("The number was changed since you read it. Read it again.")
    tx.append(_event(tx, "dnc.removed", number=f"+{meant}", reason=reason.strip(), added_reason=removed.reason))
    return removed


def lists(tx: Transaction) -> list[NumberList]:
    """The imported lists, by name."""
    tx.require("compliance:read")
    return store.lists(tx)


def import_list(
    tx: Transaction,
    lines: Iterable[str],
    *,
    name: str,
    mode: ImportMode = ImportMode.REPLACE,
    days: int | None = None,
) -> Imported:
    """Take in a list of somebody else, whole or by what changed; it holds for `days` (None: for ever).

    Numbers are copied and compared as sets, in one transaction: until it ends the list is as it was. Appends
    `dnc.imported`. Raises `Invalid` for a file in which there is no number.
    """
    tx.require("dnc:remove")
    _check_list(name, days)
    read = NumberLines(lines, _home(tx))
    store.stage_numbers(tx, read)
    _require_numbers(read)
    held = store.hold_list(tx, name.strip(), new_id(), tx.now + timedelta(days=days) if days else None)
    removed = store.remove_unstaged(tx, held.id) if mode is ImportMode.REPLACE else 0
    removed += store.remove_staged(tx, held.id) if mode is ImportMode.REMOVE else 0
    added = store.add_staged(tx, held.id) if mode is not ImportMode.REMOVE else 0
    store.count_list(tx, held.id, added - removed)
    tx.append(
        Event(
            "dnc.imported",
            subject("dnc_list", held.id),
            {"name": held.name, "mode": mode.value, "added": added, "removed": removed, "wrong": read.wrong_lines},
        )
    )
    after = next(one for one in store.lists(tx) if one.id == held.id)
    return Imported(after, read.read, added, removed, read.wrong_lines, read.wrong)


def import_own(tx: Transaction, lines: Iterable[str], reason: str) -> Imported:
    """Put all numbers of a file on the own list, for one reason. Appends `dnc.imported`. Raises `Invalid`."""
    tx.require("dnc:remove")
    check_reason(reason)
    read = NumberLines(lines, _home(tx))
    store.stage_numbers(tx, read)
    _require_numbers(read)
    added = store.add_staged_to_own(tx, reason.strip())
    tx.append(_event(tx, "dnc.imported", name=None, mode="add", added=added, removed=0, wrong=read.wrong_lines))
    return Imported(None, read.read, added, 0, read.wrong_lines, read.wrong)


def remove_list(tx: Transaction, list_id: UUID, version: int, reason: str) -> NumberList:
    """Remove an imported list, and return it as it was. Appends `dnc.list_removed`.

    Raises `NotFound`, `StaleVersion`, `Invalid`.
    """
    tx.require("dnc:remove")
    check_reason(reason)
    found = next((one for one in store.lists(tx) if one.id == list_id), None)
    if found is None:
        raise NotFound(f"There is no do-not-call list {list_id} here.")
    if not store.remove_list(tx, list_id, version):
        raise StaleVersion("The list was changed since you read it. Read it again.")
    told = {"name": found.name, "numbers": found.numbers, "reason": reason.strip()}
    tx.append(Event("dnc.list_removed", subject("dnc_list", list_id), told))
    return found


def expire_lists(tx: Transaction) -> int:
    """Remove the lists whose time is over (they hold no more anyway), and tell by `dnc.list_expired`; how many."""
    gone = store.expired(tx)
    for one in gone:
        store.remove_list(tx, one.id, one.version)
        told = {"name": one.name, "numbers": one.numbers}
        tx.append(Event("dnc.list_expired", subject("dnc_list", one.id), told))
    return len(gone)


def own_rows(tx: Transaction) -> Rows:
    """The own list as rows of a file, with `HEADINGS`."""
    tx.require("compliance:read")
    for block in store.own_all(tx):
        for one in block:
            yield one.number, one.reason, one.source.value, one.added_at.isoformat(), one.added_by


HEADINGS = ("number", "reason", "source", "added at", "added by")


def keep_wishes(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Put the numbers of who said in a call that they want no more on the own list."""
    for event in events:
        if event.data.get("disposition") != "do_not_call":
            continue
        members = people.members(tx, UUID(str(event.data["person_id"])))
        activity = UUID(str(event.data["activity_id"]))
        added = store.add_numbers_of(tx, members, WISH, event.actor, activity)
        for number in added:
            told = {"number": f"+{number}", "reason": WISH, "source": DncSource.DISPOSITION.value}
            tx.append(_event(tx, "dnc.added", **told, activity_id=str(activity)))


WISH = "Asked in a call not to be called again"


def _event(tx: Transaction, kind: str, **data: str | int | None) -> Event:
    """Numbers are no things with an id: these events are about the organisation."""
    return Event(kind, subject("organisation", tx.organisation_id), data)


def _home(tx: Transaction) -> str:
    return identity.organisation(tx).region


def _number(tx: Transaction, text: str) -> int:
    found = read_one(text, _home(tx))
    if found is None:
        told = "is no phone number: write it with + and the country code, such as +13055550123"
        raise Invalid(f"{text!r} {told}.", fields=[FieldError("number", told, text[:LONGEST_NAME])])
    return found


def _own(tx: Transaction, number: int) -> OwnNumber:
    found = store.own(tx, number)
    if found is None:
        raise NotFound(f"+{number} is not on your do-not-call list.")
    return found


def _check_list(name: str, days: int | None) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME or name.strip().lower() == facts.OWN_LIST.lower():
        told = f"must have 1 to {LONGEST_NAME} characters, and be another than “{facts.OWN_LIST}”"
        raise Invalid(f"The list's name {told}.", fields=[FieldError("name", told, name[:LONGEST_NAME])])
    if days is not None and not 1 <= days <= MOST_DAYS:
        told = f"must be 1 to {MOST_DAYS:,}"
        raise Invalid(f"The days that a list holds {told}.", fields=[FieldError("days", told, str(days))])


def _require_numbers(read: NumberLines) -> None:
    if read.read:
        return
    first = read.wrong[0] if read.wrong else None
    told = f"Line {first.line}, {first.text!r}, holds {first.reason}" if first else "It has no lines"
    raise Invalid(
        f"There is no phone number in this file. {told}.", fields=[FieldError("file", "holds no number")]
    )
