"""Routes of running calls: what whoever takes part in one may do in it.

What may be done is told with the call (`may`); each is a path below the call. Commands are answered by the call as
it is then; how it goes on is told to the user's phone (`phone.py`) and in the live feed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden
from offhook.kernel.http import CALL, Call
from offhook.leads.edge import Sent
from offhook.voice.answers import REFUSED, exchange_of, telephone_of
from offhook.voice.calls import inputs as i
from offhook.voice.calls import service
from offhook.voice.calls.model import Bringing, Leg, Part
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.live import Live
from offhook.voice.exchange.opening import bring_in
from offhook.voice.exchange.telling import CallNow, own_leg

router = APIRouter(tags=["calls"])


class BringIn(Sent):
    """Whom to bring in, and what for: users, or a number or extension."""

    purpose: Bringing
    user_ids: list[UUID] = Field(default=[], max_length=50)
    number: Annotated[str, Field(max_length=200)] | None = None
    in_order: bool = Field(default=False, description="Ring one after another instead of all at once")


class DropOut(Sent):
    """Whom to take out again."""

    leg: str | None = Field(default=None, description="All who were brought in, if left out")


class Muting(Sent):
    """Whether the others shall hear you."""

    is_muted: bool


class Pressing(Sent):
    """Keys to press."""

    digits: Annotated[str, Field(min_length=1, max_length=60)]


class RecordingWanted(Sent):
    """Record, or pause."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class _Inside:
    """A user in a running call."""

    exchange: Exchange
    live: Live
    user_id: UUID
    leg: Leg

    @property
    def is_owner(self) -> bool:
        """Whether the call is theirs."""
        return self.live.call.owner_id == self.user_id


def _inside(call: Call, tx: Transaction, call_id: UUID) -> _Inside:
    """The running call and the user, who takes part in it. Raises `NotFound`, `Conflict`, `Forbidden`."""
    tx.require("calls:place")
    kept, user_id = service.call_by_id(tx, call_id), tx.actor.id
    exchange = exchange_of(call)
    live = exchange.live(kept.row.id)
    if live is None or live.call.is_over:
        raise Conflict("The call is over.", code="call-over")
    leg = own_leg(live.call, user_id) if user_id else None
    if user_id is None or leg is None:
        raise Forbidden("Only who takes part in a call may do this.")
    return _Inside(exchange, live, user_id, leg)


def _require_owner(inside: _Inside) -> None:
    if not inside.is_owner:
        raise Forbidden("Only whose call it is may do this.")


def _do(
    call: Call, call_id: UUID, command_of: Callable[[_Inside], i.Command], *, is_owners: bool = True
) -> Response:
    """Give a command to a running call; the answer is the call as it is then."""

    def work(tx: Transaction) -> CallNow:
        inside = _inside(call, tx, call_id)
        if is_owners:
            _require_owner(inside)
        inside.exchange.submit(call_id, command_of(inside))
        return _now(inside)

    return call.once(work)


def _now(inside: _Inside) -> CallNow:
    now = inside.exchange.now(inside.live.id, inside.user_id)
    if now is None:
        raise Conflict("The call is over.", code="call-over")
    return now


@router.post("/calls/{call_id}/take", response_model=CallNow)
def take(call_id: UUID, call: Call = CALL) -> Response:
    """Answer a call that rings you, or join one that you are brought into."""
    return _do(call, call_id, lambda inside: i.Take(inside.leg.id), is_owners=False)


@router.post("/calls/{call_id}/decline", response_model=CallNow)
def decline(call_id: UUID, call: Call = CALL) -> Response:
    """Do not answer: the next is rung, or the caller leaves a message."""
    return _do(call, call_id, lambda inside: i.Decline(inside.leg.id), is_owners=False)


@router.post("/calls/{call_id}/hold", response_model=CallNow)
def hold(call_id: UUID, call: Call = CALL) -> Response:
    """Let the person wait, with music."""
    return _do(call, call_id, lambda _: i.Hold())


@router.post("/calls/{call_id}/resume", response_model=CallNow)
def resume(call_id: UUID, call: Call = CALL) -> Response:
    """Talk with the person again, and with whoever was brought in."""
    return _do(call, call_id, lambda _: i.Resume())


@router.post("/calls/{call_id}/bring", response_model=CallNow, responses=REFUSED)
def bring(call_id: UUID, body: BringIn, call: Call = CALL) -> Response:
    """Bring somebody in: to talk to them first, to put the person through, or to hand the lead off live.

    They are rung once this is on record; the answer is the call as it was before.
    """
    wanted: list[tuple[_Inside, i.Bring]] = []

    def work(tx: Transaction) -> CallNow:
        inside = _inside(call, tx, call_id)
        _require_owner(inside)
        ways = telephone_of(call).ways()
        wanted.append((inside, bring_in(tx, inside.exchange, ways, inside.live, **dict(body))))
        return _now(inside)

    response = call.once(work)
    for inside, command in wanted:
        inside.exchange.submit(call_id, command)
    return response


@router.post("/calls/{call_id}/drop", response_model=CallNow)
def drop(call_id: UUID, body: DropOut, call: Call = CALL) -> Response:
    """Take somebody out again, or ring them no more; the person is back with you."""
    return _do(call, call_id, lambda _: i.Drop(body.leg))


@router.post("/calls/{call_id}/leave", response_model=CallNow)
def leave(call_id: UUID, call: Call = CALL) -> Response:
    """Leave the person with whom you brought in."""
    return _do(call, call_id, lambda _: i.Leave())


@router.post("/calls/{call_id}/leave-message", response_model=CallNow)
def leave_message(call_id: UUID, call: Call = CALL) -> Response:
    """Leave your recorded message at the person's voicemail; you are free at once."""
    return _do(call, call_id, lambda _: i.LeaveMessage())


@router.post("/calls/{call_id}/hang-up", response_model=CallNow)
def hang_up(call_id: UUID, call: Call = CALL) -> Response:
    """End the call; somebody who was brought in only leaves it."""

    def command_of(inside: _Inside) -> i.Command:
        is_theirs = inside.is_owner or inside.leg.part is Part.PERSON
        return i.HangUp() if is_theirs else i.Drop(inside.leg.id)

    return _do(call, call_id, command_of, is_owners=False)


@router.post("/calls/{call_id}/mute", response_model=CallNow)
def mute(call_id: UUID, body: Muting, call: Call = CALL) -> Response:
    """Let the others hear you, or not."""
    return _do(call, call_id, lambda inside: i.Mute(inside.leg.id, body.is_muted), is_owners=False)


@router.post("/calls/{call_id}/press", response_model=CallNow)
def press(call_id: UUID, body: Pressing, call: Call = CALL) -> Response:
    """Press keys towards the person's phone."""
    return _do(call, call_id, lambda _: i.Press(body.digits))


@router.post("/calls/{call_id}/record", response_model=CallNow)
def record(call_id: UUID, body: RecordingWanted, call: Call = CALL) -> Response:
    """Record what is said, as far as the rules allow, or pause."""
    return _do(call, call_id, lambda _: i.Record(body.is_on))
