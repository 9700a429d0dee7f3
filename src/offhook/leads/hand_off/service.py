"""The use cases of hand-offs: offer, accept, reject, withdraw, confirm, meetings, and reading them.

Whoever decides is the AE it was offered to, or somebody who may assign leads. A hand-off and its lead move
together, in one transaction; the AE's decision is promised within its SLA.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from offhook import identity
from offhook.activities import Disposition, Kind
from offhook.identity import Role, User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StaleVersion
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.leads.hand_off import store
from offhook.leads.hand_off.briefing import brief, plain
from offhook.leads.hand_off.engaged import engagements
from offhook.leads.hand_off.gathering import facts_for
from offhook.leads.hand_off.model import HandOff, HandOffStatus, MeetingOutcome, Mode
from offhook.leads.hand_off.reasons import REJECT, agreed, checked_note
from offhook.leads.hand_off.rules import (
    check_follows,
    check_free,
    check_meeting,
    check_outcome,
    moment,
)
from offhook.leads.lifecycle import model as lifecycle
from offhook.leads.lifecycle.rules import decide
from offhook.leads.lifecycle.service import advance
from offhook.leads.model import Lead, Verdict
from offhook.leads.routing.model import Because, Choice
from offhook.leads.routing.service import choose_ae
from offhook.leads.sla.model import Promise
from offhook.leads.sla.service import keep_promise, start_promise, stop_promises
from offhook.leads.store import load_lead
from offhook.leads.touch.service import log_activity, taken_by_working
from offhook.leads.working import load_to_work, require_work_on

NOT_FOR_THIS_AE = frozenset({"not_my_territory", "no_capacity", "existing_customer", "existing_opportunity"})
"""Reasons after which the next hand-off goes to another AE."""


def hand_off(
    tx: Transaction,
    lead_id: UUID,
    mode: Mode,
    meeting_at: datetime | None = None,
    ae_id: UUID | None = None,
    at: datetime | None = None,
    *,
    note: str = "",
    override: str | None = None,
    meeting_minutes: int = 30,
    allow_overlap: bool = False,
) -> HandOff:
    """Pass a qualified lead to an AE: `ae_id`, or whom routing chooses. It is SAL from now on.

    Live: the AE joins now. Scheduled: they meet the person at `meeting_at`; `allow_overlap` books it over another
    meeting of that AE. `override` says why it is handed off without the verdict "in"; that needs `criteria:write`.
    `at`: told afterwards.

    Raises `Conflict` (not qualified, stage, no AE, the AE has another meeting), `Invalid`, `Forbidden`.
    """
    lead = load_to_work(tx, lead_id)
    done_at = moment(at, tx.now, lead.opened_at, "the lead was opened")
    check_meeting(mode, meeting_at, done_at, meeting_minutes)
    is_override = _checked_override(tx, lead, override)
    check_ready(lead, mode, done_at, is_override=is_override)
    lead = taken_by_working(tx, lead, tx.actor.id, done_at)
    choice = _chosen(tx, lead, ae_id)
    ae = identity.user(tx, choice.user_id or new_id())
    if meeting_at is not None:
        _book(tx, ae, meeting_at, meeting_minutes, allow_overlap=allow_overlap)
    facts = facts_for(
        tx, lead, mode=mode, meeting_at=meeting_at, ae=ae, note=checked_note(note), override=override
    )
    offered = HandOff(
        id=new_id(),
        lead_id=lead.id,
        rep_id=lead.owner_id or tx.actor.id,
        rep_team_id=lead.team_id,
        ae_id=ae.id,
        mode=mode,
        meeting_at=meeting_at,
        meeting_outcome=None,
        briefing=plain(brief(facts)),
        explanation=choice.explanation,
        status=HandOffStatus.OFFERED,
        reason=None,
        at=done_at,
        decided_at=None,
        confirmed_at=None,
        is_first=lead.sal_at is None,
        version=1,
        meeting_minutes=meeting_minutes,
    )
    store.insert(tx, offered)
    lead = stop_promises(tx, lead, Promise.FIRST_ATTEMPT, done_at)
    lead = start_promise(tx, lead, Promise.HAND_OFF_DECISION, done_at, team_id=ae.team_id, hand_off_id=offered.id)
    advance(tx, lead, lifecycle.HandOff(_passed(offered), is_override), done_at)
    return offered


def accept(tx: Transaction, hand_off_id: UUID, at: datetime | None = None) -> HandOff:
    """The AE takes the lead. Raises `Conflict` unless it is offered, `Invalid` for a time before the offer."""
    before, lead = _to_decide(tx, hand_off_id)
    return _decide(tx, before, lead, HandOffStatus.ACCEPTED, at, lifecycle.Accept)


def reject(tx: Transaction, hand_off_id: UUID, reason: str, note: str = "", at: datetime | None = None) -> HandOff:
    """The AE sends the lead back: it is the rep's again, and due at once.

    `reason` is one of the agreed ones (`reasons.REJECT`). Raises `Invalid` for others, `Conflict` once decided.
    """
    before, lead = _to_decide(tx, hand_off_id)
    told = agreed(REJECT, reason, note)
    return _decide(
        tx, before, lead, HandOffStatus.REJECTED, at, lambda passed: lifecycle.Reject(passed, told), reason=told
    )


def confirm(tx: Transaction, hand_off_id: UUID, at: datetime | None = None) -> HandOff:
    """After the first conversation the AE confirms that the lead meets the criteria: it is SQL.

    Raises `Conflict` unless it was accepted.
    """
    before, lead = _to_decide(tx, hand_off_id)
    return _decide(tx, before, lead, HandOffStatus.CONFIRMED, at, lifecycle.Confirm)


def check_may_be_handed_off(tx: Transaction, lead_id: UUID) -> None:
    """Raise what `hand_off` would raise for a live one, before anybody is asked to join."""
    check_ready(load_to_work(tx, lead_id), Mode.LIVE, tx.now, is_override=False)


def withdraw(tx: Transaction, hand_off_id: UUID, note: str = "", at: datetime | None = None) -> HandOff:
    """The rep takes an undecided hand-off back. Raises `Conflict` once it was decided."""
    if not tx.actor.may("leads:assign"):
        tx.require("leads:work")
    before, lead = _locked(tx, hand_off_id)
    require_work_on(tx, lead)
    told = checked_note(note)
    return _decide(
        tx,
        before,
        lead,
        HandOffStatus.WITHDRAWN,
        at,
        lambda passed: lifecycle.Withdraw(passed, told),
        reason=told or None,
    )


def record_meeting_outcome(
    tx: Transaction, hand_off_id: UUID, outcome: MeetingOutcome, at: datetime | None = None
) -> HandOff:
    """What became of the booked meeting: held, the person did not come, or it was called off.

    It is logged as an activity too. Raises `Conflict` when there is none or its outcome is known, `Invalid` for an
    outcome told before the meeting.
    """
    before, lead = _to_meet(tx, hand_off_id)
    done_at = moment(at, tx.now, before.at, "the hand-off")
    check_outcome(before, outcome, done_at)
    after = _save(tx, replace(before, meeting_outcome=outcome))
    met_at = done_at if outcome is MeetingOutcome.CANCELLED or before.meeting_at is None else before.meeting_at
    log_activity(
        tx,
        kind=Kind.MEETING,
        lead_id=lead.id,
        disposition=Disposition(outcome.value),
        at=met_at,
        user_id=tx.actor.id or before.ae_id,
        data={"hand_off_id": str(before.id)},
    )
    tx.append(Event(_MEETING_EVENTS[outcome], subject("lead", lead.id), _meeting(after, lead), at=done_at))
    return after


_MEETING_EVENTS = {
    MeetingOutcome.HELD: "meeting.held",
    MeetingOutcome.NO_SHOW: "meeting.missed",
    MeetingOutcome.CANCELLED: "meeting.cancelled",
}


def reschedule(
    tx: Transaction, hand_off_id: UUID, meeting_at: datetime, *, allow_overlap: bool = False
) -> HandOff:
    """Book the meeting at another time, as long as before; also after it was missed or called off.

    Raises `Conflict` when the AE has another meeting then, or the hand-off goes no further.
    """
    before, lead = _to_meet(tx, hand_off_id)
    if before.status not in {HandOffStatus.OFFERED, HandOffStatus.ACCEPTED}:
        raise Conflict(f"This hand-off is {before.status}: it has no meeting to come.")
    if before.meeting_outcome is MeetingOutcome.HELD:
        raise Conflict("The meeting was held. Log a further one as an activity.")
    check_meeting(Mode.SCHEDULED, meeting_at, tx.now)
    ae = identity.user(tx, before.ae_id)
    _book(tx, ae, meeting_at, before.meeting_minutes, allow_overlap=allow_overlap, but=before.id)
    after = _save(tx, replace(before, meeting_at=meeting_at, meeting_outcome=None))
    previous = before.meeting_at.isoformat() if before.meeting_at else None
    told = _meeting(after, lead) | {"previous_at": previous}
    tx.append(Event("meeting.rescheduled", subject("lead", lead.id), told))
    return after


# Reading


def hand_off_by_id(tx: Transaction, hand_off_id: UUID) -> HandOff:
    """One hand-off with its briefing. Raises `NotFound`."""
    tx.require("leads:read")
    return _one(tx, hand_off_id)


def last_hand_off(tx: Transaction, lead_id: UUID) -> HandOff:
    """The lead's last hand-off. Raises `NotFound` when it was never handed off."""
    tx.require("leads:read")
    load_lead(tx, lead_id)
    found = store.last_of_lead(tx, lead_id)
    if found is None:
        raise NotFound("This lead was never handed off.")
    return found


def hand_offs_page(
    tx: Transaction,
    *,
    ae_id: UUID | None = None,
    rep_id: UUID | None = None,
    lead_id: UUID | None = None,
    statuses: Sequence[HandOffStatus] | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[HandOff]:
    """Up to `limit` hand-offs, the newest first; conditions that are None do not count."""
    tx.require("leads:read")
    return store.page(
        tx,
        ae_id=ae_id,
        rep_id=rep_id,
        lead_id=lead_id,
        statuses=[status.value for status in statuses] if statuses else None,
        before=before,
        limit=limit,
    )


def _one(tx: Transaction, hand_off_id: UUID) -> HandOff:
    found = store.by_id(tx, hand_off_id)
    if found is None:
        raise NotFound(f"There is no hand-off {hand_off_id} here.")
    return found


def _locked(tx: Transaction, hand_off_id: UUID) -> tuple[HandOff, Lead]:
    """A hand-off and its lead, as they are once nobody else changes them: the lead's lock guards both."""
    lead = load_lead(tx, _one(tx, hand_off_id).lead_id, lock=True)
    return _one(tx, hand_off_id), lead


def _to_decide(tx: Transaction, hand_off_id: UUID) -> tuple[HandOff, Lead]:
    tx.require("handoffs:decide")
    before, lead = _locked(tx, hand_off_id)
    if tx.actor.id not in (None, before.ae_id) and not tx.actor.may("leads:assign"):
        raise Forbidden("This hand-off was offered to another AE.")
    return before, lead


def _to_meet(tx: Transaction, hand_off_id: UUID) -> tuple[HandOff, Lead]:
    """For what the AE, and also the rep who booked it, may tell of the meeting."""
    if not tx.actor.may("handoffs:decide"):
        tx.require("leads:work")
    before, lead = _locked(tx, hand_off_id)
    if tx.actor.id not in (None, before.ae_id, before.rep_id) and not tx.actor.may("leads:assign"):
        raise Forbidden("This is the meeting of another AE and rep.")
    return before, lead


def _decide(
    tx: Transaction,
    before: HandOff,
    lead: Lead,
    status: HandOffStatus,
    at: datetime | None,
    command: Callable[[lifecycle.Passed], lifecycle.Command],
    *,
    reason: str | None = None,
) -> HandOff:
    """Move the hand-off to `status` and give the lead its command."""
    check_follows(before, status)
    earlier = "it was accepted" if before.decided_at else "the offer"
    done_at = moment(at, tx.now, before.decided_at or before.at, earlier)
    if status is HandOffStatus.CONFIRMED:
        after = replace(before, status=status, confirmed_at=done_at)
    else:
        accepted_at = done_at if status is HandOffStatus.ACCEPTED else before.accepted_at
        after = replace(before, status=status, accepted_at=accepted_at, decided_at=done_at, reason=reason)
    passed = replace(
        _passed(before),
        was_accepted=before.accepted_at is not None,
        is_first_acceptance=not before.accepted_at and not store.was_accepted(tx, lead.id, before.id),
    )
    saved = _save(tx, after)
    end = stop_promises if status is HandOffStatus.WITHDRAWN else keep_promise
    lead = end(tx, lead, Promise.HAND_OFF_DECISION, done_at)
    advance(tx, lead, command(passed), done_at)
    return saved


def _save(tx: Transaction, after: HandOff) -> HandOff:
    if not store.save(tx, after):
        raise StaleVersion("The hand-off was changed meanwhile. Read it again, then repeat.")
    return replace(after, version=after.version + 1)


def _passed(one: HandOff) -> lifecycle.Passed:
    return lifecycle.Passed(
        hand_off_id=one.id,
        ae_id=one.ae_id,
        mode=one.mode.value,
        meeting_at=one.meeting_at,
        rep_id=one.rep_id,
        team_id=one.rep_team_id,
        handed_off_at=one.at,
        is_first=one.is_first,
    )


def _meeting(one: HandOff, lead: Lead) -> dict[str, Json]:
    return {
        "hand_off_id": str(one.id),
        "rep_id": str(one.rep_id) if one.rep_id else None,
        "team_id": str(one.rep_team_id) if one.rep_team_id else None,
        "ae_id": str(one.ae_id),
        "campaign_id": str(lead.campaign_id) if lead.campaign_id else None,
        "meeting_at": one.meeting_at.isoformat() if one.meeting_at else None,
    }


def check_ready(lead: Lead, mode: Mode, at: datetime, *, is_override: bool) -> None:
    """Raise `Conflict` for a lead that cannot be handed off, before an AE's turn or time is taken for it."""
    nobody = UUID(int=0)
    rehearsed = lifecycle.Passed(nobody, nobody, mode.value, None, None, None, at, lead.sal_at is None)
    decide(lead, lifecycle.HandOff(rehearsed, is_override), at)


def _checked_override(tx: Transaction, lead: Lead, override: str | None) -> bool:
    """Whether the verdict is overridden, by somebody who may. Raises `Forbidden`, `Invalid` without a reason."""
    if override is None:
        return False
    tx.require("criteria:write")
    if lead.verdict is Verdict.IN:
        raise Invalid(
            "The verdict is 'in': there is nothing to override.", fields=[FieldError("override", "is not needed")]
        )
    if not checked_note(override):
        raise Invalid("Say why it is handed off all the same.", fields=[FieldError("override", "give a reason")])
    return True


def _chosen(tx: Transaction, lead: Lead, ae_id: UUID | None) -> Choice:
    """The AE that was named, or whom routing chooses; after some rejections another than before."""
    if ae_id is None:
        return choose_ae(tx, lead, excluding=not_again(tx, lead.id))
    ae = receiver(tx, ae_id)
    by = identity.user(tx, tx.actor.id).name if tx.actor.id else "The system"
    return Choice(ae.id, ae.team_id, Because.MANUAL, {"text": f"{by} chose {ae.name}."})


def receiver(tx: Transaction, ae_id: UUID) -> User:
    """An AE by id. Raises `NotFound`, `Invalid` for somebody who takes no hand-offs."""
    ae = identity.user(tx, ae_id)
    if ae.role is not Role.AE or not ae.is_active:
        raise Invalid(
            f"{ae.name} takes no hand-offs: that is for active AEs.",
            fields=[FieldError("ae_id", "is no active AE", ae.email)],
        )
    return ae


def not_again(tx: Transaction, lead_id: UUID) -> UUID | None:
    """The AE who gave the lead back for a reason by which another should have it; None when nobody did."""
    last = store.last_of_lead(tx, lead_id)
    was_refused = last is not None and (last.reason or "").partition(":")[0] in NOT_FOR_THIS_AE
    return last.ae_id if last and was_refused else None


def _book(
    tx: Transaction,
    ae: User,
    meeting_at: datetime,
    minutes: int,
    *,
    allow_overlap: bool,
    but: UUID | None = None,
) -> None:
    """Make sure that the AE is free then, also of what is booked at this moment; unless overlaps are allowed."""
    identity.lock_time(tx, [ae.id])
    if allow_overlap:
        return
    ends_at = meeting_at + timedelta(minutes=minutes)
    others = engagements(tx, [ae.id], meeting_at, ends_at, but=but)
    check_free(meeting_at, [other.starts_at for other in others], ae.name)
