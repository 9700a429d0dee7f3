"""What the routes of calls share: the shapes of their answers, and the way from a request to the telephone."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import BaseModel, Field

from offhook import people
from offhook.compliance.api import CallRefused
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.kernel.http import Call, Problem
from offhook.voice.calls.service import Kept
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.telling import CallNow
from offhook.voice.recordings.store import recorded_among
from offhook.voice.telephone import Telephone

REFUSED: dict[int | str, dict[str, object]] = {
    403: {"model": CallRefused | Problem, "description": "Not allowed, by the calling rules or to you"},
    409: {"model": CallRefused | Problem, "description": "Not now, by the calling rules or as things stand"},
}
"""How the routes that place calls describe refusals."""


class PartOut(BaseModel):
    """A user's part in a call."""

    user_id: UUID
    part: str
    began_at: datetime
    talked_at: datetime | None
    ended_at: datetime | None
    seconds: int = Field(description="Of talk with the person")
    notes: str
    suggested: str | None = Field(description="Disposition, from what happened")
    activity_id: UUID | None = Field(description="Its entry in the record")


class CallOut(BaseModel):
    """A call as it is kept; `now` while it runs."""

    id: UUID
    direction: str
    status: str
    owner_id: UUID | None
    person_id: UUID | None
    person_name: str | None
    account_id: UUID | None
    lead_id: UUID | None
    number: str | None
    own_number: str | None
    opened_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    code: int | None
    heard: str | None
    message_left: bool
    is_message: bool = Field(description="The caller left a message for us")
    is_internal: bool = Field(description="Between colleagues: `number` is an extension, there is nothing to log")
    has_recording: bool = Field(description="There is one that can be played, by whoever may")
    quality: dict[str, float | bool | None] | None
    parts: list[PartOut]
    now: CallNow | None

    @classmethod
    def of(cls, kept: Kept, now: CallNow | None, *, name: str | None, has_recording: bool) -> "CallOut":
        """The answer's shape."""
        parts = [PartOut.model_validate(part, from_attributes=True) for part in kept.parts]
        plain = {field: getattr(kept.row, field) for field in cls.model_fields if hasattr(kept.row, field)}
        more = {"parts": parts, "now": now, "person_name": name, "has_recording": has_recording}
        return cls.model_validate(plain | more)


class CallsPage(BaseModel):
    """Calls, the newest first."""

    items: list[CallOut]
    next_cursor: str | None = None


class CallList(BaseModel):
    """Calls."""

    items: list[CallOut]


NO_TELEPHONE = "This server has no telephone: calls are made where `offhook up` runs."


def telephone_or_none(call: Call) -> Telephone | None:
    """The installation's telephone, if this process has one."""
    return cast("Telephone | None", getattr(call.request.app.state, "telephone", None))


def telephone_of(call: Call) -> Telephone:
    """The installation's telephone. Raises `Conflict` where there is none."""
    telephone = telephone_or_none(call)
    if telephone is None:
        raise Conflict(NO_TELEPHONE, code="no-telephone")
    return telephone


def exchange_of(call: Call) -> Exchange:
    """Its running exchange. Raises `Conflict`, `Unavailable`."""
    return telephone_of(call).exchange()


def shown(call: Call, tx: Transaction, kept: Kept) -> CallOut:
    """A call as it is kept and, while it runs, as it stands."""
    return all_shown(call, tx, [kept])[0]


def all_shown(call: Call, tx: Transaction, several: Sequence[Kept]) -> list[CallOut]:
    """Several, with as few questions to the database."""
    telephone = telephone_or_none(call)
    names = _names(tx, several)
    recorded = recorded_among(tx, [one.row.id for one in several])
    return [
        CallOut.of(
            one,
            telephone.now(one.row.id, tx.actor.id) if telephone else None,
            name=names.get(one.row.person_id) if one.row.person_id else None,
            has_recording=one.row.id in recorded,
        )
        for one in several
    ]


def _names(tx: Transaction, several: Sequence[Kept]) -> dict[UUID, str]:
    persons = {one.row.person_id for one in several if one.row.person_id}
    return {key: people.shown_name(one) for key, one in people.persons_by_id(tx, sorted(persons)).items()}
