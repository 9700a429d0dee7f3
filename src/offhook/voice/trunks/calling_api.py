"""Routes of how people call: one's own settings, those of a user, those of the organisation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.voice.trunks import calling
from offhook.voice.trunks.edge import Sent, may_be_left_out
from offhook.voice.trunks.model import CallerPreference, CallingSettings, OrganisationCalling
from offhook.voice.trunks.rules import DEFAULT_RING, LONGEST_RING, SHORTEST_RING

router = APIRouter(prefix="/calling-settings", tags=["telephony"])

RingSeconds = Annotated[
    int,
    Field(
        ge=SHORTEST_RING, le=LONGEST_RING, description="How long their phone rings before voicemail", examples=[25]
    ),
]
Preference = Annotated[
    CallerPreference,
    Field(
        description="`organisation`: the default number; `local`: one near the called person; `fixed`: their own"
    ),
]
OwnNumber = Annotated[UUID | None, Field(description="One of the organisation's numbers")]


class CallingOut(BaseModel):
    """How a user calls."""

    user_id: UUID
    caller_preference: CallerPreference
    number_id: UUID | None = Field(description="Their own number")
    ring_seconds: int
    version: int = Field(description="0: they never said; send it to say so first")

    @classmethod
    def of(cls, settings: CallingSettings) -> "CallingOut":
        """The answer's shape."""
        return cls.model_validate(settings, from_attributes=True)


class CallingChange(Sent):
    """What is to change; what is left out stays."""

    caller_preference: Preference = may_be_left_out(CallerPreference.ORGANISATION)  # pyright: ignore[reportAssignmentType] # pydantic's field
    number_id: OwnNumber = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise
    ring_seconds: RingSeconds = may_be_left_out(DEFAULT_RING)  # pyright: ignore[reportAssignmentType] # likewise


class OrganisationCallingOut(BaseModel):
    """What holds for all who call."""

    default_number_id: UUID | None = Field(description="Shown when nobody and nothing says otherwise")
    emergency_trunk_id: UUID | None = Field(
        description="The trunk that reaches emergency services from where people sit; null: such calls are refused"
    )
    version: int = Field(description="0: nobody said yet; send it to say so first")

    @classmethod
    def of(cls, one: OrganisationCalling) -> "OrganisationCallingOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class OrganisationCallingChange(Sent):
    """What is to change; what is left out stays."""

    default_number_id: UUID | None = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # pydantic's field
    emergency_trunk_id: UUID | None = may_be_left_out(None)  # pyright: ignore[reportAssignmentType] # likewise


@router.get("/me", response_model=CallingOut)
def show_own_settings(call: Call = CALL) -> Response:
    """Show how you call: which number you show, how long your phone rings."""
    return call.read(lambda tx: CallingOut.of(calling.own_settings(tx)))


@router.patch("/me", response_model=CallingOut)
def change_own_settings(body: CallingChange, call: Call = CALL) -> Response:
    """Change how you call."""
    changes = body.changes()
    return call.edit(lambda tx, version: CallingOut.of(calling.change_own_settings(tx, version, changes)))


@router.get("/organisation", response_model=OrganisationCallingOut)
def show_organisation_calling(call: Call = CALL) -> Response:
    """Show what holds for all: the default caller number, the trunk of emergency calls."""

    def work(tx: Transaction) -> OrganisationCallingOut:
        tx.require("users:read")
        return OrganisationCallingOut.of(calling.organisation_calling(tx))

    return call.read(work)


@router.patch("/organisation", response_model=OrganisationCallingOut)
def change_organisation_calling(body: OrganisationCallingChange, call: Call = CALL) -> Response:
    """Change what holds for all who call."""
    changes = body.changes()
    return call.edit(
        lambda tx, version: OrganisationCallingOut.of(calling.change_organisation_calling(tx, version, changes))
    )


@router.get("/users/{user_id}", response_model=CallingOut)
def show_settings_of_a_user(user_id: UUID, call: Call = CALL) -> Response:
    """Show how a user calls."""
    return call.read(lambda tx: CallingOut.of(calling.settings_for(tx, user_id)))


@router.patch("/users/{user_id}", response_model=CallingOut)
def change_settings_of_a_user(user_id: UUID, body: CallingChange, call: Call = CALL) -> Response:
    """Change how a user calls."""
    changes = body.changes()
    return call.edit(lambda tx, version: CallingOut.of(calling.change_settings_for(tx, user_id, version, changes)))
