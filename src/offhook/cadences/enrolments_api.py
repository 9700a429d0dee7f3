"""Routes of enrolments: who is in a cadence, enrolling one or many, steering one, what became of its steps."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from offhook import leads
from offhook.cadences import ledger, numbers, runs, service, steering, store
from offhook.cadences.edge import EnrolmentOut, RunOut, StepDoneOut
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.model import Enrolment
from offhook.cadences.numbers import EnrolmentState
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.kernel.http import CALL, Call
from offhook.kernel.paging import DEFAULT_LIMIT, Page, page_of
from offhook.leads.edge import Cursor, Limit, Sent, id_in
from offhook.leads.table.api import LeadFilter

router = APIRouter(tags=["cadences"])


class EnrolmentRowOut(EnrolmentOut):
    """An enrolment with whom it is about."""

    name: str | None = Field(description="Of the person")
    company: str | None
    owner_id: UUID | None = Field(description="The rep who works the lead")


class ToEnrol(Sent):
    """Which leads: named one by one, or meant by a filter as the table of leads has them."""

    lead_ids: Annotated[list[UUID], Field(min_length=1, max_length=steering.MOST_AT_ONCE)] | None = None
    filter: LeadFilter | None = None


class OneToEnrol(Sent):
    """Into which cadence."""

    cadence_id: UUID


class RefusedOut(BaseModel):
    """Somebody who was not enrolled, and why."""

    lead_id: UUID
    name: str | None = Field(description="Of the person")
    code: str = Field(examples=["in-another-cadence"])
    told: str


class EnrolmentsOut(BaseModel):
    """A lead's enrolments, the newest first."""

    items: list[EnrolmentOut]


class StepsDoneOut(BaseModel):
    """What became of the steps so far, in order."""

    items: list[StepDoneOut]


def _shown(tx: Transaction, several: Sequence[Enrolment]) -> list[EnrolmentOut]:
    names = steering.names_of(tx, several)
    may = steering.wishes_for(tx, several)
    plans = store.editions(tx, [(one.cadence_id, one.edition) for one in several])
    return [
        EnrolmentOut.of(
            one, name=names[one.cadence_id], plan=plans[one.cadence_id, one.edition].plan, may=may[one.id]
        )
        for one in several
    ]


@router.get("/cadences/{cadence_id}/enrolments", response_model=Page[EnrolmentRowOut])
def list_enrolments(
    cadence_id: UUID,
    state: Annotated[EnrolmentState | None, Query(description="Only in this state")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List who is or was in a cadence, the newest first."""

    def work(tx: Transaction) -> Page[EnrolmentRowOut]:
        service.cadence(tx, cadence_id)
        found = numbers.rows(tx, cadence_id, state, id_in(cursor), limit + 1)
        shown = _shown(tx, [row.enrolment for row in found])
        items = [
            EnrolmentRowOut(**dict(one), name=row.name, company=row.company, owner_id=row.owner_id)
            for one, row in zip(shown, found, strict=True)
        ]
        return page_of(items, limit, lambda row: [str(row.id)])

    return call.read(work)


@router.post("/cadences/{cadence_id}/enrol", status_code=201, response_model=RunOut)
def enrol(cadence_id: UUID, body: ToEnrol, call: Call = CALL) -> Response:
    """Enrol leads: a few at once, many in the background. The run tells how far it is and whom it refused."""

    def work(tx: Transaction) -> RunOut:
        steering.require_enrolling(tx)
        if (body.lead_ids is None) == (body.filter is None):
            raise Invalid("Say which leads to enrol: `lead_ids`, or a `filter`.")
        meant = body.lead_ids if body.filter is None else leads.meant_at_once(tx, body.filter.meant())
        return RunOut.of(steering.enrol_many(tx, cadence_id, meant or []))

    return call.once(work, status=201)


@router.get("/cadences/{cadence_id}/runs", response_model=Page[RunOut])
def list_runs(
    cadence_id: UUID, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL
) -> Response:
    """List the times that leads were enrolled in numbers, the newest first."""

    def work(tx: Transaction) -> Page[RunOut]:
        service.cadence(tx, cadence_id)
        found = runs.of_cadence(tx, cadence_id, id_in(cursor), limit + 1)
        return page_of([RunOut.of(one) for one in found], limit, lambda row: [str(row.id)])

    return call.read(work)


@router.get("/cadence-runs/{run_id}", response_model=RunOut)
def show_run(run_id: UUID, call: Call = CALL) -> Response:
    """Show how far a run is."""
    return call.read(lambda tx: RunOut.of(steering.run_by_id(tx, run_id)))


@router.get("/cadence-runs/{run_id}/refusals", response_model=Page[RefusedOut])
def list_refusals(
    run_id: UUID, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL
) -> Response:
    """List whom a run did not enrol, and why."""

    def work(tx: Transaction) -> Page[RefusedOut]:
        steering.run_by_id(tx, run_id)
        found = runs.refusals(tx, run_id, id_in(cursor), limit + 1)
        items = [RefusedOut.model_validate(one, from_attributes=True) for one in found]
        return page_of(items, limit, lambda row: [str(row.lead_id)])

    return call.read(work)


@router.get("/leads/{lead_id}/enrolments", response_model=EnrolmentsOut)
def list_enrolments_of_lead(lead_id: UUID, call: Call = CALL) -> Response:
    """List the cadences that a lead is and was in, the newest first."""
    return call.read(lambda tx: EnrolmentsOut(items=_shown(tx, steering.enrolments_of_lead(tx, lead_id))))


@router.post("/leads/{lead_id}/enrolments", status_code=201, response_model=EnrolmentOut)
def enrol_lead(lead_id: UUID, body: OneToEnrol, call: Call = CALL) -> Response:
    """Enrol one lead; refused with the reason if it cannot be."""
    return call.once(lambda tx: _shown(tx, [steering.enrol_one(tx, body.cadence_id, lead_id)])[0], status=201)


@router.get("/enrolments/{enrolment_id}", response_model=EnrolmentOut)
def show_enrolment(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Show one enrolment and how it stands."""
    return call.read(lambda tx: _shown(tx, [steering.enrolment_by_id(tx, enrolment_id)])[0])


@router.get("/enrolments/{enrolment_id}/steps", response_model=StepsDoneOut)
def list_steps_done(enrolment_id: UUID, call: Call = CALL) -> Response:
    """List what became of an enrolment's steps so far."""

    def work(tx: Transaction) -> StepsDoneOut:
        steering.enrolment_by_id(tx, enrolment_id)
        told = ledger.history(tx, enrolment_id)
        return StepsDoneOut(items=[StepDoneOut.model_validate(one, from_attributes=True) for one in told])

    return call.read(work)


@router.post("/enrolments/{enrolment_id}/pause", response_model=EnrolmentOut)
def pause(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Let nothing come due; a mail that is on its way already goes."""
    return _wish(call, enrolment_id, EnrolmentWish.PAUSE)


@router.post("/enrolments/{enrolment_id}/resume", response_model=EnrolmentOut)
def resume(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Go on after a pause."""
    return _wish(call, enrolment_id, EnrolmentWish.RESUME)


@router.post("/enrolments/{enrolment_id}/skip", response_model=EnrolmentOut)
def skip(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Leave the present step out and go on to the next."""
    return _wish(call, enrolment_id, EnrolmentWish.SKIP)


@router.post("/enrolments/{enrolment_id}/finish", response_model=EnrolmentOut)
def finish(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Take the lead out of the cadence; a mail that has not gone out is withdrawn."""
    return _wish(call, enrolment_id, EnrolmentWish.FINISH)


@router.post("/enrolments/{enrolment_id}/try-again", response_model=EnrolmentOut)
def try_again(enrolment_id: UUID, call: Call = CALL) -> Response:
    """Try the step again once what kept it is put right: the same mail, never a second one."""
    return _wish(call, enrolment_id, EnrolmentWish.TRY_AGAIN)


def _wish(call: Call, enrolment_id: UUID, wish: EnrolmentWish) -> Response:
    return call.once(lambda tx: _shown(tx, [steering.wish(tx, enrolment_id, wish)])[0])
