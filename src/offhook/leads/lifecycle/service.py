"""Give a lead a command: decide, save, append what happened."""

from dataclasses import replace
from datetime import datetime

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.events import Event, subject
from offhook.leads.lifecycle.model import Attempt, Command, Decision
from offhook.leads.lifecycle.rules import decide
from offhook.leads.model import Lead
from offhook.leads.store import save_lead


def advance(tx: Transaction, lead: Lead, command: Command, at: datetime | None = None) -> Lead:
    """Give the command, as of `at` (None: now), and return the lead as saved.

    Raises `Conflict` when the lead's stage does not allow it or it was changed meanwhile, `Invalid` for times in
    the future or before the lead was opened.
    """
    at = check_moment(tx, at)
    if isinstance(command, Attempt) and lead.first_attempt_at is None:
        command = replace(command, business_minutes=_since_mql(tx, lead, at))
    decision = decide(lead, command, at)
    append(tx, decision, at)
    return save_lead(tx, decision.lead)


def append(tx: Transaction, decision: Decision, at: datetime) -> None:
    """Note what happened by a decision."""
    about = subject("lead", decision.lead.id)
    tx.append(*(Event(one.kind, about, one.data, at=at) for one in decision.happened))


def check_moment(tx: Transaction, at: datetime | None) -> datetime:
    """When something was done: as told, or now. Raises `Invalid` for the future and for a time without zone."""
    if at is None:
        return tx.now
    if at.tzinfo is None:
        raise Invalid("The time needs a zone.", fields=[FieldError("at", "has no time zone", at.isoformat())])
    if at > tx.now:
        raise Invalid("The time lies in the future.", fields=[FieldError("at", "in the future", at.isoformat())])
    return at


def _since_mql(tx: Transaction, lead: Lead, at: datetime) -> float | None:
    """Working minutes of the lead's team between its becoming MQL and `at`."""
    if lead.mql_at is None:
        return None
    hours = identity.business_hours(tx)
    return identity.business_minutes(hours.get(lead.team_id) or hours[None], lead.mql_at, at)
