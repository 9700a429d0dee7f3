"""Routes of meetings: booked, moved, called off, told what became of them; and hand-offs with a meeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.calendar.meetings import booking, changing, listing
from offhook.calendar.meetings.hand_off import HandedOffWithMeeting, hand_off_with_meeting
from offhook.calendar.meetings.model import (
    REMINDERS,
    Answer,
    MailKind,
    MailStanding,
    Meeting,
    MeetingMail,
    MeetingState,
    RemoteState,
)
from offhook.calendar.meetings.rules import LONGEST_LOCATION, LONGEST_TITLE, MOST_REMINDERS
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads import Mode
from offhook.leads.edge import Cursor, Limit, Sent, moment_and_id_in
from offhook.leads.hand_off.api import MINUTES, HandOffOut, Note
from offhook.leads.hand_off.reasons import LONGEST_NOTE

router = APIRouter(prefix="/calendar", tags=["calendar"])

Language = Annotated[Literal["en", "es"], Field(description="What the person is written to in")]
Location = Annotated[str, Field(max_length=LONGEST_LOCATION, examples=["https://meet.acme.example/ada"])]
Reminders = Annotated[
    tuple[Annotated[int, Field(ge=5, le=20_160)], ...],
    Field(max_length=MOST_REMINDERS, description="How many minutes before the person is reminded"),
]
Overlap = Annotated[bool, Field(description="Book it although the host has something else then")]


class MeetingMailOut(BaseModel):
    """A mail about a meeting."""

    kind: MailKind
    sequence: int
    minutes: int = Field(description="Of a reminder: how long before")
    due_at: datetime
    state: MailStanding
    mail_id: UUID | None = Field(description="In the ledger of mails, which tells how far it is")
    problem: str = Field(description="Why it waits or failed")


class MeetingOut(BaseModel):
    """A meeting."""

    id: UUID
    host_id: UUID
    page_id: UUID | None
    person_id: UUID
    lead_id: UUID | None
    hand_off_id: UUID | None = Field(description="The hand-off that it follows")
    title: str
    location: str
    note: str = Field(description="What the person wrote")
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    because: str = Field(description="Why it was called off")
    address: str = Field(description="Who is invited; empty: nobody")
    answer: Answer = Field(description="What the person answered to the invitation")
    answered_at: datetime | None
    language: str
    time_zone: str = Field(description="The person's")
    reminder_minutes: list[int]
    remote_state: RemoteState = Field(description="How far it is in the host's calendar")
    remote_problem: str = Field(description="Why it is not there yet")
    booked_by: str
    created_at: datetime
    mails: list[MeetingMailOut]
    version: int

    @classmethod
    def of(cls, one: Meeting, mails: Sequence[MeetingMail]) -> "MeetingOut":
        """The answer's shape."""
        told = [MeetingMailOut.model_validate(each, from_attributes=True) for each in mails]
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "mails"}
        return cls(**plain, mails=told)


class NewMeetingIn(Sent):
    """A meeting to book."""

    lead_id: UUID
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=booking.SHORTEST, le=booking.LONGEST)] = 30
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)] | None = Field(
        default=None, description="Person and host if left out"
    )
    location: Location = ""
    host_id: UUID | None = Field(default=None, description="Whose time; your own if left out")
    invite: bool = Field(default=True, description="Mail the person an invitation, and reminders")
    language: Language = "en"
    reminder_minutes: Reminders = REMINDERS
    allow_overlap: Overlap = False


class Moving(Sent):
    """When to meet instead."""

    starts_at: AwareDatetime
    allow_overlap: Overlap = False


class CallingOff(Sent):
    """Why; the person reads it."""

    because: Annotated[str, Field(max_length=changing.LONGEST_REASON)] = ""


class OutcomeIn(Sent):
    """What became of it."""

    outcome: Literal["held", "no_show", "cancelled"]


class NewHandOffWithMeeting(Sent):
    """How to hand off, and whether the person is invited."""

    lead_id: UUID
    mode: Mode = Field(examples=["scheduled"], description="`scheduled` needs `meeting_at`; `live` has no meeting")
    meeting_at: AwareDatetime | None = None
    meeting_minutes: int = Field(default=30, ge=MINUTES[0], le=MINUTES[1])
    ae_id: UUID | None = Field(default=None, description="To whom; whom routing chooses if left out")
    note: Note = ""
    override: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)] | None = Field(
        default=None, description="Why without the verdict `in`; needs `criteria:write`"
    )
    allow_overlap: Overlap = False
    invite: bool = Field(default=True, description="Mail the person an invitation, and reminders")
    location: Location = ""
    language: Language = "en"
    reminder_minutes: Reminders = REMINDERS


class HandedOffOut(BaseModel):
    """A hand-off and its meeting; a live one has none."""

    hand_off: HandOffOut
    meeting: MeetingOut | None

    @classmethod
    def of(cls, made: HandedOffWithMeeting, mails: Sequence[MeetingMail]) -> "HandedOffOut":
        """The answer's shape."""
        meeting = MeetingOut.of(made.meeting, mails) if made.meeting else None
        return cls(hand_off=HandOffOut.of(made.hand_off), meeting=meeting)


def _out(tx: Transaction, one: Meeting) -> MeetingOut:
    """As it is on record now, with its mails and its version."""
    now = changing.meeting(tx, one.id)
    return MeetingOut.of(now, listing.mails_of(tx, [one.id]).get(one.id, []))


@router.get("/meetings", response_model=Page[MeetingOut])
def list_meetings(
    host_id: Annotated[UUID | None, Query(description="Only this user's")] = None,
    lead_id: Annotated[UUID | None, Query(description="Only with this lead")] = None,
    person_id: Annotated[UUID | None, Query(description="Only with this person")] = None,
    state: Annotated[list[MeetingState] | None, Query(description="Only those that stand so")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Only those that end after this")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List meetings in the order of their times."""

    def work(tx: Transaction) -> Page[MeetingOut]:
        rows = listing.meetings_page(
            tx,
            host_id=host_id,
            lead_id=lead_id,
            person_id=person_id,
            states=state,
            since=since,
            after=moment_and_id_in(cursor),
            limit=limit + 1,
        )
        mails = listing.mails_of(tx, [row.id for row in rows])
        found = [MeetingOut.of(row, mails.get(row.id, [])) for row in rows]
        return page_of(found, limit, lambda row: [row.starts_at.isoformat(), str(row.id)])

    return call.read(work)


@router.post("/meetings", status_code=201, response_model=MeetingOut)
def book(body: NewMeetingIn, call: Call = CALL) -> Response:
    """Book a time with a lead's person; they are invited by mail, and it is written to the host's calendar."""
    return call.once(lambda tx: _out(tx, booking.book(tx, **dict(body))), status=201)


@router.get("/meetings/{meeting_id}", response_model=MeetingOut)
def show_meeting(meeting_id: UUID, call: Call = CALL) -> Response:
    """Show one meeting and what was mailed about it."""
    return call.read(lambda tx: _out(tx, changing.meeting(tx, meeting_id)))


@router.post("/meetings/{meeting_id}/move", response_model=MeetingOut)
def move(meeting_id: UUID, body: Moving, call: Call = CALL) -> Response:
    """Move a meeting; who is invited is told, and so is the calendar. That of a hand-off moves the hand-off's."""
    return call.once(
        lambda tx: _out(tx, changing.move(tx, meeting_id, body.starts_at, is_forced=body.allow_overlap))
    )


@router.post("/meetings/{meeting_id}/call-off", response_model=MeetingOut)
def call_off(meeting_id: UUID, body: CallingOff, call: Call = CALL) -> Response:
    """Call a meeting off; who is invited is told, and it is taken off the calendar."""
    return call.once(lambda tx: _out(tx, changing.call_off(tx, meeting_id, body.because)))


@router.post("/meetings/{meeting_id}/outcome", response_model=MeetingOut)
def tell_outcome(meeting_id: UUID, body: OutcomeIn, call: Call = CALL) -> Response:
    """Tell what became of a meeting: it is logged, and counts for the show rate."""
    outcome = MeetingState(body.outcome)
    return call.once(lambda tx: _out(tx, changing.tell_outcome(tx, meeting_id, outcome)))


@router.post("/meetings/{meeting_id}/invite", response_model=MeetingOut)
def invite_again(meeting_id: UUID, call: Call = CALL) -> Response:
    """Try the mails of a meeting again that could not be sent, now."""
    return call.once(lambda tx: _out(tx, listing.try_mails_again(tx, meeting_id)))


@router.post("/hand-offs", status_code=201, response_model=HandedOffOut)
def hand_off(body: NewHandOffWithMeeting, call: Call = CALL) -> Response:
    """Pass a lead to an AE and book their time, invitation and all, in one step: all of it or nothing."""

    def work(tx: Transaction) -> HandedOffOut:
        told = dict(body)
        made = hand_off_with_meeting(tx, told.pop("lead_id"), **told)
        mails = listing.mails_of(tx, [made.meeting.id])[made.meeting.id] if made.meeting and body.invite else []
        return HandedOffOut.of(made, mails)

    return call.once(work, status=201)
