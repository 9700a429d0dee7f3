"""What a call came to, pure: who took part for how long, and the disposition that is suggested to each.

Suggested from what happened: the SIP code of a refusal, what was heard, how long was talked. The rep's word
counts; where none comes, the suggestion is what is logged.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.activities import Direction, Disposition
from offhook.voice.calls.model import Call, Cause, Heard, Leg, LegKind, Part, Status
from offhook.voice.sip.causes import cause_of

HUNG_UP_SECONDS = 8
"""Whoever hangs up on us within this time did not talk."""


@dataclass(frozen=True, slots=True)
class Taking:
    """How one user took part: `talked_at` since when they talked with the person, None if they never did."""

    user_id: UUID
    part: Part
    began_at: datetime
    talked_at: datetime | None
    ended_at: datetime | None
    seconds: int

    @property
    def is_over(self) -> bool:
        """Whether their part has ended."""
        return self.ended_at is not None


def takings(call: Call) -> list[Taking]:
    """The users who took part, in the order of their legs; whoever was only rung did not."""
    found: dict[UUID, Taking] = {}
    for leg in call.legs.values():
        if leg.kind is LegKind.DEVICE and leg.user_id is not None and leg.up_at is not None:
            found[leg.user_id] = _with(found.get(leg.user_id), _taking(call, leg, leg.user_id, leg.up_at))
    return list(found.values())


def _with(earlier: Taking | None, later: Taking) -> Taking:
    """Somebody who was in the call twice (a transfer that came back) took part once."""
    if earlier is None:
        return later
    talked_at = earlier.talked_at or later.talked_at
    seconds = earlier.seconds + later.seconds
    return Taking(later.user_id, earlier.part, earlier.began_at, talked_at, later.ended_at, seconds)


def _taking(call: Call, leg: Leg, user_id: UUID, up_at: datetime) -> Taking:
    began_at = call.opened_at if call.direction is Direction.OUTBOUND and leg.part is Part.OWNER else up_at
    talked_at = talked_since(call, leg, up_at)
    over_at = leg.over_at or call.ended_at
    seconds = round((over_at - talked_at).total_seconds()) if talked_at and over_at else 0
    return Taking(user_id, leg.part, min(began_at, up_at), talked_at, over_at, max(0, seconds))


def talked_since(call: Call, leg: Leg, up_at: datetime) -> datetime | None:
    """Since when a leg's user talks with the person."""
    if call.answered_at is None:
        return None
    if leg.joined_at is not None:
        return leg.joined_at
    return max(call.answered_at, up_at) if leg.part is not Part.COLLEAGUE else None


def suggested(call: Call, talk_seconds: int, minimum_talk_seconds: int) -> Disposition:
    """The disposition that fits somebody who talked with the person for so long (0: not at all)."""
    if call.message_left or (call.direction is Direction.OUTBOUND and call.status is Status.MESSAGE):
        return Disposition.LEFT_VOICEMAIL
    if call.heard is Heard.MACHINE:
        return Disposition.VOICEMAIL
    if call.answered_at is None:
        by_code = cause_of(call.code).disposition if call.cause is Cause.REFUSED and call.code else None
        return by_code or Disposition.NO_ANSWER
    if talk_seconds >= minimum_talk_seconds:
        return Disposition.CONVERSATION
    if call.cause is Cause.HUNG_UP and talk_seconds <= HUNG_UP_SECONDS:
        return Disposition.HUNG_UP
    return Disposition.CONNECTED
