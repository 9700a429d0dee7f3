"""The use cases of calling: ask for a permit, ask without one, look at what was answered, set the own limits.

`permit_call` is the only way to a `Permit`, and so to the network. It is asked at the moment of every dial: what
was true at enrolment may not be true now.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from offhook import activities
from offhook.compliance import facts, store
from offhook.compliance.checking import check_reason, check_settings
from offhook.compliance.model import (
    CallingSettings,
    CallPurpose,
    Known,
    NumberKind,
    Override,
    Permit,
    Question,
    Refused,
    Verdict,
)
from offhook.compliance.policy import is_abroad, judge
from offhook.compliance.record import Asked, Recorded
from offhook.compliance.rulebook import rulebook
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.paging import Page, page_of, read_cursor

PERMIT_HOLDS = timedelta(seconds=60)
"""How long a permit may be used: to dial now, not later."""


def permit_call(
    tx: Transaction,
    number: str,
    *,
    person_id: UUID | None,
    user_id: UUID | None,
    lead_id: UUID | None,
    purpose: CallPurpose = CallPurpose.SALES,
    override: Override | None = None,
) -> Permit:
    """Give leave to call this number now, and keep the answer, whichever it is.

    Ask first of all in a short transaction: until it ends no other dial of the organisation is decided. Raises
    `Refused` with all reasons (kept too, although the transaction is undone), `Forbidden` for who may not call,
    or may not override; `Invalid` for an override without a reason.
    """
    activities.require_logging(tx)
    if override is not None:
        tx.require("calls:override")
        check_reason(override.reason)
    facts.lock(tx)
    asked = Asked(Question(number, purpose, override), person_id, user_id, lead_id, tx.now)
    known = facts.known_of(tx, number, person_id, user_id)
    verdict = judge(asked.question, known, rulebook(), tx.now)
    identifier, abroad = new_id(), is_abroad(known)
    if not verdict.is_allowed:
        tx.keep_regardless(lambda later: store.insert_verdict(later, asked, verdict, identifier, abroad))
        raise Refused(verdict)
    store.insert_verdict(tx, asked, verdict, identifier, abroad)
    if verdict.lifted:
        tx.append(_overridden(tx, asked, verdict, identifier))
    return Permit(
        identifier, verdict.number, tx.now, tx.now + PERMIT_HOLDS, verdict.recording, verdict.announcement
    )


def may_call(
    tx: Transaction,
    number: str,
    *,
    person_id: UUID | None = None,
    user_id: UUID | None = None,
    purpose: CallPurpose = CallPurpose.SALES,
) -> Verdict:
    """What `permit_call` would say now, without leave and without a record: for screens."""
    tx.require("compliance:read")
    known = facts.known_of(tx, number, person_id, user_id)
    return judge(Question(number, purpose), known, rulebook(), tx.now)


def may_call_persons(tx: Transaction, zones: Mapping[UUID, str]) -> dict[UUID, Verdict]:
    """The same for many persons at their main number, in one statement; `zones` holds for who has none known.

    Who differs from another by no more than the number shares their verdict, `number` included.
    """
    if not zones:
        return {}
    same: dict[object, Verdict] = {}
    found: dict[UUID, Verdict] = {}
    for one in facts.known_of_many(tx, zones):
        alike = _alike(one.known)
        verdict = same.get(alike)
        if verdict is None:
            verdict = same[alike] = judge(Question(one.known.destination.number), one.known, rulebook(), tx.now)
        found[one.person_id] = verdict
    return found


def _alike(known: Known) -> object:
    """What makes two persons' verdicts the same but for their number, which is told in refusals of the number."""
    there = known.destination
    is_plain = there.kind is NumberKind.ORDINARY and not known.listed
    place = (there.country, there.state, there.zones, known.home_zone)
    return (known.person, place, known.attempts, None if is_plain else there.number)


def verdicts(
    tx: Transaction, *, person_id: UUID | None = None, number: str | None = None, cursor: str | None, limit: int
) -> Page[Recorded]:
    """What was answered, the newest first."""
    tx.require("compliance:read")
    key = read_cursor(cursor, 2)
    rows = store.verdicts_page(tx, person_id, number, place_of(key) if key else None, limit + 1)
    return page_of(rows, limit, lambda row: (row.at.isoformat(), str(row.id)))


def place_of(key: Collection[str | int | float | None]) -> tuple[datetime, UUID]:
    """A cursor of a log: when, and which. Raises `Invalid`."""
    at, identifier = key
    try:
        return datetime.fromisoformat(str(at)), UUID(str(identifier))
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list")
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


def settings(tx: Transaction) -> CallingSettings:
    """The organisation's own limits."""
    tx.require("compliance:read")
    return facts.home(tx).settings


def set_settings(tx: Transaction, wanted: CallingSettings) -> CallingSettings:
    """Set all of the organisation's own limits; `wanted.version` is the version they replace.

    Appends `compliance.settings_changed`. Raises `Invalid` naming the field, `StaleVersion`.
    """
    tx.require("settings:write")
    check_settings(wanted)
    before = facts.home(tx).settings
    if not store.save_settings(tx, wanted):
        raise StaleVersion("The calling rules were changed since you read them. Read them again.")
    after = replace(wanted, version=wanted.version + 1)
    changes: dict[str, Json] = {
        name: [_plain(getattr(before, name)), _plain(getattr(after, name))]
        for name in CallingSettings.__slots__
        if name != "version" and getattr(before, name) != getattr(after, name)
    }
    about = subject("organisation", tx.organisation_id)
    tx.append(Event("compliance.settings_changed", about, {"changes": changes}))
    return after


def _plain(value: object) -> Json:
    if isinstance(value, frozenset):
        return [_plain(one) for one in sorted(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # of one kind
    return value if isinstance(value, bool | int) else None if value is None else str(value)


def _overridden(tx: Transaction, asked: Asked, verdict: Verdict, identifier: UUID) -> Event:
    about = subject("person", asked.person_id) if asked.person_id else subject("organisation", tx.organisation_id)
    data: dict[str, Json] = {
        "verdict_id": str(identifier),
        "number": verdict.number,
        "reason": asked.question.override.reason if asked.question.override else "",
        "lifted": [one.rule or one.code for one in verdict.lifted],
        "person_id": str(asked.person_id) if asked.person_id else None,
        "lead_id": str(asked.lead_id) if asked.lead_id else None,
        "user_id": str(asked.user_id) if asked.user_id else None,
    }
    return Event("compliance.overridden", about, data)
