"""The use cases of the work queue: see it, claim from it, give back, put off.

A rep's queue holds the leads that are theirs, those of their team's pool, and those in nobody's. What it costs
does not grow with the number of leads: `store` looks at the ends of a few index ranges, `ranking` orders what it
finds there. A claim is the rep's for `CLAIM` and ends by itself, so that nothing is locked by who went home.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from offhook import compliance, identity
from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid
from offhook.leads.model import WORKABLE_STAGES, Lead
from offhook.leads.queue import store
from offhook.leads.queue.model import Candidate, Contact, QueueItem, Ranked, TouchBecause
from offhook.leads.queue.ranking import Moment, place_of, promising, rank
from offhook.leads.queue.window import CallWindow, ZoneTime, window_of, zone_times
from offhook.leads.scoring.service import scoring_model
from offhook.leads.store import leads_by_id, save_lead
from offhook.leads.working import load_to_work, require_on_behalf_of

CLAIM = timedelta(minutes=15)
"""How long a claim lasts; claiming again renews it."""

FEW = 25
"""How many leads are looked at, at least, at each end of each bucket."""

AT_ONCE = 10
"""Of how many leads the policy is asked in one statement; a claim has so many to choose from."""

LOOKS = 4
"""How often a claim looks for a free lead, each time twice as far."""

MOST = 200
FARTHEST_SNOOZE = timedelta(days=366)


def queue_of(tx: Transaction, rep_id: UUID, limit: int = 20) -> list[QueueItem]:
    """The head of a rep's queue, best first, each with its reasons; claims nothing.

    Raises `NotFound` for an unknown rep.
    """
    tx.require("leads:read")
    if not 1 <= limit <= MOST:
        raise Invalid(
            f"A queue is shown 1 to {MOST} leads at a time.", fields=[FieldError("limit", f"1 to {MOST}")]
        )
    ranked = _ranked(tx, _desks(identity.user(tx, rep_id)), rep_id, max(FEW, limit), limit)[:limit]
    leads = {lead.id: lead for lead in leads_by_id(tx, [one.candidate.lead_id for one in ranked])}
    return _items(tx, rep_id, [(one, leads[one.candidate.lead_id]) for one in ranked])


def claim_next(tx: Transaction, rep_id: UUID, *, minutes: float | None = None) -> QueueItem | None:
    """Give the rep the best lead that is free, and let no other rep have it while they hold it.

    Other leads that they hold are given back: a rep works on one at a time. None when nothing is due. Safe under
    concurrency: who comes second is given the next.
    """
    require_on_behalf_of(tx, rep_id)
    rep = identity.user(tx, rep_id)
    if not rep.is_active:
        raise Conflict(f"{rep.name} is deactivated and can claim nothing.")
    taken = _take(tx, rep, tx.now + _length(minutes))
    if taken is None:
        return None
    store.give_back(tx, rep_id, but=taken.candidate.lead_id)
    return _items(tx, rep_id, [(taken, leads_by_id(tx, [taken.candidate.lead_id])[0])])[0]


def _take(tx: Transaction, rep: User, until: datetime) -> Ranked | None:
    """Claim the best free lead. Where many reps take from one pool at once, others may take all that was looked
    at in the meantime: then look again, and wider.
    """
    desks = _desks(rep)
    for look in range(LOOKS):
        ranked = {one.candidate.lead_id: one for one in _ranked(tx, desks, rep.id, FEW << look, AT_ONCE)}
        if not ranked:
            return None
        taken = store.take(tx, rep.id, desks, list(ranked), tx.now, until)
        if taken is not None:
            return ranked[taken]
    return None


def claim(tx: Transaction, rep_id: UUID, lead_id: UUID, *, minutes: float | None = None) -> QueueItem:
    """Give the rep this very lead to work on, due or not. Raises `Conflict` when another rep holds it."""
    require_on_behalf_of(tx, rep_id)
    lead = load_to_work(tx, lead_id)
    _check_workable(lead)
    if not store.hold(tx, rep_id, lead_id, tx.now, tx.now + _length(minutes)):
        raise Conflict("Another rep is working on this lead now.", code="claimed")
    store.give_back(tx, rep_id, but=lead_id)
    return _item(tx, rep_id, lead_id)


def claims(tx: Transaction, rep_id: UUID) -> list[QueueItem]:
    """What the rep holds now."""
    tx.require("leads:read")
    return [_item(tx, rep_id, lead_id) for lead_id in store.held_by(tx, rep_id, tx.now)]


def give_back(tx: Transaction, rep_id: UUID, lead_id: UUID | None = None) -> list[UUID]:
    """End the rep's claim on this lead, or on all they hold; returns which they were."""
    require_on_behalf_of(tx, rep_id)
    return store.give_back(tx, rep_id, only=lead_id)


def snooze(tx: Transaction, lead_id: UUID, until: datetime) -> Lead:
    """Do not offer a lead before then, and end the claim on it.

    Raises `Invalid` for a time that is past or more than a year away, `Conflict` for a lead nobody works.
    """
    lead = load_to_work(tx, lead_id)
    _check_workable(lead)
    if until.tzinfo is None or not tx.now < until <= tx.now + FARTHEST_SNOOZE:
        raise Invalid(
            "Say until when, with a time zone: a time to come, at most a year away.",
            fields=[FieldError("until", "must lie ahead, within a year", until.isoformat())],
        )
    return save_lead(
        tx,
        replace(
            lead,
            next_touch_at=until,
            next_touch_because=TouchBecause.SNOOZED.value,
            claimed_by=None,
            claimed_until=None,
        ),
    )


def _desks(rep: User) -> list[UUID]:
    """Where a rep takes leads from: their own desk, their team's pool, nobody's."""
    return [rep.id, store.NOBODY] if rep.team_id is None else [rep.id, rep.team_id, store.NOBODY]


def _ranked(tx: Transaction, desks: Sequence[UUID], rep_id: UUID, few: int, wanted: int) -> list[Ranked]:
    """The head of these desks, best first, with at least `wanted` who may be called if there are so many.

    Zones in which people may be called now come first, so that the many who sleep do not hide the few who are up;
    whoever wrote and waits for an answer is looked for in all of them.
    """
    with store.read_in_order(tx):
        places = store.desk_zones(tx, desks)
        zones = zone_times((zone for _, zone in places), tx.now)
        awake = [place for place in places if zones[place[1]].is_open]
        waiting = store.awaiting_answer(tx, rep_id, desks, tx.now, few)
        found = {one.lead_id: one for one in (*waiting, *store.candidates(tx, rep_id, awake, tx.now, few))}
        ranked = _rank(tx, list(found.values()), zones, wanted)
        if sum(one.may_call for one in ranked) >= wanted or len(awake) == len(places):
            return ranked
        asleep = [place for place in places if not zones[place[1]].is_open]
        others = [one for one in store.candidates(tx, rep_id, asleep, tx.now, few) if one.lead_id not in found]
        later = _rank(tx, others, zones, wanted)
        return sorted([*ranked, *later], key=place_of)


def _rank(tx: Transaction, found: Sequence[Candidate], zones: Mapping[str, ZoneTime], wanted: int) -> list[Ranked]:
    """These in their order, as far as `wanted` who may be called: the policy is asked of the most promising first,
    and of no more than it takes.
    """
    if not found:
        return []
    moment = Moment(tx.now, timedelta(days=scoring_model(tx).half_life_days))
    hopeful = promising(found, moment, zones)
    ranked: list[Ranked] = []
    for first in range(0, len(hopeful), AT_ONCE):
        some = hopeful[first : first + AT_ONCE]
        ranked += rank(some, moment, _windows(tx, some, zones))
        if sum(one.may_call for one in ranked) >= wanted:
            break
    return sorted(ranked, key=place_of)


def _windows(tx: Transaction, found: Sequence[Candidate], zones: Mapping[str, ZoneTime]) -> dict[UUID, CallWindow]:
    """What the policy says of calling each of these leads' persons now; one statement for all."""
    known = {one.person_id: zones[one.time_zone] for one in found}
    verdicts = compliance.may_call_persons(tx, {person: str(zone.local.tzinfo) for person, zone in known.items()})
    return {person: window_of(zone, verdicts[person]) for person, zone in known.items()}


def _items(tx: Transaction, rep_id: UUID, found: Sequence[tuple[Ranked, Lead]]) -> list[QueueItem]:
    contacts = store.contacts(tx, [lead.person_id for _, lead in found])
    return [_shown(tx, rep_id, one, lead, contacts) for one, lead in found]


def _shown(tx: Transaction, rep_id: UUID, one: Ranked, lead: Lead, contacts: dict[UUID, Contact]) -> QueueItem:
    is_held = lead.claimed_by == rep_id and lead.claimed_until is not None and lead.claimed_until > tx.now
    return QueueItem(
        lead=lead,
        contact=contacts.get(lead.person_id) or _unknown(lead.person_id),
        points=round(one.points, 1),
        may_call=one.may_call,
        window_changes_at=one.window_changes_at,
        local_time=one.local_time,
        reasons=tuple(replace(reason, points=round(reason.points, 1)) for reason in one.reasons),
        claimed_until=lead.claimed_until if is_held else None,
    )


def _unknown(person_id: UUID) -> Contact:
    return Contact(person_id, None, None, None, (), (), do_not_call=False, do_not_email=False)


def _item(tx: Transaction, rep_id: UUID, lead_id: UUID) -> QueueItem:
    """One lead as the queue shows it, whether it is due or not."""
    lead = leads_by_id(tx, [lead_id])[0]
    candidate = _candidate(lead)
    if lead.next_touch_at is not None and lead.next_touch_at > tx.now:
        candidate = replace(candidate, next_touch_at=None, next_touch_because=None, next_touch_note=None)
    ranked = _rank(tx, [candidate], zone_times([candidate.time_zone], tx.now), 1)
    return _items(tx, rep_id, [(ranked[0], lead)])[0]


def _candidate(lead: Lead) -> Candidate:
    return Candidate(
        lead_id=lead.id,
        person_id=lead.person_id,
        stage=lead.stage.value,
        verdict=lead.verdict.value,
        fit=lead.fit,
        engagement=lead.engagement,
        scored_at=lead.scored_at,
        mql_at=lead.mql_at,
        attempts=lead.attempts,
        last_attempt_at=lead.last_attempt_at,
        next_touch_at=lead.next_touch_at,
        next_touch_because=lead.next_touch_because,
        due_at=lead.due_at,
        time_zone=lead.time_zone,
        next_touch_note=lead.next_touch_note,
    )


def _check_workable(lead: Lead) -> None:
    if lead.stage not in WORKABLE_STAGES:
        raise Conflict(f"A lead in stage '{lead.stage}' is in no rep's queue.", code="stage-does-not-allow")


def _length(minutes: float | None) -> timedelta:
    if minutes is None:
        return CLAIM
    if not 1 <= minutes <= 8 * 60:
        raise Invalid(
            "A claim lasts 1 minute to 8 hours.", fields=[FieldError("minutes", "1 to 480", f"{minutes:g}")]
        )
    return timedelta(minutes=minutes)
