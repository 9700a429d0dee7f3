"""Routes of the timeline: everything that happened with a person, and what became of their leads."""

from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.activities.api import ActivityOut
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.events import StoredEvent
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, read_cursor, write_cursor
from offhook.leads.campaigns.api import ResponseOut
from offhook.leads.edge import Cursor, Limit
from offhook.leads.timeline import service
from offhook.leads.timeline.model import Moment

router = APIRouter(tags=["leads"])

MomentKind = Literal[
    "response.received",
    "activity.logged",
    "lead.opened",
    "lead.became_mql",
    "lead.assigned",
    "lead.answered",
    "lead.handed_off",
    "lead.accepted",
    "lead.rejected",
    "lead.withdrawn",
    "lead.confirmed",
    "lead.recycled",
    "lead.disqualified",
    "lead.reopened",
    "meeting.booked",
    "meeting.held",
    "meeting.missed",
    "meeting.cancelled",
    "meeting.rescheduled",
    "sla.breached",
    "person.merged",
    "person.unmerged",
]


class AnsweredOut(BaseModel):
    """A question and what was answered."""

    question: str = Field(description="Its key")
    text: str = Field(description="In words, as its edition has them")
    value: JsonValue = Field(description="null: asked, and not known")


class MomentOut(BaseModel):
    """Something that happened; each deed is told once, in its latest form."""

    id: UUID = Field(description="Of the event")
    at: datetime
    kind: MomentKind
    actor_id: UUID | None = Field(description="The user who did it; null: the system, a form, a program")
    lead_id: UUID | None
    activity: ActivityOut | None = Field(description="Of `activity.logged`: the entry")
    was: ActivityOut | None = Field(description="The entry that this one corrects")
    response: ResponseOut | None = Field(description="Of `response.received`")
    answers: list[AnsweredOut] = Field(description="Of `lead.answered`: those that were given together")
    data: dict[str, JsonValue] = Field(description="As the event has it (docs/webhooks.md)")

    @classmethod
    def of(cls, moment: Moment) -> "MomentOut":
        """The answer's shape."""
        event = moment.event
        return cls(
            id=event.id,
            at=event.at,
            kind=cast("MomentKind", event.kind),
            actor_id=_user_in(event.actor),
            lead_id=moment.lead_id,
            activity=ActivityOut.of(moment.activity) if moment.activity else None,
            was=ActivityOut.of(moment.was) if moment.was else None,
            response=ResponseOut.of(moment.response) if moment.response else None,
            answers=[
                AnsweredOut(question=one.question, text=one.text, value=cast("JsonValue", one.value))
                for one in moment.answers
            ],
            data=cast("dict[str, JsonValue]", event.data),
        )


def _user_in(actor: str) -> UUID | None:
    kind, _, identifier = actor.partition(":")
    return UUID(identifier) if kind == "user" and identifier else None


@router.get("/persons/{person_id}/timeline", response_model=Page[MomentOut])
def show_timeline_of_person(
    person_id: UUID, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL
) -> Response:
    """Show everything that happened with a person, the newest first; also of those merged into them."""
    before = _place_in(cursor)
    return call.read(lambda tx: _page(*service.timeline(tx, person_id, before, limit)))


@router.get("/leads/{lead_id}/timeline", response_model=Page[MomentOut])
def show_timeline_of_lead(
    lead_id: UUID, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL
) -> Response:
    """Show everything that happened with a lead's person, whichever lead it was about."""
    before = _place_in(cursor)

    def work(tx: Transaction) -> Page[MomentOut]:
        return _page(*service.timeline_of_lead(tx, lead_id, before, limit))

    return call.read(work)


def _page(moments: list[Moment], last: StoredEvent | None) -> Page[MomentOut]:
    cursor = write_cursor([last.at.isoformat(), last.position]) if last else None
    return Page[MomentOut](items=[MomentOut.of(one) for one in moments], next_cursor=cursor)


def _place_in(cursor: str | None) -> tuple[datetime, int] | None:
    key = read_cursor(cursor, 2)
    if key is None:
        return None
    try:
        at = datetime.fromisoformat(str(key[0]))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not isinstance(key[1], int) or not 0 <= key[1] < 2**63:
        raise Invalid(
            "The cursor is not one of this list. Leave it out to begin at the first page.",
            fields=[FieldError("cursor", "not a cursor of this list", cursor)],
        )
    return at, key[1]
