"""Routes of calls: place one, do something in it, note and log it, read calls back.

What may be done in a running call is told with it (`may`); each is a path below the call. Commands are answered by
the call as it is then; how it goes on is told to the user's phone (`phone.py`) and in the live feed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook import people
from offhook.activities import LONGEST_BODY, Disposition
from offhook.activities.api import ActivityOut
from offhook.compliance.api import CallRefused
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, Forbidden
from offhook.kernel.http import CALL, Call, Problem
from offhook.leads.edge import Cursor, Limit, Sent
from offhook.voice.calls import inputs as i
from offhook.voice.calls import service
from offhook.voice.calls.model import Bringing, Leg, Part
from offhook.voice.calls.service import Kept
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.inside import call_colleague, colleague_meant
from offhook.voice.exchange.live import Live
from offhook.voice.exchange.opening import Opening, bring_in, call_out
from offhook.voice.exchange.telling import CallNow, own_leg
from offhook.voice.recordings.store import recorded_among
from offhook.voice.telephone import Telephone

router = APIRouter(tags=["calls"])


class CallPlaced(Sent):
    """Whom to call: a lead's person, a person, or a number."""

    lead_id: UUID | None = None
    person_id: UUID | None = None
    number: Annotated[str, Field(max_length=200)] | None = Field(
        default=None,
        description="As typed or E.164; the person's main number if left out."
        " Alone it may be a colleague's extension: they are rung, over no network",
    )
    agreed: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="They asked to be called now: why. Lifts hours and caps; needs `calls:override`"
    )
    drops_message: bool = Field(default=False, description="Leave my recorded message by itself at a voicemail")


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


class Noting(Sent):
    """What you note of the call."""

    notes: Annotated[str, Field(max_length=LONGEST_BODY)]


class Logging(Sent):
    """How the call ended, in your word."""

    disposition: Disposition
    notes: Annotated[str, Field(max_length=LONGEST_BODY)] | None = Field(
        default=None, description="As noted while it lasted, if left out"
    )
    call_back_at: AwareDatetime | None = None


class CallerNamed(Sent):
    """Who the caller was."""

    person_id: UUID


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


class PhoneOut(BaseModel):
    """Whether a user can be rung."""

    user_id: UUID
    state: str = Field(description="free, in_call; users whose phone is not connected are left out")


class TelephoneOut(BaseModel):
    """Whether calls can be made here."""

    state: str = Field(description="ready, starting, off, lost")
    reason: str | None = Field(description="Why not, and what to do")
    phones: list[PhoneOut]


NO_TELEPHONE = "This server has no telephone: calls are made where `offhook up` runs."


def _telephone(call: Call) -> Telephone | None:
    return cast("Telephone | None", getattr(call.request.app.state, "telephone", None))


def telephone_of(call: Call) -> Telephone:
    """The installation's telephone. Raises `Conflict` where there is none."""
    telephone = _telephone(call)
    if telephone is None:
        raise Conflict(NO_TELEPHONE, code="no-telephone")
    return telephone


def _exchange(call: Call) -> Exchange:
    return telephone_of(call).exchange()


@router.get("/telephone", response_model=TelephoneOut)
def show_telephone(call: Call = CALL) -> Response:
    """Say whether calls can be made, and who can be rung."""

    def work(tx: Transaction) -> TelephoneOut:
        tx.require("leads:read")
        telephone = _telephone(call)
        if telephone is None:
            return TelephoneOut(state="off", reason=NO_TELEPHONE, phones=[])
        return TelephoneOut(state=telephone.state, reason=telephone.reason, phones=_phones(telephone, tx))

    return call.read(work)


def _phones(telephone: Telephone, tx: Transaction) -> list[PhoneOut]:
    if telephone.state != "ready":
        return []
    exchange = telephone.exchange()
    here = [one for one in exchange.devices.all() if one.organisation_id == tx.organisation_id and one.has_media]
    return [
        PhoneOut(user_id=one.user_id, state="free" if exchange.is_free(one.user_id) else "in_call") for one in here
    ]


REFUSED: dict[int | str, dict[str, object]] = {
    403: {"model": CallRefused | Problem, "description": "Not allowed, by the calling rules or to you"},
    409: {"model": CallRefused | Problem, "description": "Not now, by the calling rules or as things stand"},
}


@router.post("/calls", status_code=201, response_model=CallOut, responses=REFUSED)
def place_call(body: CallPlaced, call: Call = CALL) -> Response:
    """Call somebody from your phone in the workbench, if the policy lets you."""
    opened: list[Opening] = []

    def work(tx: Transaction) -> CallOut:
        tx.require("calls:place")
        opening = _opening(call, tx, body)
        opened.append(opening)
        return _shown(call, tx, service.call_by_id(tx, opening.live.id))

    response = call.once(work, status=201)
    if opened:  # a repeated request gets its first answer, and places no second call
        _exchange(call).open(opened[0].live, opened[0].first)
    return response


def _opening(call: Call, tx: Transaction, body: CallPlaced) -> Opening:
    is_typed = body.lead_id is None and body.person_id is None
    colleague = colleague_meant(tx, body.number) if is_typed else None
    if colleague is not None:
        return call_colleague(tx, _exchange(call), colleague)
    return call_out(tx, _exchange(call), telephone_of(call).ways(), **dict(body))


@router.get("/calls", response_model=CallsPage)
def list_calls(
    person_id: UUID | None = None,
    lead_id: UUID | None = None,
    owner_id: UUID | None = None,
    are_messages: Annotated[bool, Query(description="Only messages that callers left")] = False,
    are_missed: Annotated[bool, Query(description="Only calls to us that nobody took")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
    call: Call = CALL,
) -> Response:
    """List calls, the newest first."""

    def work(tx: Transaction) -> CallsPage:
        page = service.calls_page(
            tx,
            person_id=person_id,
            lead_id=lead_id,
            owner_id=owner_id,
            are_messages=are_messages,
            are_missed=are_missed,
            cursor=cursor,
            limit=limit,
        )
        return CallsPage(items=_all_shown(call, tx, page.items), next_cursor=page.next_cursor)

    return call.read(work)


@router.get("/calls/unlogged", response_model=CallList)
def list_unlogged_calls(call: Call = CALL) -> Response:
    """List your calls that wait for your word on how they ended, the oldest first."""

    def work(tx: Transaction) -> CallList:
        waiting = service.unlogged_calls(tx, tx.actor.id) if tx.actor.id else []
        return CallList(items=_all_shown(call, tx, waiting))

    return call.read(work)


@router.get("/calls/{call_id}", response_model=CallOut)
def show_call(call_id: UUID, call: Call = CALL) -> Response:
    """Show a call."""
    return call.read(lambda tx: _shown(call, tx, service.call_by_id(tx, call_id)))


def _shown(call: Call, tx: Transaction, kept: Kept) -> CallOut:
    return _all_shown(call, tx, [kept])[0]


def _all_shown(call: Call, tx: Transaction, several: Sequence[Kept]) -> list[CallOut]:
    telephone = _telephone(call)
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
    exchange = _exchange(call)
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


@router.post("/calls/{call_id}/notes", response_model=PartOut)
def note(call_id: UUID, body: Noting, call: Call = CALL) -> Response:
    """Keep what you note of a call, in place of what you noted before; its entry takes it when it is logged."""
    return call.once(
        lambda tx: PartOut.model_validate(service.note(tx, call_id, body.notes), from_attributes=True)
    )


@router.post("/calls/{call_id}/log", status_code=201, response_model=ActivityOut)
def log_call(call_id: UUID, body: Logging, call: Call = CALL) -> Response:
    """Say how a call ended: it is logged with its lead. Said again, the entry is corrected."""
    return call.once(lambda tx: ActivityOut.of(service.log_call(tx, call_id, **dict(body))), status=201)


@router.post("/calls/{call_id}/caller", response_model=CallOut)
def name_caller(call_id: UUID, body: CallerNamed, call: Call = CALL) -> Response:
    """Say who a caller was whom nobody knew."""

    def work(tx: Transaction) -> CallOut:
        service.name_caller(tx, call_id, body.person_id)
        return _shown(call, tx, service.call_by_id(tx, call_id))

    return call.once(work)
