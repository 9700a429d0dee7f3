"""Routes of the work queue: see it, claim from it, give back, put off."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.http import CALL, Call
from offhook.leads.api import LeadOut
from offhook.leads.edge import Sent
from offhook.leads.queue import service
from offhook.leads.queue.model import QueueItem

router = APIRouter(tags=["queue"])

RepQuery = Annotated[UUID | None, Query(description="Whose queue; yours if left out")]


class ContactOut(BaseModel):
    """Whom a lead is about."""

    person_id: UUID
    name: str | None
    title: str | None
    company: str | None
    phones: list[str] = Field(description="E.164, the main one first; `;ext=` and what to dial then")
    emails: list[str]
    do_not_call: bool
    do_not_email: bool


class WhyOut(BaseModel):
    """One thing that moved a lead up or down the queue."""

    kind: str
    points: float
    text: str


class QueueItemOut(BaseModel):
    """A lead in the queue: whom to touch, and why now."""

    lead: LeadOut
    contact: ContactOut
    points: float = Field(description="The sum of the reasons; who may be called comes first all the same")
    may_call: bool = Field(description="The calling rules allow it now: hours, caps, lists, wishes")
    window_changes_at: datetime = Field(description="Until when calls are allowed or, not now, from when on")
    local_time: str = Field(description="The person's wall clock")
    reasons: list[WhyOut]
    claimed_until: datetime | None = Field(description="Until when this rep holds it; null: not held")

    @classmethod
    def of(cls, item: QueueItem) -> "QueueItemOut":
        """The answer's shape."""
        return cls.model_validate(item, from_attributes=True)


class QueueOut(BaseModel):
    """The head of a rep's queue, best first. It has no pages: what comes later is ranked when it is its turn."""

    rep_id: UUID
    items: list[QueueItemOut]


class NextOut(BaseModel):
    """The next best lead, claimed."""

    item: QueueItemOut | None = Field(description="null: nothing is due")


class GivenBack(BaseModel):
    """Which claims ended."""

    lead_ids: list[UUID]


class Claiming(Sent):
    """For whom, and how long."""

    rep_id: UUID | None = Field(default=None, description="Yourself if left out; others need `leads:assign`")
    minutes: Annotated[int, Field(ge=1, le=480)] | None = Field(
        default=None, description="How long to hold it; 15 if left out"
    )


class ForRep(Sent):
    """For whom."""

    rep_id: UUID | None = Field(default=None, description="Yourself if left out; others need `leads:assign`")


class Snoozing(Sent):
    """Until when."""

    until: AwareDatetime = Field(description="Not offered before; at most a year away")


def _rep(tx: Transaction, rep_id: UUID | None) -> UUID:
    if rep_id is not None:
        return rep_id
    if tx.actor.id is None:
        raise Invalid("Say which rep.", fields=[FieldError("rep_id", "is missing")])
    return tx.actor.id


@router.get("/queue", response_model=QueueOut)
def show_queue(
    rep_id: RepQuery = None,
    limit: Annotated[int, Query(ge=1, le=service.MOST, description="How many at most")] = 20,
    call: Call = CALL,
) -> Response:
    """Show the head of a rep's queue, each lead with why it stands there; claims nothing."""

    def work(tx: Transaction) -> QueueOut:
        tx.require("leads:read")
        rep = _rep(tx, rep_id)
        return QueueOut(rep_id=rep, items=[QueueItemOut.of(item) for item in service.queue_of(tx, rep, limit)])

    return call.read(work)


@router.get("/queue/claims", response_model=QueueOut)
def show_claims(rep_id: RepQuery = None, call: Call = CALL) -> Response:
    """Show what a rep holds now."""

    def work(tx: Transaction) -> QueueOut:
        tx.require("leads:read")
        rep = _rep(tx, rep_id)
        return QueueOut(rep_id=rep, items=[QueueItemOut.of(item) for item in service.claims(tx, rep)])

    return call.read(work)


@router.post("/queue/next", response_model=NextOut)
def claim_next(body: Claiming, call: Call = CALL) -> Response:
    """Claim the next best lead: no other rep is given it meanwhile. What the rep held before is given back."""

    def work(tx: Transaction) -> NextOut:
        tx.require("leads:work")
        item = service.claim_next(tx, _rep(tx, body.rep_id), minutes=body.minutes)
        return NextOut(item=QueueItemOut.of(item) if item else None)

    return call.once(work)


@router.post("/queue/give-back", response_model=GivenBack)
def give_all_back(body: ForRep, call: Call = CALL) -> Response:
    """Give back all that a rep holds."""

    def work(tx: Transaction) -> GivenBack:
        tx.require("leads:work")
        return GivenBack(lead_ids=service.give_back(tx, _rep(tx, body.rep_id)))

    return call.once(work)


@router.post("/leads/{lead_id}/claim", response_model=QueueItemOut)
def claim(lead_id: UUID, body: Claiming, call: Call = CALL) -> Response:
    """Claim this very lead, due or not."""

    def work(tx: Transaction) -> QueueItemOut:
        tx.require("leads:work")
        return QueueItemOut.of(service.claim(tx, _rep(tx, body.rep_id), lead_id, minutes=body.minutes))

    return call.once(work)


@router.post("/leads/{lead_id}/give-back", response_model=GivenBack)
def give_back(lead_id: UUID, body: ForRep, call: Call = CALL) -> Response:
    """Give one lead back, so that others can claim it."""

    def work(tx: Transaction) -> GivenBack:
        tx.require("leads:work")
        return GivenBack(lead_ids=service.give_back(tx, _rep(tx, body.rep_id), lead_id))

    return call.once(work)


@router.post("/leads/{lead_id}/snooze", response_model=LeadOut)
def snooze(lead_id: UUID, body: Snoozing, call: Call = CALL) -> Response:
    """Do not offer a lead before then."""
    return call.once(lambda tx: LeadOut.of(service.snooze(tx, lead_id, body.until)))
