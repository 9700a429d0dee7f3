"""Routes of leads themselves: find and look at them, open, assign and take them, see why somebody has one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, JsonValue

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads import store
from offhook.leads.campaigns.api import ResponseOut
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.leads.model import Lead, Stage, Verdict
from offhook.leads.responses.service import open_outbound_lead, responses_of_lead
from offhook.leads.routing import service as routing
from offhook.leads.routing.model import Assignment, Because, Choice
from offhook.leads.sla.model import Promise, Timer, TimerState
from offhook.leads.sla.service import timers

router = APIRouter(tags=["leads"])


class ReasonOut(BaseModel):
    """One rule's part in the score."""

    name: str
    kind: str = Field(description="`fit`: who they are; `engagement`: what they did, which decays")
    points: float = Field(description="As of `scored_at`: of engagement, what is left of it then")


class LeadOut(BaseModel):
    """A lead: one qualification pass over one person."""

    id: UUID
    person_id: UUID
    account_id: UUID | None
    campaign_id: UUID | None = Field(description="Of the response that opened it; null: outbound")
    stage: Stage
    is_open: bool = Field(description="Not closed and not an SQL yet; a person has at most one such lead")
    owner_id: UUID | None = Field(description="The rep who works it")
    team_id: UUID | None = Field(description="The rep's team; without a rep, whose pool it waits in")
    ae_id: UUID | None = Field(description="Who received it in a hand-off")
    score: float = Field(description="Fit and engagement together, 0 to 100, as of `scored_at`")
    fit: float
    engagement: float
    scored_at: datetime
    score_reasons: list[ReasonOut]
    opened_at: datetime
    mql_at: datetime | None
    assigned_at: datetime | None
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    conversed_at: datetime | None
    attempts: int
    attempts_to_contact: int | None
    next_touch_at: datetime | None
    next_touch_because: str | None
    next_touch_note: str | None = Field(description="What whoever planned that touch says of it")
    sal_at: datetime | None
    sql_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    recycle_until: date | None
    verdict: Verdict
    criteria_id: UUID | None
    time_zone: str = Field(description="The person's, for the calling window")
    due_at: datetime | None = Field(description="Earliest limit of a running promise")
    claimed_by: UUID | None
    claimed_until: datetime | None
    version: int

    @classmethod
    def of(cls, lead: Lead) -> "LeadOut":
        """The answer's shape."""
        return cls.model_validate(lead, from_attributes=True)


class ChoiceOut(BaseModel):
    """Whom a lead goes to, and why."""

    user_id: UUID | None
    team_id: UUID | None
    because: Because
    explanation: dict[str, JsonValue] = Field(description="`text` says it in a sentence")

    @classmethod
    def of(cls, choice: Choice | Assignment) -> "ChoiceOut":
        """The answer's shape."""
        return cls.model_validate(choice, from_attributes=True)


class AssignmentOut(ChoiceOut):
    """Who had a lead since when, and why."""

    id: UUID
    at: datetime


class PromiseOut(BaseModel):
    """A promise on a lead and how it stands."""

    promise: Promise
    state: TimerState
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    reassign_at: datetime | None
    ended_at: datetime | None
    hand_off_id: UUID | None

    @classmethod
    def of(cls, timer: Timer) -> "PromiseOut":
        """The answer's shape."""
        return cls.model_validate(timer, from_attributes=True)


class NewLead(Sent):
    """An outbound lead to open."""

    person_id: UUID
    rep_id: UUID | None = Field(default=None, description="Whose it is; who sends this if left out")


class NewAssignment(Sent):
    """To whom; with neither rep nor team, to whom routing chooses."""

    user_id: UUID | None = Field(default=None, description="A rep")
    team_id: UUID | None = Field(default=None, description="Into this team's pool")
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("/leads", response_model=Page[LeadOut])
def list_leads(
    stage: Annotated[Stage | None, Query(description="Only in this stage")] = None,
    owner_id: Annotated[UUID | None, Query(description="Only this rep's")] = None,
    team_id: Annotated[UUID | None, Query(description="Only this team's")] = None,
    campaign_id: Annotated[
        UUID | None, Query(description="Only those that a response to it opened or fed")
    ] = None,
    person_id: Annotated[UUID | None, Query(description="Only of this person")] = None,
    account_id: Annotated[UUID | None, Query(description="Only of this account")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List leads in the order in which they were added."""

    def work(tx: Transaction) -> Page[LeadOut]:
        tx.require("leads:read")
        rows = store.leads_page(
            tx,
            stage=stage,
            owner_id=owner_id,
            team_id=team_id,
            campaign_id=campaign_id,
            person_id=person_id,
            account_id=account_id,
            after=id_in(cursor),
            limit=limit + 1,
        )
        return page_of([LeadOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/leads", status_code=201, response_model=LeadOut)
def open_lead(body: NewLead, call: Call = CALL) -> Response:
    """Open an outbound lead on a person who did not respond; it begins in stage `working`."""
    return call.once(lambda tx: LeadOut.of(open_outbound_lead(tx, body.person_id, body.rep_id)), status=201)


@router.get("/leads/{lead_id}", response_model=LeadOut)
def show_lead(lead_id: UUID, call: Call = CALL) -> Response:
    """Show one lead."""

    def work(tx: Transaction) -> LeadOut:
        tx.require("leads:read")
        return LeadOut.of(store.load_lead(tx, lead_id))

    return call.read(work)


@router.post("/leads/{lead_id}/assign", response_model=LeadOut)
def assign(lead_id: UUID, body: NewAssignment, call: Call = CALL) -> Response:
    """Assign a lead; an inquiry becomes an MQL by it."""
    return call.once(
        lambda tx: LeadOut.of(
            routing.assign(tx, lead_id, user_id=body.user_id, team_id=body.team_id, note=body.note)
        )
    )


@router.post("/leads/{lead_id}/take", response_model=LeadOut)
def take(lead_id: UUID, call: Call = CALL) -> Response:
    """Take a lead that nobody has yet, from a pool or as an inquiry, to work it yourself."""

    def work(tx: Transaction) -> LeadOut:
        tx.require("leads:work")
        return LeadOut.of(routing.take_for_me(tx, lead_id))

    return call.once(work)


class AssignmentsOut(BaseModel):
    """Why somebody has a lead: all assignments, the last first."""

    items: list[AssignmentOut]


@router.get("/leads/{lead_id}/assignments", response_model=AssignmentsOut)
def list_assignments(lead_id: UUID, call: Call = CALL) -> Response:
    """Tell who had a lead and why ("why me?"), the last first."""
    return call.read(
        lambda tx: AssignmentsOut(
            items=[AssignmentOut.model_validate(a, from_attributes=True) for a in routing.assignments(tx, lead_id)]
        )
    )


@router.get("/leads/{lead_id}/routing", response_model=ChoiceOut)
def rehearse(lead_id: UUID, call: Call = CALL) -> Response:
    """Tell whom routing would give a lead to now, without doing it."""
    return call.read(lambda tx: ChoiceOut.of(routing.rehearse(tx, lead_id)))


class PromisesOut(BaseModel):
    """All promises on a lead, the newest first."""

    items: list[PromiseOut]


@router.get("/leads/{lead_id}/promises", response_model=PromisesOut)
def list_promises(lead_id: UUID, call: Call = CALL) -> Response:
    """Tell which promises (SLA) run or ran on a lead."""

    def work(tx: Transaction) -> PromisesOut:
        found = timers(tx, lead_id)
        store.load_lead(tx, lead_id)
        return PromisesOut(items=[PromiseOut.of(timer) for timer in found])

    return call.read(work)


class LeadResponsesOut(BaseModel):
    """The responses that opened and fed a lead, the newest first."""

    items: list[ResponseOut]


@router.get("/leads/{lead_id}/responses", response_model=LeadResponsesOut)
def list_responses(lead_id: UUID, call: Call = CALL) -> Response:
    """List the responses that opened and fed a lead."""

    def work(tx: Transaction) -> LeadResponsesOut:
        found = responses_of_lead(tx, lead_id)
        store.load_lead(tx, lead_id)
        return LeadResponsesOut(items=[ResponseOut.of(one) for one in found])

    return call.read(work)
