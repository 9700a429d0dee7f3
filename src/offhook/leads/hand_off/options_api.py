"""Routes for who is about to hand off: who could receive the lead and when, what the briefing would say."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.identity import Absence, User
from offhook.kernel.http import CALL, Call
from offhook.leads.api import ChoiceOut
from offhook.leads.hand_off.api import MINUTES
from offhook.leads.hand_off.availability import Slot
from offhook.leads.hand_off.briefing_answer import BriefingOut
from offhook.leads.hand_off.look import Look, look_at_briefing
from offhook.leads.hand_off.model import Mode
from offhook.leads.hand_off.options import Option, Options, hand_off_options
from offhook.leads.hand_off.reasons import LONGEST_NOTE
from offhook.leads.queue.window import zone_of

router = APIRouter(tags=["hand-offs"])


class ReceiverOut(BaseModel):
    """An AE, as far as a hand-off needs to know them."""

    id: UUID
    name: str
    email: str
    time_zone: str
    team_id: UUID | None
    capacity: int | None = Field(description="The most undecided hand-offs they take; null: no limit")

    @classmethod
    def of(cls, user: User) -> "ReceiverOut":
        """The answer's shape."""
        return cls.model_validate(user, from_attributes=True)


class AwayOut(BaseModel):
    """A time in which somebody is away."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, absence: Absence) -> "AwayOut":
        """The answer's shape."""
        return cls.model_validate(absence, from_attributes=True)


class SlotOut(BaseModel):
    """A time at which an AE is free."""

    starts_at: datetime = Field(description="Send it as `meeting_at` to book it")
    ends_at: datetime
    ae_local: datetime = Field(description="The beginning by the AE's clock, with its offset")
    person_local: datetime = Field(description="The beginning by the person's clock, with its offset")
    is_in_person_hours: bool = Field(description="On a weekday between 08:00 and 18:00 by the person's clock")

    @classmethod
    def of(cls, slot: Slot, ae: str, person: str) -> "SlotOut":
        """The answer's shape, by the clocks of these zones."""
        return cls(
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            ae_local=slot.starts_at.astimezone(zone_of(ae)),
            person_local=slot.starts_at.astimezone(zone_of(person)),
            is_in_person_hours=slot.is_in_person_hours,
        )


class OptionOut(BaseModel):
    """An AE who could receive the lead."""

    user: ReceiverOut
    is_chosen: bool = Field(description="Whom routing would choose: leave `ae_id` out to hand off to them")
    explanation: str = Field(description="Why it is their turn, or why not")
    undecided: int = Field(description="Hand-offs that wait for their decision")
    is_full: bool = Field(description="As many wait as they take; they can be named all the same")
    is_away: bool = Field(description="Away at this moment")
    absences: list[AwayOut] = Field(description="When they are away from now until `until`, soonest first")
    is_in_working_hours_now: bool
    is_in_meeting_now: bool = Field(description="In a meeting, or busy by their calendar")
    can_join_now: bool = Field(description="Whether a live hand-off meets them: at work, free, and not full")
    next_free: list[SlotOut] = Field(
        description="When they are free, in order; times at an odd hour for the person only where"
        " others are too few"
    )

    @classmethod
    def of(cls, option: Option, person_time_zone: str) -> "OptionOut":
        """The answer's shape."""
        return cls(
            user=ReceiverOut.of(option.user),
            is_chosen=option.is_chosen,
            explanation=option.explanation,
            undecided=option.undecided,
            is_full=option.is_full,
            is_away=option.is_away,
            absences=[AwayOut.of(one) for one in option.absences],
            is_in_working_hours_now=option.is_in_working_hours_now,
            is_in_meeting_now=option.is_in_meeting_now,
            can_join_now=option.can_join_now,
            next_free=[SlotOut.of(slot, option.user.time_zone, person_time_zone) for slot in option.next_free],
        )


class OptionsOut(BaseModel):
    """Who could receive a lead: whom routing would choose first, then the others of its pool."""

    person_time_zone: str
    choice: ChoiceOut = Field(description="What routing would choose now; without `user_id`: no AE can take it")
    since: datetime = Field(description="Slots begin from here on")
    until: datetime = Field(description="Slots end by here")
    items: list[OptionOut]

    @classmethod
    def of(cls, found: Options) -> "OptionsOut":
        """The answer's shape."""
        zone = found.lead.time_zone
        return cls(
            person_time_zone=zone,
            choice=ChoiceOut.of(found.choice),
            since=found.start,
            until=found.end,
            items=[OptionOut.of(one, zone) for one in found.items],
        )


@router.get("/leads/{lead_id}/hand-off-options", response_model=OptionsOut)
def list_options(
    lead_id: UUID,
    since: Annotated[
        AwareDatetime | None, Query(alias="from", description="Slots from here on; from now if left out")
    ] = None,
    days: Annotated[int, Query(ge=1, le=31, description="In so many days")] = 5,
    minutes: Annotated[int, Query(ge=MINUTES[0], le=MINUTES[1], description="How long the meeting is to be")] = 30,
    slots: Annotated[int, Query(ge=0, le=100, description="How many slots of each AE at most")] = 12,
    call: Call = CALL,
) -> Response:
    """Tell who could receive a lead, whose turn it is, and when each is free. Nothing is taken or booked."""
    return call.read(
        lambda tx: OptionsOut.of(
            hand_off_options(tx, lead_id, start=since, days=days, minutes=minutes, most=slots)
        )
    )


class LookOut(BaseModel):
    """A briefing as it would be sent now."""

    briefing: BriefingOut
    ae_id: UUID | None = Field(description="Whom it is for; null: no AE can take it now")
    obstacle: str | None = Field(description="Why the lead cannot be handed off as it is; null: it can")

    @classmethod
    def of(cls, look: Look) -> "LookOut":
        """The answer's shape."""
        briefing = BriefingOut.model_validate(look.briefing, from_attributes=True)
        return cls(briefing=briefing, ae_id=look.ae_id, obstacle=look.obstacle)


@router.get("/leads/{lead_id}/briefing", response_model=LookOut)
def look(
    lead_id: UUID,
    mode: Annotated[Mode, Query(description="How the AE is to meet the person")] = Mode.LIVE,
    meeting_at: Annotated[
        AwareDatetime | None, Query(description="When, if `scheduled`; may be left out until it is chosen")
    ] = None,
    ae_id: Annotated[UUID | None, Query(description="To whom; whom routing would choose if left out")] = None,
    note: Annotated[str, Query(max_length=LONGEST_NOTE, description="What you add for the AE")] = "",
    call: Call = CALL,
) -> Response:
    """Look at the briefing of a lead before it is handed off. Nothing is taken, booked or kept."""
    return call.read(
        lambda tx: LookOut.of(
            look_at_briefing(tx, lead_id, mode=mode, meeting_at=meeting_at, ae_id=ae_id, note=note)
        )
    )
