"""The use cases of calls that are over or are looked at: read, note, log, say who a caller was.

A call is logged once for each user who took part, under a key of its own: by their word, or, when they say none,
as it is suggested. Saying another word later corrects the entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook import activities, leads, people
from offhook.activities import LONGEST_BODY, Activity, Direction, Disposition, Kind
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from offhook.kernel.events import Event, subject
from offhook.kernel.paging import Page, page_of, read_cursor
from offhook.voice.calls import store
from offhook.voice.calls.calling_back import plan_call_back
from offhook.voice.calls.store import CallRow, PartRow

WRAP_UP = timedelta(minutes=10)
"""How long a user has to say how a call ended before it is logged as suggested."""

NOW = timedelta()
MOST_LOGGED = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A call with everybody's part in it."""

    row: CallRow
    parts: Sequence[PartRow]


def call_by_id(tx: Transaction, call_id: UUID) -> Kept:
    """One call. Raises `NotFound`."""
    tx.require("leads:read")
    row = _row(tx, call_id)
    return Kept(row, store.parts_of(tx, [call_id]))


def _row(tx: Transaction, call_id: UUID) -> CallRow:
    row = store.call(tx, call_id)
    if row is None:
        raise NotFound(f"There is no call {call_id} here.")
    return row


def calls_page(
    tx: Transaction,
    *,
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    owner_id: UUID | None = None,
    are_messages: bool = False,
    are_missed: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Kept]:
    """Calls, the newest first; `are_messages`: that left us a message, `are_missed`: to us that nobody took."""
    tx.require("leads:read")
    key = read_cursor(cursor, 2)
    rows = store.page(
        tx,
        person_ids=people.members(tx, person_id) if person_id else None,
        lead_id=lead_id,
        owner_id=owner_id,
        are_messages=are_messages,
        are_missed=are_missed,
        before=_position(key) if key else None,
        limit=limit + 1,
    )
    parts = _by_call(store.parts_of(tx, [row.id for row in rows]))
    kept = [Kept(row, parts.get(row.id, [])) for row in rows]
    return page_of(kept, limit, lambda one: (one.row.opened_at.isoformat(), str(one.row.id)))


def _by_call(parts: Sequence[PartRow]) -> dict[UUID, list[PartRow]]:
    found: dict[UUID, list[PartRow]] = {}
    for part in parts:
        found.setdefault(part.call_id, []).append(part)
    return found


def _position(key: Sequence[str | int | float | None]) -> tuple[datetime, UUID]:
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError:
        raise Invalid(
            "The cursor is not one of this list. Leave it out to begin at the first page.",
            fields=[FieldError("cursor", "not a cursor of this list")],
        ) from None


def unlogged_calls(tx: Transaction, user_id: UUID) -> list[Kept]:
    """The user's calls that are over and wait for their word, the oldest first."""
    tx.require("leads:read")
    parts = store.unlogged(tx, user_id, tx.now, MOST_LOGGED)
    rows = {row.id: row for row in store.calls_by_id(tx, [part.call_id for part in parts])}
    return [Kept(rows[part.call_id], [part]) for part in parts]


def note(tx: Transaction, call_id: UUID, notes: str) -> PartRow:
    """Keep what the user notes of a call, while it runs or after.

    Raises `Conflict` for another text than the entry's once it is logged; the same one merely comes late.
    """
    tx.require("calls:place")
    if len(notes) > LONGEST_BODY:
        reason = f"has {len(notes):,} characters; at most {LONGEST_BODY:,} are kept"
        raise Invalid(f"The note {reason}.", fields=[FieldError("notes", reason)])
    part = _own_part(tx, call_id)
    if part.activity_id is not None:
        if activities.activity(tx, part.activity_id).body == notes:
            return part
        raise Conflict("This call is logged; correct its entry instead.", code="call-logged")
    store.set_notes(tx, call_id, part.user_id, notes)
    return _own_part(tx, call_id)


def _own_part(tx: Transaction, call_id: UUID) -> PartRow:
    _row(tx, call_id)
    part = store.part(tx, call_id, tx.actor.id, lock=True) if tx.actor.id else None
    if part is None:
        raise Forbidden("Only who took part in a call notes and logs it.")
    return part


def log_call(
    tx: Transaction,
    call_id: UUID,
    *,
    disposition: Disposition,
    notes: str | None = None,
    call_back_at: datetime | None = None,
) -> Activity:
    """Log the user's part in a call that is over for them, by their word. Said again, it corrects the entry.

    Raises `Conflict` while they talk, or for a caller nobody knows; `Forbidden` for who did not take part.
    """
    tx.require("calls:place")
    part = _own_part(tx, call_id)
    row = _row(tx, call_id)
    if part.ended_at is None:
        raise Conflict("You are still in this call. Hang up, then say how it ended.", code="call-running")
    if part.activity_id is not None:
        changes: dict[str, object] = {"disposition": disposition}
        return _set(tx, part, leads.correct_activity(tx, part.activity_id, _and_body(changes, notes)))
    text = part.notes if notes is None else notes
    return _set(tx, part, _log(tx, row, part, disposition, text, call_back_at))


def _and_body(changes: Mapping[str, object], notes: str | None) -> dict[str, object]:
    return {**changes} if notes is None else {**changes, "body": notes}


def _log(
    tx: Transaction,
    row: CallRow,
    part: PartRow,
    disposition: Disposition,
    notes: str,
    call_back_at: datetime | None = None,
) -> Activity:
    if row.person_id is None:
        raise Conflict("Say who it was first: nobody on record has this number.", code="person-unknown")
    entry = leads.log_activity(
        tx,
        kind=Kind.CALL,
        lead_id=row.lead_id,
        person_id=None if row.lead_id else row.person_id,
        direction=Direction(row.direction),
        disposition=disposition,
        seconds=part.seconds,
        body=notes,
        at=min(part.began_at, tx.now),  # clocks may have jumped back
        user_id=part.user_id,
        call_back_at=call_back_at,
        external_key=f"call:{row.id}:{part.user_id}",
        data=_details(row),
    )
    tx.append(Event("call.logged", subject("call", row.id), {"activity_id": str(entry.id)}))
    return entry


def _details(row: CallRow) -> dict[str, object]:
    """What an entry tells of its call; the permit's id keeps the policy from counting one attempt twice."""
    permit = {"permit_id": str(row.permit_id)} if row.permit_id else {}
    return {"call_id": str(row.id), "number": row.number, **permit}


def _set(tx: Transaction, part: PartRow, entry: Activity) -> Activity:
    store.set_entry(tx, part.call_id, part.user_id, entry.id)
    return entry


def log_as_suggested(tx: Transaction, user_id: UUID | None = None, *, older_than: timedelta = WRAP_UP) -> int:
    """Log what nobody said a word about, of a user or of anybody, as it is suggested; how many calls it were."""
    waiting = store.unlogged(tx, user_id, tx.now - older_than, MOST_LOGGED)
    rows = {row.id: row for row in store.calls_by_id(tx, [part.call_id for part in waiting])}
    for part in waiting:
        suggestion = Disposition(part.suggested) if part.suggested else Disposition.NO_ANSWER
        _set(tx, part, _log(tx, rows[part.call_id], part, suggestion, part.notes))
    return len(waiting)


def name_caller(tx: Transaction, call_id: UUID, person_id: UUID) -> CallRow:
    """Say who a caller was whom nobody knew; if they reached nobody, they are called back.

    Raises `Conflict` when it is known, `NotFound`.
    """
    tx.require("leads:work")
    row = _row(tx, call_id)
    if row.person_id is not None:
        raise Conflict("Who this was is known already.", code="person-known")
    if row.is_internal:
        raise Conflict("This was a call between colleagues.", code="internal-call")
    known = people.person(tx, person_id)
    lead = leads.open_leads_of(tx, [known.id]).get(known.id)
    store.set_person(tx, call_id, known.id, known.account_id, lead.id if lead else None)
    named = _row(tx, call_id)
    plan_call_back(tx, named)
    return named
