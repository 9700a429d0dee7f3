"""Routes that log activities and correct them; reading them is `activities/api.py`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field, JsonValue

from offhook.activities import (
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_SECONDS,
    LONGEST_SUBJECT,
    Direction,
    Disposition,
    Kind,
)
from offhook.activities.api import ActivityOut
from offhook.kernel.http import CALL, Call
from offhook.leads.edge import Sent
from offhook.leads.touch import service

router = APIRouter(tags=["activities"])

Seconds = Annotated[int, Field(ge=0, le=LONGEST_SECONDS, description="Talk time, or length of a meeting")]
Subject = Annotated[str, Field(max_length=LONGEST_SUBJECT)]
Body = Annotated[str, Field(max_length=LONGEST_BODY)]


class NewActivityIn(Sent):
    """What was done. Name the lead or the person; with the person, their open lead is found."""

    kind: Kind = Field(examples=["note"])
    lead_id: UUID | None = None
    person_id: UUID | None = None
    direction: Direction | None = Field(
        default=None, description="`outbound` if left out; a note is always `internal`"
    )
    disposition: Disposition | None = Field(
        default=None, description="How it ended; `GET /dispositions` tells which there are"
    )
    seconds: Seconds | None = None
    subject: Subject = ""
    body: Body = ""
    at: AwareDatetime | None = Field(default=None, description="When it was done; now if left out")
    user_id: UUID | None = Field(
        default=None, description="Who did it; yourself if left out. Others' need `leads:assign`"
    )
    call_back_at: AwareDatetime | None = Field(default=None, description="When the person asked to be called")
    external_key: Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)] | None = Field(
        default=None, description="Your own id of it: told again, it is logged once"
    )
    data: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue], description="Anything else")


class Correction(Sent):
    """What was wrong; what is left out stays."""

    kind: Kind | None = None
    direction: Direction | None = None
    disposition: Disposition | None = None
    seconds: Seconds | None = None
    subject: Subject | None = None
    body: Body | None = None
    at: AwareDatetime | None = None


@router.post("/activities", status_code=201, response_model=ActivityOut)
def log_activity(body: NewActivityIn, call: Call = CALL) -> Response:
    """Log what was done with a person: their lead, its promise and its next touch follow."""
    return call.once(lambda tx: ActivityOut.of(service.log_activity(tx, **dict(body))), status=201)


@router.post("/activities/{activity_id}/correct", status_code=201, response_model=ActivityOut)
def correct_activity(activity_id: UUID, body: Correction, call: Call = CALL) -> Response:
    """Correct an entry by a later one, which is the answer; the lead is counted again."""
    changes = body.model_dump(exclude_unset=True)
    return call.once(lambda tx: ActivityOut.of(service.correct_activity(tx, activity_id, changes)), status=201)
