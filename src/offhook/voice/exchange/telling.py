"""A running call as it is shown to one user: plain, with what they may do now. Pure.

What somebody may do is found by asking the machine: a command that would be refused, or change nothing, is not
offered. So screens need no rules of their own.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from offhook.kernel.errors import Conflict
from offhook.voice.calls import inputs as i
from offhook.voice.calls.machine import decide
from offhook.voice.calls.model import (
    Bringing,
    Call,
    Candidate,
    Leg,
    LegState,
    Part,
    Place,
    Recording,
)
from offhook.voice.exchange.live import Live

SOMEBODY = UUID(int=0)
"""A user for trying whether somebody could be brought in."""


class LegNow(BaseModel):
    """One party."""

    id: str
    part: str = Field(description="person, owner, colleague")
    kind: str = Field(description="phone, device")
    state: str = Field(description="dialing, ringing, up")
    place: str = Field(description="talk, hold")
    name: str | None
    user_id: UUID | None
    number: str | None
    is_muted: bool
    is_away: bool = Field(description="Its browser lost the link; it is waited for")


class QualityNow(BaseModel):
    """How the person's line fares."""

    loss: float = Field(description="Share of packets lost, 0 to 1")
    jitter: float | None = Field(description="Milliseconds")
    mos: float = Field(description="1 to 5, by ITU-T G.107")
    is_one_way: bool = Field(description="Only one side can be heard")


class CallNow(BaseModel):
    """A running call, as it stands for one user."""

    id: UUID
    direction: str
    status: str = Field(description="dialing, ringing, talking, message, ended")
    owner_id: UUID | None
    person_id: UUID | None
    lead_id: UUID | None
    person_name: str | None
    company: str | None
    number: str | None
    own_number: str | None
    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    code: int | None = Field(description="SIP code of a refusal")
    heard: str | None = Field(description="human, machine: who answered, by the sound")
    recording: str = Field(description="off, on, paused")
    recording_consent: str
    announces: bool = Field(description="The announcement that the call is recorded is playing")
    has_early_media: bool = Field(description="The network plays its own ringing; play none")
    is_held: bool
    bringing: str | None = Field(description="consult, transfer, hand_off: what colleagues are brought in for")
    message_left: bool
    is_internal: bool = Field(description="Between colleagues, by extension: no network, no lead, nothing to log")
    legs: list[LegNow]
    quality: QualityNow | None
    may: list[str] = Field(description="What you may do now: paths under /calls/{id}/")
    now: datetime = Field(description="The server's clock, to count from")


def call_now(live: Live, user_id: UUID | None, now: datetime) -> CallNow:
    """A call for a user; None: for somebody who does not take part."""
    call = live.call
    person = call.person
    return CallNow(
        id=call.id,
        direction=call.direction.value,
        status=call.status.value,
        owner_id=call.owner_id,
        person_id=live.about.person_id,
        lead_id=live.about.lead_id,
        person_name=_name_for(live, user_id),
        company=live.shown.company,
        number=live.about.number,
        own_number=live.about.own_number,
        opened_at=call.opened_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        cause=call.cause.value if call.cause else None,
        code=call.code,
        heard=call.heard.value if call.heard else None,
        recording=call.recording.value,
        recording_consent=call.terms.consent.value,
        announces=call.recording is Recording.OFF and Place.TALK in call.playing and call.answered_at is not None,
        has_early_media=live.has_early_media,
        is_held=person is not None and not person.is_over and person.place is Place.HOLD,
        bringing=call.bringing.value if call.bringing else None,
        message_left=call.message_left,
        is_internal=call.is_internal,
        legs=[_leg_now(leg, live) for leg in call.running()],
        quality=QualityNow.model_validate(live.quality, from_attributes=True) if live.quality else None,
        may=[] if user_id is None else may(call, user_id, now),
        now=now,
    )


def _name_for(live: Live, user_id: UUID | None) -> str | None:
    """Who is at the other end; for a colleague who was called that is whoever called them."""
    person, owner = live.call.person, live.call.owner_id
    is_called = person is not None and person.user_id is not None and person.user_id == user_id
    return live.shown.users.get(owner) if is_called and owner else live.shown.person_name


def _leg_now(leg: Leg, live: Live) -> LegNow:
    name = live.shown.users.get(leg.user_id) if leg.user_id else None
    return LegNow(
        id=leg.id,
        part=leg.part.value,
        kind=leg.kind.value,
        state=leg.state.value,
        place=leg.place.value,
        name=live.shown.person_name if leg.part is Part.PERSON else name,
        user_id=leg.user_id,
        number=leg.number,
        is_muted=leg.is_muted,
        is_away=leg.is_away,
    )


def own_leg(call: Call, user_id: UUID) -> Leg | None:
    """A user's running leg in a call."""
    return next((leg for leg in call.running() if leg.user_id == user_id), None)


def may(call: Call, user_id: UUID, now: datetime) -> list[str]:
    """The commands that a user may give now, by the names of their routes."""
    leg = own_leg(call, user_id)
    if leg is None or call.is_over:
        return []
    if leg.state is LegState.RINGING:
        return ["take", "decline"]
    if leg.part is not Part.OWNER:
        return ["mute", "hang-up"]
    tried: Mapping[str, i.Command] = {
        "hold": i.Hold(),
        "resume": i.Resume(),
        "bring": i.Bring(Bringing.CONSULT, (Candidate("tried", SOMEBODY),)),
        "drop": i.Drop(),
        "leave": i.Leave(),
        "press": i.Press("1"),
        "record": i.Record(is_on=call.recording is not Recording.ON),
        "leave-message": i.LeaveMessage(),
    }
    return ["mute", "hang-up", *(name for name, command in tried.items() if _would_do(call, command, now))]


def _would_do(call: Call, command: i.Command, now: datetime) -> bool:
    try:
        return bool(decide(call, command, now))
    except Conflict:
        return False
