"""The SQL of calls: kept up from their state, read back for screens, found again after a crash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.voice.calls.model import Call, Recording, Status
from offhook.voice.calls.outcome import Taking


@dataclass(frozen=True, slots=True)
class About:
    """What a call is about: fixed when it is opened, but for a caller who is recognised later.

    `number` is the person's in E.164, `own_number` ours.
    """

    person_id: UUID | None
    account_id: UUID | None
    lead_id: UUID | None
    number: str | None
    own_number: str | None
    trunk_id: UUID | None
    permit_id: UUID | None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it is kept. `status` and `cause` are words of `calls/model.py`."""

    id: UUID
    direction: str
    status: str
    owner_id: UUID | None
    person_id: UUID | None
    account_id: UUID | None
    lead_id: UUID | None
    number: str | None
    own_number: str | None
    trunk_id: UUID | None
    permit_id: UUID | None
    opened_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    code: int | None
    heard: str | None
    message_left: bool
    is_message: bool
    quality: Mapping[str, object] | None

    @property
    def is_internal(self) -> bool:
        """Whether a colleague was called by their extension (`number`): all other calls of ours have a permit."""
        return self.direction == "outbound" and self.permit_id is None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One user's part in a call."""

    call_id: UUID
    user_id: UUID
    part: str
    began_at: datetime
    talked_at: datetime | None
    ended_at: datetime | None
    seconds: int
    notes: str
    suggested: str | None
    activity_id: UUID | None


@dataclass(frozen=True, slots=True)
class LeftLeg:
    """A phone leg whose process is gone."""

    call_id: UUID
    leg: str
    dialog: Mapping[str, object]


_COLUMNS = (
    "id, direction, status, owner_id, person_id, account_id, lead_id, number, own_number, trunk_id, permit_id,"
    " opened_at, rang_at, answered_at, ended_at, cause, code, heard, message_left, is_message, quality"
)


def insert(tx: Transaction, call: Call, about: About, exchange_id: UUID) -> None:
    """A call that begins."""
    tx.execute(
        "INSERT INTO call (id, direction, status, owner_id, person_id, account_id, lead_id, number, own_number,"
        " trunk_id, permit_id, opened_at, exchange_id)"
        " VALUES (%(id)s, %(direction)s, %(status)s, %(owner)s, %(person)s, %(account)s, %(lead)s, %(number)s,"
        " %(own_number)s, %(trunk)s, %(permit)s, %(opened_at)s, %(exchange)s)",
        id=call.id,
        direction=call.direction.value,
        status=call.status.value,
        owner=call.owner_id,
        person=about.person_id,
        account=about.account_id,
        lead=about.lead_id,
        number=about.number,
        own_number=about.own_number,
        trunk=about.trunk_id,
        permit=about.permit_id,
        opened_at=call.opened_at,
        exchange=exchange_id,
    )


def update(tx: Transaction, call: Call, rang_at: datetime | None, quality: Mapping[str, object] | None) -> None:
    """What has become of a call; who is known to call, and what was noted, stay."""
    tx.execute(
        "UPDATE call SET status = %(status)s, owner_id = %(owner)s, rang_at = coalesce(rang_at, %(rang_at)s),"
        " answered_at = %(answered_at)s, ended_at = %(ended_at)s, cause = %(cause)s, code = %(code)s,"
        " heard = %(heard)s, message_left = %(message_left)s, is_message = is_message OR %(is_message)s,"
        " quality = coalesce(%(quality)s, quality) WHERE id = %(id)s",
        id=call.id,
        status=call.status.value,
        owner=call.owner_id,
        rang_at=rang_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        cause=call.cause.value if call.cause else None,
        code=call.code,
        heard=call.heard.value if call.heard else None,
        message_left=call.message_left,
        is_message=_is_message(call),
        quality=Jsonb(dict(quality)) if quality else None,
    )


def _is_message(call: Call) -> bool:
    """Whether a caller speaks, after the tone: one who hung up before it left nothing."""
    is_theirs = call.status is Status.MESSAGE and call.direction.value == "inbound"
    return is_theirs and call.recording is Recording.ON


def save_parts(tx: Transaction, call_id: UUID, parts: Sequence[tuple[Taking, str | None]]) -> None:
    """Who took part so far, each with the disposition suggested to them; notes and entries stay."""
    for taking, suggestion in parts:
        tx.execute(
            "INSERT INTO call_part (call_id, user_id, part, began_at, talked_at, ended_at, seconds, suggested)"
            " VALUES (%(call)s, %(user)s, %(part)s, %(began_at)s, %(talked_at)s, %(ended_at)s, %(seconds)s,"
            " %(suggested)s) ON CONFLICT (organisation_id, call_id, user_id) DO UPDATE SET"
            " talked_at = excluded.talked_at, ended_at = excluded.ended_at, seconds = excluded.seconds,"
            " suggested = excluded.suggested",
            call=call_id,
            user=taking.user_id,
            part="owner" if taking.part == "owner" else "colleague",
            began_at=taking.began_at,
            talked_at=taking.talked_at,
            ended_at=taking.ended_at,
            seconds=taking.seconds,
            suggested=suggestion,
        )


def keep_dialog(tx: Transaction, call_id: UUID, leg: str, dialog: Mapping[str, object]) -> None:
    """What another process would need to end a leg."""
    tx.execute(
        "INSERT INTO call_leg (call_id, leg, dialog) VALUES (%(call)s, %(leg)s, %(dialog)s)"
        " ON CONFLICT (organisation_id, call_id, leg) DO UPDATE SET dialog = excluded.dialog",
        call=call_id,
        leg=leg,
        dialog=Jsonb(dict(dialog)),
    )


def forget_dialogs(tx: Transaction, call_id: UUID, legs: Sequence[str]) -> None:
    """Legs that have ended."""
    tx.execute(
        "DELETE FROM call_leg WHERE call_id = %(call)s AND leg = ANY(%(legs)s)", call=call_id, legs=list(legs)
    )


def call(tx: Transaction, call_id: UUID) -> CallRow | None:
    """One call."""
    return tx.first(CallRow, f"SELECT {_COLUMNS} FROM call WHERE id = %(id)s", id=call_id)


def calls_by_id(tx: Transaction, ids: Sequence[UUID]) -> list[CallRow]:
    """Calls by id, in no order."""
    if not ids:
        return []
    return tx.rows(CallRow, f"SELECT {_COLUMNS} FROM call WHERE id = ANY(%(ids)s)", ids=list(ids))


def page(
    tx: Transaction,
    *,
    person_ids: Sequence[UUID] | None,
    lead_id: UUID | None,
    owner_id: UUID | None,
    are_messages: bool,
    are_missed: bool,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[CallRow]:
    """Calls, the newest first. Indexes: call_of_person, call_of_lead, call_of_owner, call_message."""
    at, identifier = before or (None, None)
    return tx.rows(
        CallRow,
        f"SELECT {_COLUMNS} FROM call"
        " WHERE (%(persons)s::uuid[] IS NULL OR person_id = ANY(%(persons)s))"
        " AND (%(lead)s::uuid IS NULL OR lead_id = %(lead)s)"
        " AND (%(owner)s::uuid IS NULL OR owner_id = %(owner)s)"
        " AND (NOT %(messages)s OR is_message)"
        " AND (NOT %(missed)s OR (direction = 'inbound' AND ended_at IS NOT NULL AND NOT is_message"
        "   AND NOT EXISTS ("
        "   SELECT FROM call_part p WHERE p.call_id = call.id)))"
        " AND (%(at)s::timestamptz IS NULL OR (opened_at, id) < (%(at)s, %(id)s))"
        " ORDER BY opened_at DESC, id DESC LIMIT %(limit)s",
        persons=list(person_ids) if person_ids is not None else None,
        lead=lead_id,
        owner=owner_id,
        messages=are_messages,
        missed=are_missed,
        at=at,
        id=identifier,
        limit=limit,
    )


_PART_COLUMNS = "call_id, user_id, part, began_at, talked_at, ended_at, seconds, notes, suggested, activity_id"


def part(tx: Transaction, call_id: UUID, user_id: UUID, *, lock: bool = False) -> PartRow | None:
    """A user's part in a call."""
    query = f"SELECT {_PART_COLUMNS} FROM call_part WHERE call_id = %(call)s AND user_id = %(user)s"
    return tx.first(PartRow, f"{query} FOR UPDATE" if lock else query, call=call_id, user=user_id)


def parts_of(tx: Transaction, call_ids: Sequence[UUID]) -> list[PartRow]:
    """All parts in these calls."""
    return tx.rows(
        PartRow,
        f"SELECT {_PART_COLUMNS} FROM call_part WHERE call_id = ANY(%(calls)s) ORDER BY began_at",
        calls=list(call_ids),
    )


def unlogged(tx: Transaction, user_id: UUID | None, before: datetime, limit: int) -> list[PartRow]:
    """Parts that ended before then and were not logged, of a user or anybody, of calls with a known person.

    Index: call_part_unlogged.
    """
    return tx.rows(
        PartRow,
        f"SELECT {_PART_COLUMNS} FROM call_part p WHERE activity_id IS NULL AND ended_at <= %(before)s"
        " AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " AND EXISTS (SELECT FROM call c WHERE c.id = p.call_id AND c.person_id IS NOT NULL)"
        " ORDER BY ended_at LIMIT %(limit)s",
        user=user_id,
        before=before,
        limit=limit,
    )


def set_notes(tx: Transaction, call_id: UUID, user_id: UUID, notes: str) -> bool:
    """What a user notes of a call; whether they take part in it."""
    return bool(
        tx.execute(
            "UPDATE call_part SET notes = %(notes)s WHERE call_id = %(call)s AND user_id = %(user)s",
            notes=notes,
            call=call_id,
            user=user_id,
        )
    )


def set_entry(tx: Transaction, call_id: UUID, user_id: UUID, activity_id: UUID) -> None:
    """The entry of a user's part in the record."""
    tx.execute(
        "UPDATE call_part SET activity_id = %(activity)s WHERE call_id = %(call)s AND user_id = %(user)s",
        activity=activity_id,
        call=call_id,
        user=user_id,
    )


def set_person(
    tx: Transaction, call_id: UUID, person_id: UUID, account_id: UUID | None, lead_id: UUID | None
) -> None:
    """Who a caller turned out to be."""
    tx.execute(
        "UPDATE call SET person_id = %(person)s, account_id = %(account)s, lead_id = %(lead)s WHERE id = %(id)s",
        id=call_id,
        person=person_id,
        account=account_id,
        lead=lead_id,
    )


def left_open(tx: Transaction, exchange_id: UUID) -> list[CallRow]:
    """Calls that another process, now gone, had. Index: call_open."""
    return tx.rows(
        CallRow,
        f"SELECT {_COLUMNS} FROM call WHERE ended_at IS NULL AND exchange_id IS DISTINCT FROM %(exchange)s",
        exchange=exchange_id,
    )


def left_legs(tx: Transaction, call_ids: Sequence[UUID]) -> list[LeftLeg]:
    """Their phone legs."""
    return tx.rows(
        LeftLeg, "SELECT call_id, leg, dialog FROM call_leg WHERE call_id = ANY(%(calls)s)", calls=list(call_ids)
    )


def end_left(tx: Transaction, call_id: UUID, cause: str, at: datetime) -> None:
    """A call that its process left behind is over, and so is everybody's part in it; clocks may have jumped."""
    tx.execute(
        "UPDATE call SET status = 'ended', ended_at = greatest(%(at)s, answered_at, opened_at), cause = %(cause)s"
        " WHERE id = %(id)s",
        id=call_id,
        at=at,
        cause=cause,
    )
    tx.execute(
        "UPDATE call_part SET ended_at = greatest(%(at)s, talked_at, began_at), seconds ="
        " coalesce(greatest(extract(epoch FROM %(at)s - talked_at)::int, 0), 0)"
        " WHERE call_id = %(id)s AND ended_at IS NULL",
        id=call_id,
        at=at,
    )
    tx.execute("DELETE FROM call_leg WHERE call_id = %(id)s", id=call_id)
