"""Routes that read the record. Logging changes leads, so those routes are `leads`'s (`leads/touch/api.py`)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.activities import service
from offhook.activities.model import OUTCOMES, Activity, Direction, Disposition, Kind
from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page

router = APIRouter(tags=["activities"])

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]


class ActivityOut(BaseModel):
    """One entry of the record. Entries are never changed; a later one may correct this one."""

    id: UUID
    at: datetime = Field(description="When it was done")
    recorded_at: datetime
    kind: Kind
    direction: Direction
    person_id: UUID
    account_id: UUID | None
    lead_id: UUID | None
    user_id: UUID | None = Field(description="Who did it")
    team_id: UUID | None = Field(description="Their team then")
    disposition: Disposition | None = Field(description="How it ended, in the rep's words")
    is_connect: bool = Field(description="A call that a human answered")
    is_conversation: bool = Field(description="A connect with the intended person of the team's minimum talk time")
    seconds: int | None = Field(description="Talk time, or length of a meeting")
    subject: str
    body: str
    corrects: UUID | None = Field(description="The entry that this one replaces")
    external_key: str | None = Field(description="The engine's own id")
    data: dict[str, JsonValue]

    @classmethod
    def of(cls, entry: Activity) -> "ActivityOut":
        """The answer's shape."""
        return cls.model_validate(entry, from_attributes=True)


class DispositionOut(BaseModel):
    """What a disposition means for the counts."""

    disposition: Disposition
    kinds: list[Kind] = Field(description="The activities that can end so")
    meaning: str
    is_connect: bool = Field(description="A human answered (calls only)")
    reaches_person: bool = Field(description="The intended person, or one who speaks for them")


@router.get("/activities", response_model=Page[ActivityOut])
def list_activities(
    person_id: Annotated[UUID | None, Query(description="What was done with this person")] = None,
    lead_id: Annotated[UUID | None, Query(description="What was done on this lead")] = None,
    user_id: Annotated[UUID | None, Query(description="What this user did")] = None,
    with_corrected: Annotated[bool, Query(description="Also entries that were corrected since")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List what was done with a person, on a lead or by a user, the newest first. Name at least one of them."""

    def work(tx: Transaction) -> Page[ActivityOut]:
        found = service.timeline(
            tx,
            person_id=person_id,
            lead_id=lead_id,
            user_id=user_id,
            cursor=cursor,
            limit=limit,
            with_corrected=with_corrected,
        )
        return Page(items=[ActivityOut.of(entry) for entry in found.items], next_cursor=found.next_cursor)

    return call.read(work)


@router.get("/activities/{activity_id}", response_model=ActivityOut)
def show_activity(activity_id: UUID, call: Call = CALL) -> Response:
    """Show one entry."""
    return call.read(lambda tx: ActivityOut.of(service.activity(tx, activity_id)))


@router.get("/dispositions", response_model=Page[DispositionOut])
def list_dispositions(cursor: Cursor = None, limit: Limit = LARGEST_LIMIT, call: Call = CALL) -> Response:
    """List how activities can end, and what each counts as; all on one page."""

    def work(tx: Transaction) -> Page[DispositionOut]:
        tx.require("leads:read")
        rows = [
            DispositionOut(
                disposition=disposition,
                kinds=sorted(outcome.kinds),
                meaning=outcome.meaning,
                is_connect=outcome.is_connect,
                reaches_person=outcome.reaches_person,
            )
            for disposition, outcome in OUTCOMES.items()
        ]
        return Page(items=rows if cursor is None else [], next_cursor=None)

    return call.read(work)
