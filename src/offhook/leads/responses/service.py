"""Reading responses, and leads that begin without one: outbound ones, and recycled ones that come back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, NotFound
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.leads.conditions import LeadFacts
from offhook.leads.lifecycle.rules import opened
from offhook.leads.lifecycle.service import check_moment
from offhook.leads.model import Lead, Stage
from offhook.leads.responses import store
from offhook.leads.responses.model import Response
from offhook.leads.routing import store as routing_store
from offhook.leads.routing.model import Assignment, Because, Choice
from offhook.leads.routing.service import choose_rep
from offhook.leads.scoring.service import scorer
from offhook.leads.store import due_again, insert_leads, open_leads_of
from offhook.people import facts_of

MOST_AT_ONCE = 200


def responses_of_lead(tx: Transaction, lead_id: UUID) -> list[Response]:
    """The responses that opened and fed a lead, the newest first."""
    tx.require("leads:read")
    return store.of_lead(tx, lead_id)


def responses_page(
    tx: Transaction, campaign_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[Response]:
    """A campaign's responses, the newest first."""
    tx.require("campaigns:read")
    return store.of_campaign(tx, campaign_id, before, limit)


def open_outbound_lead(
    tx: Transaction, person_id: UUID, rep_id: UUID | None = None, *, at: datetime | None = None
) -> Lead:
    """A rep opens a lead on a person who did not respond; it begins in `working`. `rep_id` None: who acts.

    Raises `Conflict` when the person has an open lead, `NotFound` for an unknown person, `Invalid` for no rep.
    """
    tx.require("leads:work")
    wanted = rep_id or tx.actor.id
    rep = identity.user(tx, wanted) if wanted else None
    if rep is None or rep.role not in {Role.REP, Role.MANAGER} or not rep.is_active:
        raise Invalid("An outbound lead needs a rep.", fields=[FieldError("rep_id", "must be an active rep")])
    moment = check_moment(tx, at)
    choice = Choice(rep.id, rep.team_id, Because.OUTBOUND, {"text": f"{rep.name} opened it."})
    return _open(tx, person_id, choice, "outbound", moment)


def _open(tx: Transaction, person_id: UUID, choice: Choice, origin: str, at: datetime) -> Lead:
    store.lock_opening(tx)
    person = facts_of(tx, [person_id]).get(person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id} here.")
    if open_leads_of(tx, [person.person_id]):
        raise Conflict("This person has an open lead already; work that one.", code="open-lead")
    score = scorer(tx).fit_only(LeadFacts(person), 0.0, at, at)
    lead = Lead(
        id=new_id(),
        person_id=person.person_id,
        account_id=person.account_id,
        campaign_id=None,
        stage=Stage.WORKING,
        time_zone=person.time_zone or identity.organisation(tx).time_zone,
        opened_at=at,
        scored_at=at,
        created_at=tx.now,
        owner_id=choice.user_id,
        team_id=choice.team_id,
        score=score.total,
        fit=score.fit,
        score_reasons=score.reasons,
        assigned_at=at,
    )
    if origin == "come_back":
        lead = replace(lead, next_touch_at=at, next_touch_because="follow_up")
    insert_leads(tx, [lead])
    routing_store.insert_assignment(
        tx, Assignment(new_id(), lead.id, choice.user_id, choice.team_id, at, choice.because, choice.explanation)
    )
    told = opened(lead, origin)
    tx.append(Event(told.kind, subject("lead", lead.id), told.data, at=at))
    return lead


def bring_back(tx: Transaction) -> int:
    """Open a new lead for recycled ones whose date to come back has arrived; returns how many were looked at.

    It goes to the rep who had it, if they still work leads, else where routing says. Call until it is 0.
    """
    due = due_again(tx, tx.now, MOST_AT_ONCE)
    if not due:
        return 0
    busy = open_leads_of(tx, [lead.person_id for lead in due])
    active = {user.id: user for user in identity.users(tx) if user.is_active and user.role is Role.REP}
    for lead in due:
        tx.execute("UPDATE lead SET recycle_until = NULL WHERE id = %(id)s", id=lead.id)
        if lead.person_id in busy:
            continue
        rep = active.get(lead.owner_id) if lead.owner_id else None
        choice = (
            Choice(rep.id, rep.team_id, Because.RECYCLED, {"text": f"{rep.name} had it before it was recycled."})
            if rep
            else choose_rep(tx, lead)
        )
        busy[lead.person_id] = _open(tx, lead.person_id, choice, "come_back", tx.now)
    return len(due)
