"""Enrolling: one lead or ten thousand, by hand or by a campaign's rule; each is in, or refused with the reason.

Set-based: the cost of a lead is that of its rows. Whether a person may be contacted is the policy's to say, asked
here so that nobody is enrolled in vain, and again before every mail and call.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook import compliance, identity, leads, people
from offhook.cadences import enrolments, runs, store
from offhook.cadences.applying import apply_all
from offhook.cadences.carrying_out import told_of
from offhook.cadences.deciding import Moment, decide
from offhook.cadences.happenings import Began
from offhook.cadences.model import Cadence, Edition, Enrolment, EnrolmentPhase, Plan, StepKind
from offhook.cadences.runs import Refused
from offhook.cadences.timing import Clockwork
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, NotFound
from offhook.kernel.events import Event, StoredEvent, subject
from offhook.kernel.ids import new_id
from offhook.leads import WORKABLE_STAGES, Lead


class Refusal(StrEnum):
    """Why somebody is not enrolled."""

    UNKNOWN = "unknown"
    NOT_WORKED = "not-worked"
    ANOTHERS = "anothers"
    IN_THIS = "in-this-cadence"
    IN_ANOTHER = "in-another-cadence"
    WAS_IN_THIS = "was-in-this-cadence"
    DO_NOT_CALL = "do-not-call"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What enrolling came to."""

    enrolled: tuple[Enrolment, ...]
    refused: tuple[Refused, ...]


def enrol(tx: Transaction, cadence_id: UUID, lead_ids: Sequence[UUID], *, is_rule: bool = False) -> Enrolled:
    """Enrol these leads into the latest edition of a cadence, as far as nothing speaks against it.

    `is_rule`: whoever was in it before is not enrolled again. Appends `cadence.enrolled`. Raises `NotFound`, and
    `Conflict` for a cadence that is archived or was never published.
    """
    cadence, edition = _ready(tx, cadence_id)
    found = {lead.id: lead for lead in leads.leads_by_id(tx, lead_ids)}
    refused = [Refused(one, Refusal.UNKNOWN, "There is no such lead.") for one in lead_ids if one not in found]
    fit: list[Lead] = []
    against = _against(tx, cadence, edition.plan, list(found.values()), is_rule=is_rule)
    for lead in found.values():
        if lead.id in against:
            refused.append(against[lead.id])
        else:
            fit.append(lead)
    begun = _begun(tx, cadence, edition, fit)
    taken = enrolments.insert(tx, begun)
    enrolled = tuple(one for one in begun if one.id in taken)
    refused += [
        Refused(one.lead_id, Refusal.IN_ANOTHER, "The person is in a cadence already.")
        for one in begun
        if one.id not in taken
    ]
    leads.put_off_follow_ups(tx, [(one.lead_id, one.due_at) for one in enrolled if one.due_at])
    tx.append(
        *(
            Event("cadence.enrolled", subject("lead", one.lead_id), told_of(one, found[one.lead_id]))
            for one in enrolled
        )
    )
    return Enrolled(enrolled, tuple(refused))


def _ready(tx: Transaction, cadence_id: UUID) -> tuple[Cadence, Edition]:
    cadence = store.by_id(tx, cadence_id)
    if cadence is None:
        raise NotFound(f"There is no cadence {cadence_id} here.")
    if cadence.is_archived:
        raise Conflict(f"The cadence '{cadence.name}' is archived: nobody is enrolled any more.", code="archived")
    edition = store.edition(tx, cadence_id, cadence.edition)
    if edition is None:
        raise Conflict(f"The cadence '{cadence.name}' was not published yet.", code="not-published")
    return cadence, edition


def _against(
    tx: Transaction, cadence: Cadence, plan: Plan, asked: Sequence[Lead], *, is_rule: bool
) -> dict[UUID, Refused]:
    """What speaks against leads, the first reason of each."""
    against: dict[UUID, Refused] = {}

    def refuse(lead: Lead, code: str, told: str) -> None:
        against.setdefault(lead.id, Refused(lead.id, code, told))

    for lead in asked:
        if lead.stage not in WORKABLE_STAGES:
            refuse(lead, Refusal.NOT_WORKED, f"Nobody works this lead: its stage is '{lead.stage}'.")
        elif not leads.may_work(tx.actor, lead):
            refuse(lead, Refusal.ANOTHERS, "This lead is another rep's.")
    persons = [lead.person_id for lead in asked if lead.id not in against]
    running = _running(tx, cadence, persons)
    before = enrolments.ever_in(tx, cadence.id, persons) if is_rule else set[UUID]()
    wishes = _wishes(tx, plan, persons)
    for lead in asked:
        if told := running.get(lead.person_id):
            refuse(lead, *told)
        elif lead.person_id in before:
            refuse(lead, Refusal.WAS_IN_THIS, "The person was in this cadence before.")
        elif told := wishes.get(lead.person_id):
            refuse(lead, *told)
    return against


def _running(tx: Transaction, cadence: Cadence, persons: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Who is in a cadence that keeps them from being in this one."""
    found: dict[UUID, tuple[str, str]] = {}
    going_on = enrolments.running_of_persons(tx, persons)
    names = {one.id: one.name for one in store.by_ids(tx, {one.cadence_id for one in going_on}).values()}
    for one in going_on:
        if one.cadence_id == cadence.id:
            found[one.person_id] = (Refusal.IN_THIS, "The person is in this cadence already.")
        elif not (one.is_beside or cadence.runs_beside):
            found[one.person_id] = (Refusal.IN_ANOTHER, f"The person is in the cadence '{names[one.cadence_id]}'.")
    return found


def _wishes(tx: Transaction, plan: Plan, persons: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Who may not be contacted in a way in which this plan does, by the policy's words."""
    kinds = {step.kind for step in plan.steps}
    found: dict[UUID, tuple[str, str]] = {}
    if StepKind.CALL in kinds:
        known = people.persons_by_id(tx, persons).values()
        told = (Refusal.DO_NOT_CALL, "This person does not want to be called.")
        found |= {one.id: told for one in known if one.do_not_call}
    if kinds & {StepKind.EMAIL, StepKind.MANUAL_EMAIL}:
        verdicts = compliance.may_mail_persons(tx, persons)
        found |= {
            person: (verdict.refusals[0].code, verdict.refusals[0].why)
            for person, verdict in verdicts.items()
            if verdict.refusals
        }
    return found


def _begun(tx: Transaction, cadence: Cadence, edition: Edition, fit: Iterable[Lead]) -> list[Enrolment]:
    hours = identity.business_hours(tx)
    due: dict[tuple[UUID | None, str], datetime] = {}
    begun: list[Enrolment] = []
    for lead in fit:
        place = lead.team_id, lead.time_zone
        if place not in due:  # the same for all of a team and zone: reckoned once
            due[place] = _first_due(tx, cadence, edition, lead, hours)
        begun.append(_waiting(tx, cadence, edition, lead, due[place]))
    return begun


def _first_due(
    tx: Transaction,
    cadence: Cadence,
    edition: Edition,
    lead: Lead,
    hours: Mapping[UUID | None, identity.BusinessHours],
) -> datetime:
    blank = _waiting(tx, cadence, edition, lead, tx.now)
    clockwork = Clockwork(hours.get(lead.team_id) or hours[None], lead.time_zone)
    moment = Moment(tx.now, clockwork, lead.stage.value, lead.score)
    return apply_all(blank, decide(blank, edition.plan, Began(), moment), tx.now).due_at or tx.now


def _waiting(tx: Transaction, cadence: Cadence, edition: Edition, lead: Lead, due_at: datetime) -> Enrolment:
    return Enrolment(
        id=new_id(),
        cadence_id=cadence.id,
        edition=edition.number,
        lead_id=lead.id,
        person_id=lead.person_id,
        user_id=tx.actor.id,
        is_beside=cadence.runs_beside,
        phase=EnrolmentPhase.WAITING,
        step=1,
        due_at=due_at,
        is_paused=False,
        mail_id=None,
        problem_code="",
        problem="",
        because=None,
        replied_at=None,
        opened_at=None,
        clicked_at=None,
        met_at=None,
        disposition=None,
        enrolled_at=tx.now,
        finished_at=None,
        version=1,
    )


def enrol_by_campaigns(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Enrol whoever became an MQL by a campaign that feeds a cadence; refusals are on record as of a run."""
    of_campaign: dict[UUID, list[UUID]] = defaultdict(list)
    for event in events:
        if isinstance(told := event.data["campaign_id"], str):
            of_campaign[UUID(told)].append(event.subject_id)
    fed: Mapping[UUID, UUID] = store.fed_by(tx, of_campaign) if of_campaign else {}
    into: dict[UUID, list[UUID]] = defaultdict(list)
    for campaign_id, cadence_id in fed.items():
        into[cadence_id] += of_campaign[campaign_id]
    for cadence_id, lead_ids in into.items():
        cadence = store.by_id(tx, cadence_id)
        if cadence is None or cadence.is_archived or not cadence.edition:
            continue  # it feeds nothing until it is published
        came_to = enrol(tx, cadence_id, list(dict.fromkeys(lead_ids)), is_rule=True)
        if came_to.refused:
            runs.note_finished(tx, cadence_id, len(came_to.enrolled), came_to.refused)
