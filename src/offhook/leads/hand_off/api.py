"""Routes of hand-offs, their meetings, and of closing and reopening leads."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of
from offhook.leads.api import LeadOut
from offhook.leads.edge import Cursor, Limit, Sent, moment_and_id_in
from offhook.leads.hand_off import closing, service
from offhook.leads.hand_off.briefing_answer import BriefingOut
from offhook.leads.hand_off.model import HandOff, HandOffStatus, MeetingOutcome, Mode
from offhook.leads.hand_off.reasons import DISQUALIFY, LONGEST_NOTE, RECYCLE, REJECT
from offhook.leads.hand_off.rules import LONGEST_MEETING, SHORTEST_MEETING

router = APIRouter(tags=["hand-offs"])

MINUTES = (int(SHORTEST_MEETING / timedelta(minutes=1)), int(LONGEST_MEETING / timedelta(minutes=1)))
"""The fewest and most minutes of a meeting."""

Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
Afterwards = Annotated[
    AwareDatetime | None, Field(description="When it was done, told afterwards; now if left out")
]


class HandOffOut(BaseModel):
    """A lead passed to an AE."""

    id: UUID
    lead_id: UUID
    rep_id: UUID | None
    rep_team_id: UUID | None
    ae_id: UUID
    mode: Mode = Field(description="`live`: the AE joined the call; `scheduled`: a meeting is booked")
    meeting_at: datetime | None
    meeting_minutes: int = Field(description="How long the meeting is to be")
    meeting_outcome: MeetingOutcome | None
    briefing: BriefingOut = Field(description="All that the AE needs on one page; as it was then")
    explanation: dict[str, JsonValue] = Field(description="Why this AE; `text` says it in a sentence")
    status: HandOffStatus
    reason: str | None = Field(description="Why it was rejected or withdrawn")
    at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    confirmed_at: datetime | None = Field(description="When it became SQL")
    is_first: bool = Field(description="The lead's first hand-off: the one that counts as SAL")
    version: int

    @classmethod
    def of(cls, one: HandOff) -> "HandOffOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class NewHandOff(Sent):
    """How to hand off."""

    mode: Mode = Field(examples=["live"], description="`scheduled` needs `meeting_at`")
    meeting_at: AwareDatetime | None = None
    meeting_minutes: int = Field(
        default=30, ge=MINUTES[0], le=MINUTES[1], description="How long the meeting is to be"
    )
    allow_overlap: bool = Field(
        default=False, description="Book it although the AE has another meeting at the same time"
    )
    ae_id: UUID | None = Field(default=None, description="To whom; whom routing chooses if left out")
    note: Note = ""
    override: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)] | None = Field(
        default=None, description="Why without the verdict `in`; needs `criteria:write`"
    )
    at: Afterwards = None


class Decision(Sent):
    """A decision."""

    at: Afterwards = None


class Rejection(Decision):
    """Why it goes back to the rep."""

    reason: Annotated[
        str, Field(max_length=50, description="An agreed one: `GET /reasons`", examples=["criteria_not_met"])
    ]
    note: Note = Field(default="", description="Needed for `other`")


class Withdrawal(Decision):
    """Why it is taken back."""

    note: Note = ""


class Rescheduling(Sent):
    """When to meet instead."""

    meeting_at: AwareDatetime
    allow_overlap: bool = Field(
        default=False, description="Book it although the AE has another meeting at the same time"
    )


class MeetingTold(Decision):
    """What became of the meeting."""

    outcome: MeetingOutcome


class Recycling(Decision):
    """Why, and when it comes back."""

    reason: Annotated[str, Field(max_length=50, description="An agreed one: `GET /reasons`", examples=["not_now"])]
    until: date = Field(description="When it comes back")
    note: Note = ""


class Disqualification(Decision):
    """Why it is qualified out."""

    reason: Annotated[str, Field(max_length=50, description="An agreed one: `GET /reasons`", examples=["no_need"])]
    note: Note = ""


class ReasonTold(BaseModel):
    """An agreed reason."""

    purpose: Literal["reject", "recycle", "disqualify"]
    reason: str
    meaning: str


@router.get("/reasons", response_model=Page[ReasonTold])
def list_reasons(cursor: Cursor = None, limit: Limit = LARGEST_LIMIT, call: Call = CALL) -> Response:
    """List the agreed reasons to reject, recycle and disqualify; all on one page."""

    def work(tx: Transaction) -> Page[ReasonTold]:
        tx.require("leads:read")
        rows = [
            *(ReasonTold(purpose="reject", reason=word, meaning=told) for word, told in REJECT.items()),
            *(ReasonTold(purpose="recycle", reason=word, meaning=told) for word, told in RECYCLE.items()),
            *(ReasonTold(purpose="disqualify", reason=word, meaning=told) for word, told in DISQUALIFY.items()),
        ]
        return Page(items=rows if cursor is None else [], next_cursor=None)

    return call.read(work)


@router.get("/hand-offs", response_model=Page[HandOffOut])
def list_hand_offs(
    ae_id: Annotated[UUID | None, Query(description="Only those to this AE")] = None,
    rep_id: Annotated[UUID | None, Query(description="Only those of this rep")] = None,
    lead_id: Annotated[UUID | None, Query(description="Only those of this lead")] = None,
    status: Annotated[list[HandOffStatus] | None, Query(description="Only those that stand so")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List hand-offs, the newest first."""

    def work(tx: Transaction) -> Page[HandOffOut]:
        rows = service.hand_offs_page(
            tx,
            ae_id=ae_id,
            rep_id=rep_id,
            lead_id=lead_id,
            statuses=status,
            before=moment_and_id_in(cursor),
            limit=limit + 1,
        )
        found = [HandOffOut.of(row) for row in rows]
        return page_of(found, limit, lambda row: [row.at.isoformat(), str(row.id)])

    return call.read(work)


@router.get("/hand-offs/{hand_off_id}", response_model=HandOffOut)
def show_hand_off(hand_off_id: UUID, call: Call = CALL) -> Response:
    """Show one hand-off with its briefing."""
    return call.read(lambda tx: HandOffOut.of(service.hand_off_by_id(tx, hand_off_id)))


@router.post("/leads/{lead_id}/hand-off", status_code=201, response_model=HandOffOut)
def hand_off(lead_id: UUID, body: NewHandOff, call: Call = CALL) -> Response:
    """Pass a qualified lead to an AE with a briefing: it is SAL from now on."""
    return call.once(lambda tx: HandOffOut.of(service.hand_off(tx, lead_id, **dict(body))), status=201)


@router.post("/hand-offs/{hand_off_id}/accept", response_model=HandOffOut)
def accept(hand_off_id: UUID, body: Decision, call: Call = CALL) -> Response:
    """Take the lead."""
    return call.once(lambda tx: HandOffOut.of(service.accept(tx, hand_off_id, body.at)))


@router.post("/hand-offs/{hand_off_id}/reject", response_model=HandOffOut)
def reject(hand_off_id: UUID, body: Rejection, call: Call = CALL) -> Response:
    """Send the lead back to its rep, with an agreed reason."""
    return call.once(lambda tx: HandOffOut.of(service.reject(tx, hand_off_id, body.reason, body.note, body.at)))


@router.post("/hand-offs/{hand_off_id}/confirm", response_model=HandOffOut)
def confirm(hand_off_id: UUID, body: Decision, call: Call = CALL) -> Response:
    """Confirm after the first conversation that the lead meets the criteria: it is SQL."""
    return call.once(lambda tx: HandOffOut.of(service.confirm(tx, hand_off_id, body.at)))


@router.post("/hand-offs/{hand_off_id}/withdraw", response_model=HandOffOut)
def withdraw(hand_off_id: UUID, body: Withdrawal, call: Call = CALL) -> Response:
    """Take back a hand-off that is not decided yet."""
    return call.once(lambda tx: HandOffOut.of(service.withdraw(tx, hand_off_id, body.note, body.at)))


@router.post("/hand-offs/{hand_off_id}/reschedule", response_model=HandOffOut)
def reschedule(hand_off_id: UUID, body: Rescheduling, call: Call = CALL) -> Response:
    """Book the meeting at another time; also after it was missed."""
    return call.once(
        lambda tx: HandOffOut.of(
            service.reschedule(tx, hand_off_id, body.meeting_at, allow_overlap=body.allow_overlap)
        )
    )


@router.post("/hand-offs/{hand_off_id}/meeting", response_model=HandOffOut)
def record_meeting_outcome(hand_off_id: UUID, body: MeetingTold, call: Call = CALL) -> Response:
    """Tell what became of the meeting; it is logged as an activity too."""
    return call.once(
        lambda tx: HandOffOut.of(service.record_meeting_outcome(tx, hand_off_id, body.outcome, body.at))
    )


@router.post("/leads/{lead_id}/recycle", response_model=LeadOut, tags=["leads"])
def recycle(lead_id: UUID, body: Recycling, call: Call = CALL) -> Response:
    """Give a lead back to marketing, to come back on a date."""
    return call.once(
        lambda tx: LeadOut.of(closing.recycle(tx, lead_id, body.reason, body.until, body.note, body.at))
    )


@router.post("/leads/{lead_id}/disqualify", response_model=LeadOut, tags=["leads"])
def disqualify(lead_id: UUID, body: Disqualification, call: Call = CALL) -> Response:
    """Qualify a lead out, with an agreed reason."""
    return call.once(lambda tx: LeadOut.of(closing.disqualify(tx, lead_id, body.reason, body.note, body.at)))


@router.post("/leads/{lead_id}/reopen", response_model=LeadOut, tags=["leads"])
def reopen(lead_id: UUID, body: Decision, call: Call = CALL) -> Response:
    """Undo a recycling or disqualification: the lead goes on where it was."""
    return call.once(lambda tx: LeadOut.of(closing.reopen(tx, lead_id, body.at)))
