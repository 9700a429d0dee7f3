"""Log what was done with a person, and let their lead follow, in one transaction.

One entry in the record of activities; the lead's attempts and conversation through its lifecycle; the promise of
a first attempt kept; a pool's lead taken by who touched it; the next touch planned; the claim ended.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import activities, identity
from offhook.activities import Activity, Direction, Disposition, Kind, NewActivity, is_touch
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.leads.finding import person_known
from offhook.leads.lifecycle.model import Attempt, Converse, Recount
from offhook.leads.lifecycle.rules import TABLE
from offhook.leads.lifecycle.service import advance
from offhook.leads.model import WORKABLE_STAGES, Lead, Stage
from offhook.leads.queue.model import TouchBecause
from offhook.leads.routing.model import Because, Choice
from offhook.leads.routing.service import give
from offhook.leads.sla.model import Promise
from offhook.leads.sla.service import keep_promise
from offhook.leads.store import load_lead, open_leads_of, save_lead
from offhook.leads.touch.rules import AFTER_CONTACT, check_call_back, next_touch, suitable
from offhook.leads.working import load_to_work, require_on_behalf_of, require_work_on


def log_activity(
    tx: Transaction,
    *,
    kind: Kind,
    lead_id: UUID | None = None,
    person_id: UUID | None = None,
    direction: Direction | None = None,
    disposition: Disposition | None = None,
    seconds: int | None = None,
    subject: str = "",
    body: str = "",
    at: datetime | None = None,
    user_id: UUID | None = None,
    call_back_at: datetime | None = None,
    external_key: str | None = None,
    data: Mapping[str, object] | None = None,
) -> Activity:
    """Log one activity with the lead's person, or with a person and, if they have one, their open lead.

    `direction` None: outbound, for notes internal. `user_id` None: the actor, else the lead's rep.
    `call_back_at`: when the person asked to be called. An `external_key` known already changes nothing and returns
    what it stands for. Raises `Invalid`, `NotFound`, and `Forbidden` for touching another rep's lead.
    """
    activities.require_logging(tx)
    lead, person_id, account_id = _about(tx, lead_id, person_id)
    new = NewActivity(
        kind=kind,
        direction=direction or (Direction.INTERNAL if kind is Kind.NOTE else Direction.OUTBOUND),
        person_id=person_id,
        user_id=_whose(tx, user_id, lead),
        lead_id=lead.id if lead else None,
        account_id=account_id,
        campaign_id=lead.campaign_id if lead else None,
        disposition=disposition,
        seconds=seconds,
        subject=subject,
        body=body,
        at=at,
        external_key=external_key,
        data=data or {},
    )
    if lead is not None and lead.stage in WORKABLE_STAGES and is_touch(new.kind, new.direction):
        require_work_on(tx, lead)
    check_call_back(call_back_at, at or tx.now)
    entry, is_new = activities.log_once(tx, new)
    if lead is not None and is_new:
        _follow(tx, lead, entry, call_back_at)
    return entry


def correct_activity(tx: Transaction, activity_id: UUID, changes: Mapping[str, object]) -> Activity:
    """Replace an entry by a later one that differs in `changes`; the lead is counted again from the record.

    Raises as `activities.correct` does.
    """
    activities.require_logging(tx)
    before = activities.activity(tx, activity_id)
    if before.lead_id is None:
        return activities.correct(tx, activity_id, changes)
    lead = load_lead(tx, before.lead_id, lock=True)
    entry = activities.correct(tx, activity_id, {**changes, "campaign_id": lead.campaign_id})
    if lead.stage is not Stage.INQUIRY:
        recount(tx, lead, entry)
    return entry


def answer_dealt_with(tx: Transaction, lead_id: UUID, until: datetime | None = None) -> None:
    """A person's mail needs no answer now: their lead's touch is put off until then, or follows as after a talk.

    Changes nothing about a lead whose touch is due for another reason, or which nobody works. Raises `Forbidden`.
    """
    lead = load_to_work(tx, lead_id)
    if lead.stage not in WORKABLE_STAGES or lead.next_touch_because != TouchBecause.REPLIED:
        return
    because = TouchBecause.SNOOZED if until else TouchBecause.FOLLOW_UP
    at = until or suitable(tx.now + AFTER_CONTACT, lead.time_zone)
    save_lead(tx, replace(lead, next_touch_at=at, next_touch_because=because.value))


def recount(tx: Transaction, lead: Lead, entry: Activity) -> Lead:
    """Let a lead's touches be what the record, corrections applied, now says.

    A first touch or conversation that comes to light by a correction counts like any other; one that was none
    after all, or another, is told as such (`lead.contacted` with `corrected`).
    """
    tally = activities.tally_of_lead(tx, lead.id)
    if lead.first_attempt_at is None and tally.first_attempt_at is not None and lead.stage in TABLE[Attempt]:
        lead = keep_promise(tx, lead, Promise.FIRST_ATTEMPT, tally.first_attempt_at)
        lead = advance(tx, lead, Attempt(), tally.first_attempt_at)
    if lead.conversed_at is None and tally.conversed_at is not None and lead.stage in TABLE[Converse]:
        lead = advance(tx, replace(lead, attempts=tally.attempts_to_contact or 0), Converse(), tally.conversed_at)
    return advance(
        tx,
        lead,
        Recount(
            attempts=tally.attempts,
            first_attempt_at=tally.first_attempt_at,
            last_attempt_at=tally.last_attempt_at,
            conversed_at=tally.conversed_at,
            attempts_to_contact=tally.attempts_to_contact,
        ),
        entry.at,
    )


def _about(tx: Transaction, lead_id: UUID | None, person_id: UUID | None) -> tuple[Lead | None, UUID, UUID | None]:
    """The lead that is meant, locked (by its id, or the person's open one), its person and account."""
    if lead_id is not None:
        lead = load_lead(tx, lead_id, lock=True)
        if person_id not in (None, lead.person_id):
            raise Invalid("This lead is not this person's. Give one of the two.")
        return lead, lead.person_id, lead.account_id
    if person_id is None:
        raise Invalid("Say with whom it was: a lead or a person.")
    now_id, account_id = person_known(tx, person_id)
    lead = open_leads_of(tx, [now_id], lock=True).get(now_id)
    return lead, now_id, lead.account_id if lead else account_id


def _whose(tx: Transaction, user_id: UUID | None, lead: Lead | None) -> UUID | None:
    """In whose name it is logged. Raises `Forbidden` for another's name without the right to assign."""
    if user_id is not None and user_id != tx.actor.id:
        require_on_behalf_of(tx, user_id)
        return user_id
    return tx.actor.id or (lead.owner_id if lead else None)


def _follow(tx: Transaction, lead: Lead, entry: Activity, call_back_at: datetime | None) -> None:
    """What an entry changes about its lead."""
    touched = is_touch(entry.kind, entry.direction)
    is_late_told = _is_late_told(lead, entry)
    if touched and lead.first_attempt_at is None and lead.stage in TABLE[Attempt]:
        lead = keep_promise(tx, lead, Promise.FIRST_ATTEMPT, entry.at)
        lead = taken_by_working(tx, lead, entry.user_id, entry.at)
    before = lead
    lead = _planned(lead, entry, call_back_at, is_late_told=is_late_told)
    saved = lead
    if touched and lead.stage in TABLE[Attempt]:
        saved = advance(tx, saved, Attempt(), entry.at)
    if entry.is_conversation and lead.stage in TABLE[Converse]:
        saved = advance(tx, saved, Converse(), entry.at)
    if saved is lead and lead != before:
        saved = save_lead(tx, lead)
    if is_late_told and lead.stage in TABLE[Attempt]:
        recount(tx, saved, entry)


def _is_late_told(lead: Lead, entry: Activity) -> bool:
    """Whether something later is on record already, so that counting on would count in the wrong order."""
    later = [moment for moment in (lead.last_attempt_at, lead.conversed_at) if moment is not None]
    return bool(later) and entry.at < max(later)


def taken_by_working(tx: Transaction, lead: Lead, user_id: UUID | None, at: datetime) -> Lead:
    """A lead of a pool becomes the lead of the rep who works it first; any other stays as it is."""
    if lead.owner_id is not None or user_id is None or lead.stage not in WORKABLE_STAGES:
        return lead
    user = identity.user(tx, user_id)
    if user.role not in {Role.REP, Role.MANAGER}:
        return lead
    text = f"{user.name} took it from the pool by working it."
    return give(tx, lead, Choice(user.id, user.team_id, Because.CLAIMED, {"text": text}), at)


def _planned(lead: Lead, entry: Activity, call_back_at: datetime | None, *, is_late_told: bool) -> Lead:
    """The lead with its next touch planned and its claim ended; not yet saved.

    What is told late plans nothing, but for a mail of the person's: it waits for an answer all the same.
    """
    touched = is_touch(entry.kind, entry.direction)
    is_theirs = entry.kind is Kind.EMAIL and not touched
    if lead.stage not in WORKABLE_STAGES or (is_late_told and not is_theirs):
        return lead
    planned = next_touch(entry, lead.attempts + touched, lead.time_zone, call_back_at)
    if planned is not None:
        lead = replace(
            lead, next_touch_at=planned.at, next_touch_because=planned.because.value, next_touch_note=None
        )
    if not touched or lead.claimed_by is None:
        return lead
    return replace(lead, claimed_by=None, claimed_until=None)
