"""Assign many leads at once, each as `routing.service.assign` would: in one transaction, written set by set.

What one lead would be refused for, it is refused for here too, by its id; the others go through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.kernel.ids import new_id
from offhook.leads.campaigns.service import campaigns_by_id
from offhook.leads.conditions import LeadFacts
from offhook.leads.lifecycle.model import Assign, Promote
from offhook.leads.lifecycle.rules import decide
from offhook.leads.lifecycle.service import append
from offhook.leads.model import Lead, Stage
from offhook.leads.routing import store
from offhook.leads.routing.model import Assignment, Choice, Purpose
from offhook.leads.routing.service import by_hand, router
from offhook.leads.sla.model import Promise
from offhook.leads.sla.service import restart_promises
from offhook.leads.store import lock_leads, save_leads
from offhook.people import facts_of


@dataclass(frozen=True, slots=True)
class Refused:
    """A lead that was not assigned, and why."""

    lead_id: UUID
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Many:
    """What became of many leads: so many are where they were to be, these are not."""

    assigned: int
    refused: Sequence[Refused]


def assign_many(
    tx: Transaction,
    lead_ids: Sequence[UUID],
    *,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
    note: str = "",
) -> Many:
    """Assign leads by hand to a rep, to a team's pool, or, with neither, to whom routing chooses for each.

    Raises `Invalid` for somebody who works no leads and for both of them.
    """
    tx.require("leads:assign")
    told = by_hand(tx, user_id, team_id, note)
    asked = list(dict.fromkeys(lead_ids))
    leads = lock_leads(tx, asked)
    refused = [refusal for one in asked if (refusal := _refusal(one, leads.get(one), tx.now))]
    unfit = {one.lead_id for one in refused}
    fit = [leads[one] for one in asked if one not in unfit]
    if fit:
        _give(tx, [*zip(fit, [told] * len(fit) if told else _chosen(tx, fit), strict=True)])
    return Many(len(fit), refused)


def _refusal(lead_id: UUID, lead: Lead | None, at: datetime) -> Refused | None:
    """Why a lead cannot be assigned; None when it can. Asked first, as routing takes somebody's turn."""
    if lead is None:
        return Refused(lead_id, "not-found", f"There is no lead {lead_id} here.")
    try:
        decide(lead, _command(lead, None, None, ""), at)
    except Conflict as error:
        return Refused(lead_id, error.code, error.message)
    return None


def _command(lead: Lead, user_id: UUID | None, team_id: UUID | None, because: str) -> Promote | Assign:
    make = Promote if lead.stage is Stage.INQUIRY else Assign
    return make(user_id, team_id, because)


def _chosen(tx: Transaction, leads: Sequence[Lead]) -> list[Choice]:
    """Whom routing gives each lead to now, one after the other: who got one before has one more."""
    routing = router(tx, Purpose.REP)
    named = store.named_owners(tx, [lead.account_id for lead in leads if lead.account_id])
    facts = _facts(tx, leads)
    choices = [
        routing.choose(facts(lead), named.get(lead.account_id) if lead.account_id else None) for lead in leads
    ]
    store.save_rotation(tx, routing.rotation)
    return choices


def _facts(tx: Transaction, leads: Sequence[Lead]) -> Callable[[Lead], LeadFacts]:
    persons = facts_of(tx, [lead.person_id for lead in leads])
    campaigns = campaigns_by_id(tx, {lead.campaign_id for lead in leads if lead.campaign_id})

    def facts(lead: Lead) -> LeadFacts:
        if lead.campaign_id is None:
            return LeadFacts(persons[lead.person_id], score=lead.score)
        came = campaigns[lead.campaign_id]
        return LeadFacts(persons[lead.person_id], came.name, came.kind.value, score=lead.score)

    return facts


def _give(tx: Transaction, given: Sequence[tuple[Lead, Choice]]) -> None:
    """Give each lead to whom was chosen; one who has it already keeps it, and nothing is told of that."""
    moved = {lead.id: (lead, choice) for lead, choice in given if not _has_it(lead, choice)}
    store.insert_assignments(tx, [_assignment(lead, choice, tx.now) for lead, choice in moved.values()])
    promised = _promised(tx, moved)
    saved: list[Lead] = []
    for lead, choice in moved.values():
        command = _command(lead, choice.user_id, choice.team_id, choice.because.value)
        decision = decide(promised.get(lead.id, lead), command, tx.now)
        append(tx, decision, tx.now)
        saved.append(decision.lead)
    save_leads(tx, saved)


def _has_it(lead: Lead, choice: Choice) -> bool:
    return lead.stage is not Stage.INQUIRY and (lead.owner_id, lead.team_id) == (choice.user_id, choice.team_id)


def _assignment(lead: Lead, choice: Choice, at: datetime) -> Assignment:
    return Assignment(new_id(), lead.id, choice.user_id, choice.team_id, at, choice.because, choice.explanation)


def _promised(tx: Transaction, moved: Mapping[UUID, tuple[Lead, Choice]]) -> dict[UUID, Lead]:
    """The leads never attempted, with the promise of a first attempt begun anew."""
    waiting = [
        (lead, choice.team_id)
        for lead, choice in moved.values()
        if lead.first_attempt_at is None and lead.stage in {Stage.INQUIRY, Stage.MQL}
    ]
    return {lead.id: lead for lead in restart_promises(tx, waiting, Promise.FIRST_ATTEMPT, tx.now)}
