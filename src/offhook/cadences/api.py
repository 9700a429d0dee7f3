"""Routes of cadences themselves: the list with its numbers, plans, publishing, timelines."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook.cadences import numbers, service, store
from offhook.cadences.edge import CadenceOut, NumbersOut, PlanIn
from offhook.cadences.model import Cadence, Edition, Plan, StepKind
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of, read_cursor
from offhook.leads.edge import Cursor, Limit, Sent

router = APIRouter(tags=["cadences"])

Name = Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME)]
Description = Annotated[str, Field(max_length=service.LONGEST_DESCRIPTION)]
Beside = Annotated[bool, Field(description="A person may be in it while they are in another")]


class NewCadence(Sent):
    """A cadence to begin; nobody can be enrolled before it is published."""

    name: Name
    description: Description = ""
    draft: PlanIn = Field(default_factory=PlanIn)
    runs_beside: Beside = False


class CadenceChange(Sent):
    """What is to change; what is left out or null stays. `draft` replaces all steps."""

    name: Name | None = None
    description: Description | None = None
    draft: PlanIn | None = None
    runs_beside: Beside | None = None
    is_archived: bool | None = Field(
        default=None, description="Nobody is enrolled any more; who is in it goes on. False brings it back"
    )
    campaign_ids: Annotated[list[UUID], Field(max_length=service.MOST_CAMPAIGNS)] | None = Field(
        default=None, description="Whose responders are enrolled when they become MQLs; replaces all"
    )


class Publication(Sent):
    """Which draft is published."""

    version: int = Field(description="Of the cadence as you read it")


class CadenceRowOut(BaseModel):
    """A cadence in the list, with its numbers."""

    id: UUID
    name: str
    description: str
    edition: int
    runs_beside: bool
    is_archived: bool
    steps: list[StepKind] = Field(description="Of what was published last, else of the draft")
    numbers: NumbersOut
    changed_at: datetime
    version: int


class EditionOut(BaseModel):
    """What was published; it never changes."""

    number: int
    plan: PlanIn
    published_at: datetime
    published_by: UUID | None

    @classmethod
    def of(cls, one: Edition) -> "EditionOut":
        """The answer's shape."""
        return cls(
            number=one.number,
            plan=PlanIn.of(one.plan),
            published_at=one.published_at,
            published_by=one.published_by,
        )


class EditionsOut(BaseModel):
    """All editions, the latest first."""

    items: list[EditionOut]


class StepNumbersOut(BaseModel):
    """What became of one step."""

    step: int
    kind: StepKind
    reached: int = Field(description="Enrolments that came to it")
    waiting: int = Field(description="Enrolments that are at it now, waiting for it to come due included")
    done: int
    sent: int = Field(description="Mails of it that went out")
    skipped: int
    branched: int = Field(description="A branch led past it")
    cancelled: int = Field(description="The enrolment ended before it was done")
    opened: int = Field(description="Only of mails sent with tracking")
    clicked: int
    replied: int = Field(description="Who replied to it, or before the next step was done")


class CadenceNumbersOut(BaseModel):
    """How an edition does, step by step."""

    edition: int
    numbers: NumbersOut
    steps: list[StepNumbersOut]


class TimelineWanted(Sent):
    """Which plan, and for whom."""

    lead_id: UUID
    draft: PlanIn | None = Field(default=None, description="A plan that is not saved; left out: the saved draft")


class TimelineStepOut(BaseModel):
    """When a step would be due."""

    step: int
    kind: StepKind
    at: datetime


class TimelineOut(BaseModel):
    """When a lead would be touched if it were enrolled now, each step done when due and no branch taken."""

    time_zone: str = Field(description="The person's")
    items: list[TimelineStepOut]


@router.get("/cadences", response_model=Page[CadenceRowOut])
def list_cadences(
    archived: Annotated[bool, Query(description="Those out of use instead")] = False,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List cadences by name, with their numbers."""

    def work(tx: Transaction) -> Page[CadenceRowOut]:
        found = service.cadences_page(tx, is_archived=archived, after=_place_in(cursor), limit=limit + 1)
        counted = numbers.numbers_of(tx, [one.id for one in found])
        published = store.editions(tx, [(one.id, one.edition) for one in found])
        items = [
            _row(one, counted[one.id], published[one.id, one.edition].plan if one.edition else one.draft)
            for one in found
        ]
        return page_of(items, limit, lambda row: [row.name, str(row.id)])

    return call.read(work)


def _row(one: Cadence, counted: numbers.Numbers, plan: Plan) -> CadenceRowOut:
    plain = {name: getattr(one, name) for name in CadenceRowOut.model_fields if name not in {"steps", "numbers"}}
    return CadenceRowOut(**plain, steps=[step.kind for step in plan.steps], numbers=NumbersOut.of(counted))


def _place_in(cursor: str | None) -> tuple[str, UUID] | None:
    key = read_cursor(cursor, 2)
    try:
        return (str(key[0]), UUID(str(key[1]))) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list", cursor)
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


@router.post("/cadences", status_code=201, response_model=CadenceOut)
def add_cadence(body: NewCadence, call: Call = CALL) -> Response:
    """Begin a cadence."""
    return call.once(
        lambda tx: _shown(
            tx,
            service.add_cadence(
                tx,
                name=body.name,
                description=body.description,
                draft=body.draft.plan(),
                runs_beside=body.runs_beside,
            ),
        ),
        status=201,
    )


def _shown(tx: Transaction, one: Cadence) -> CadenceOut:
    published = store.edition(tx, one.id, one.edition)
    return CadenceOut.of(one, published.plan if published else None)


@router.get("/cadences/{cadence_id}", response_model=CadenceOut)
def show_cadence(cadence_id: UUID, call: Call = CALL) -> Response:
    """Show a cadence and its draft."""
    return call.read(lambda tx: _shown(tx, service.cadence(tx, cadence_id)))


@router.patch("/cadences/{cadence_id}", response_model=CadenceOut)
def change_cadence(cadence_id: UUID, body: CadenceChange, call: Call = CALL) -> Response:
    """Change a cadence or its draft, say which campaigns feed it, archive it or bring it back."""
    told: dict[str, object] = body.model_dump(exclude_unset=True, exclude={"draft"})
    changes = {name: value for name, value in told.items() if value is not None}
    if body.draft is not None:
        changes["draft"] = body.draft.plan()
    return call.edit(lambda tx, version: _shown(tx, service.change_cadence(tx, cadence_id, version, changes)))


@router.post("/cadences/{cadence_id}/publish", response_model=CadenceOut)
def publish(cadence_id: UUID, body: Publication, call: Call = CALL) -> Response:
    """Publish the draft; it holds for whoever is enrolled from now on, and never changes."""
    return call.once(lambda tx: _shown(tx, service.publish(tx, cadence_id, body.version)))


@router.get("/cadences/{cadence_id}/editions", response_model=EditionsOut)
def list_editions(cadence_id: UUID, call: Call = CALL) -> Response:
    """List what was published, the latest first."""
    return call.read(
        lambda tx: EditionsOut(items=[EditionOut.of(one) for one in service.editions(tx, cadence_id)])
    )


@router.get("/cadences/{cadence_id}/numbers", response_model=CadenceNumbersOut)
def show_numbers(
    cadence_id: UUID,
    edition: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Which; the latest if left out")] = None,
    call: Call = CALL,
) -> Response:
    """Show how an edition does, step by step."""

    def work(tx: Transaction) -> CadenceNumbersOut:
        found = service.cadence(tx, cadence_id)
        shown = store.edition(tx, cadence_id, edition or found.edition)
        if shown is None and edition is not None:
            raise NotFound(f"The cadence '{found.name}' has no edition {edition}.")
        kinds = [step.kind for step in (shown.plan if shown else found.draft).steps]
        number = shown.number if shown else 0
        steps = numbers.steps_of(tx, cadence_id, number, kinds)
        counted = numbers.numbers_of(tx, [cadence_id], number)[cadence_id]
        return CadenceNumbersOut(
            edition=number,
            numbers=NumbersOut.of(counted),
            steps=[StepNumbersOut.model_validate(one, from_attributes=True) for one in steps],
        )

    return call.read(work)


@router.post("/cadences/{cadence_id}/timeline", response_model=TimelineOut)
def show_timeline(cadence_id: UUID, body: TimelineWanted, call: Call = CALL) -> Response:
    """Show when a lead would be touched if it were enrolled now; keeps nothing."""

    def work(tx: Transaction) -> TimelineOut:
        found = service.cadence(tx, cadence_id)
        plan = body.draft.plan() if body.draft else found.draft
        zone, seen = service.timeline(tx, plan, body.lead_id)
        items = [TimelineStepOut(step=one.number, kind=one.step.kind, at=one.at) for one in seen]
        return TimelineOut(time_zone=zone, items=items)

    return call.once(work)
