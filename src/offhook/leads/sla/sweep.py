"""What time does to promises: warnings, breaches told to the team's manager, re-assignment to another rep."""

from dataclasses import replace
from uuid import UUID

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.events import Event, subject
from offhook.leads.model import Lead, Stage
from offhook.leads.routing.model import Because, Choice
from offhook.leads.routing.service import choose_rep, give
from offhook.leads.sla import store
from offhook.leads.sla.model import Promise, Timer, TimerState
from offhook.leads.sla.rules import step
from offhook.leads.sla.service import told
from offhook.leads.store import load_lead, save_lead

MOST_AT_ONCE = 200

_EVENTS = {TimerState.WARNED: "sla.warned", TimerState.BREACHED: "sla.breached"}


def sweep(tx: Transaction) -> int:
    """Take the steps that are due on up to `MOST_AT_ONCE` leads; returns on how many. Call until it is 0."""
    due = list(dict.fromkeys(store.due_leads(tx, tx.now, MOST_AT_ONCE)))
    if not due:
        return 0
    managers = {team.id: team.manager_id for team in identity.teams(tx)}
    for lead_id in due:
        lead = load_lead(tx, lead_id, lock=True)
        for timer in store.timers_of(tx, lead_id):
            lead = _advance(tx, lead, timer, managers.get(lead.team_id) if lead.team_id else None)
    return len(due)


def _advance(tx: Transaction, lead: Lead, timer: Timer, manager_id: UUID | None) -> Lead:
    while (moved := step(timer, tx.now)) is not None:
        at = timer.check_at
        timer = moved
        if moved.state is TimerState.REASSIGNED:
            store.save_timer(tx, moved)
            return _reassign(tx, lead)
        escalated_to = manager_id if moved.state is TimerState.BREACHED else lead.owner_id
        tx.append(Event(_EVENTS[moved.state], subject("lead", lead.id), told(lead, moved, escalated_to), at=at))
        store.save_timer(tx, moved)
    return lead


def _reassign(tx: Transaction, lead: Lead) -> Lead:
    """To another rep; to whoever it is now when nobody else can take it, with no further promise."""
    if lead.stage is not Stage.MQL or lead.first_attempt_at is not None:
        return save_lead(tx, replace(lead, due_at=None))
    choice = choose_rep(tx, lead, excluding=lead.owner_id)
    if choice.user_id is None and lead.owner_id is not None:
        return save_lead(tx, replace(lead, due_at=None))
    why = f"No first attempt in the promised time. {choice.explanation.get('text', '')}"
    explained = Choice(choice.user_id, choice.team_id, Because.SLA, {**choice.explanation, "text": why})
    return give(tx, replace(lead, due_at=None), explained)


def promises_broken(tx: Transaction, lead_id: UUID, promise: Promise) -> int:
    """How often this promise was broken on a lead."""
    broken = {TimerState.BREACHED, TimerState.REASSIGNED}
    return sum(timer.promise is promise and timer.state in broken for timer in store.timers_of(tx, lead_id))
