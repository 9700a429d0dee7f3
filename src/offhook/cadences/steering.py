"""The use cases of enrolments: enrol, see how they stand, pause, resume, skip a step, finish, try again.

Whoever may work a lead steers its enrolments; looking is everybody's.
"""

from collections.abc import Sequence
from uuid import UUID

from offhook import identity, leads
from offhook.cadences import enrolments, runs, store
from offhook.cadences.carrying_out import Round, known_of
from offhook.cadences.deciding import possible
from offhook.cadences.enrolling import Enrolled, enrol
from offhook.cadences.happenings import EnrolmentWish, Wished
from offhook.cadences.model import Enrolment
from offhook.cadences.runs import Run, RunStatus
from offhook.kernel.database import SYSTEM, Actor, Database, Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, OffhookError

FEW = 200
"""So many are enrolled at once; more are a run, in the background."""

BATCH = 1_000
"""Leads of a run in one transaction."""

MOST_AT_ONCE = 10_000


def enrol_many(tx: Transaction, cadence_id: UUID, lead_ids: Sequence[UUID]) -> Run:
    """Enrol leads by a run: a few at once, more in the background, where it goes on whatever happens.

    Raises `Invalid` for none or too many, `NotFound`, `Conflict` as `enrol` does, `Forbidden`.
    """
    require_enrolling(tx)
    wanted = list(dict.fromkeys(lead_ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        told = f"names {len(wanted):,} leads; 1 to {MOST_AT_ONCE:,} are enrolled at a time"
        raise Invalid(f"This {told}.", fields=[FieldError("lead_ids", told)])
    check_enrollable(tx, cadence_id)
    run = runs.start(tx, cadence_id, wanted)
    if len(wanted) <= FEW:
        _take_batch(tx, run)
        runs.end(tx, run.id, RunStatus.DONE)
    return run_by_id(tx, run.id)


def enrol_one(tx: Transaction, cadence_id: UUID, lead_id: UUID) -> Enrolment:
    """Enrol one lead. Raises `Conflict` with the reason when it cannot be, and as `enrol_many`."""
    require_enrolling(tx)
    leads.load_lead(tx, lead_id)
    came_to: Enrolled = enrol(tx, cadence_id, [lead_id])
    if came_to.refused:
        raise Conflict(came_to.refused[0].told, code=str(came_to.refused[0].code))
    return came_to.enrolled[0]


def check_enrollable(tx: Transaction, cadence_id: UUID) -> None:
    """Raise what `enrol` would: `NotFound`, or `Conflict` for one that nobody can be enrolled in."""
    enrol(tx, cadence_id, [])


def go_on(database: Database, organisation_id: UUID) -> None:
    """Go on with all runs that are not at their end, each batch a transaction in the name of who asked."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        waiting = runs.running(tx)
    for run_id in waiting:
        while _go_on_with(database, organisation_id, run_id):
            pass


def _go_on_with(database: Database, organisation_id: UUID, run_id: UUID) -> bool:
    with database.transaction(organisation_id, SYSTEM) as tx:
        run = runs.by_id(tx, run_id)
        actor = _actor_of(tx, run) if run else SYSTEM
    try:
        with database.transaction(organisation_id, actor) as tx:
            locked = runs.by_id(tx, run_id, lock=True)
            if locked is None or locked.status is not RunStatus.RUNNING:
                return False
            if _take_batch(tx, locked):
                return True
            runs.end(tx, run_id, RunStatus.DONE)
    except OffhookError as error:
        with database.transaction(organisation_id, SYSTEM) as tx:
            runs.end(tx, run_id, RunStatus.FAILED, error.message)
    return False


def _actor_of(tx: Transaction, run: Run) -> Actor:
    return identity.actor_of(identity.user(tx, run.user_id)) if run.user_id else SYSTEM


def _take_batch(tx: Transaction, run: Run) -> int:
    """Enrol the next leads of a run; how many it came to."""
    batch = runs.left(tx, run.id, BATCH)
    if batch:
        came_to = enrol(tx, run.cadence_id, batch)
        runs.move(tx, run, [one.lead_id for one in came_to.enrolled], came_to.refused)
    return len(batch)


def run_by_id(tx: Transaction, run_id: UUID) -> Run:
    """One run. Raises `NotFound`."""
    tx.require("cadences:read")
    found = runs.by_id(tx, run_id)
    if found is None:
        raise NotFound(f"There is no run {run_id} here.")
    return found


def enrolment_by_id(tx: Transaction, enrolment_id: UUID) -> Enrolment:
    """One enrolment. Raises `NotFound`."""
    tx.require("cadences:read")
    return _present(enrolments.by_id(tx, enrolment_id), enrolment_id)


def wish(tx: Transaction, enrolment_id: UUID, wanted: EnrolmentWish) -> Enrolment:
    """Pause, resume, skip, finish or try again. Raises `NotFound`, `Forbidden`, and `Conflict` where it makes no
    sense as the enrolment stands, or the mail cannot go again.
    """
    require_enrolling(tx)
    one = _present(enrolments.by_id(tx, enrolment_id, lock=True), enrolment_id)
    leads.require_work_on(tx, leads.load_lead(tx, one.lead_id), or_decide=True)
    work = Round(tx, [one])
    if wanted not in possible(one, work.plan(one), work.moment(one)):
        state = "paused" if one.is_paused else one.phase.value
        told = wanted.value.replace("_", " ")
        raise Conflict(f"The enrolment is {state}: '{told}' makes no difference now.", code="enrolment-state")
    work.tell(one.id, Wished(wanted))
    work.finish()
    return enrolment_by_id(tx, enrolment_id)


def wishes_for(tx: Transaction, several: Sequence[Enrolment]) -> dict[UUID, list[EnrolmentWish]]:
    """What may be asked of each of these by who asks."""
    known = known_of(tx, several)
    may: dict[UUID, list[EnrolmentWish]] = {}
    for one in several:
        lead = known.leads.get(one.lead_id)
        is_theirs = lead is not None and leads.may_work(tx.actor, lead)
        plan = known.plans[one.cadence_id, one.edition]
        may[one.id] = possible(one, plan, known.moment(one, tx.now)) if is_theirs else []
    return may


def enrolments_of_lead(tx: Transaction, lead_id: UUID) -> list[Enrolment]:
    """A lead's enrolments, the newest first. Raises `NotFound`."""
    tx.require("cadences:read")
    leads.load_lead(tx, lead_id)
    return enrolments.of_lead(tx, lead_id)


def require_enrolling(tx: Transaction) -> None:
    """Raise `Forbidden` unless the actor works or assigns leads."""
    if not (tx.actor.may("leads:work") or tx.actor.may("leads:assign")):
        raise Forbidden("Only who works or assigns leads puts them into cadences, and steers that.")


def _present(found: Enrolment | None, enrolment_id: UUID) -> Enrolment:
    if found is None:
        raise NotFound(f"There is no enrolment {enrolment_id} here.")
    return found


def names_of(tx: Transaction, several: Sequence[Enrolment]) -> dict[UUID, str]:
    """The names of the cadences that these are in."""
    return {one.id: one.name for one in store.by_ids(tx, {e.cadence_id for e in several}).values()}
