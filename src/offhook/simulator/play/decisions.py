"""An AE's two hours: offers decided, meetings held or missed, leads confirmed or sent back."""

from datetime import datetime, timedelta

from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.leads import (
    HandOffStatus,
    MeetingOutcome,
    Mode,
    accept,
    confirm,
    hand_offs_page,
    load_lead,
    record_meeting_outcome,
    reject,
    reschedule,
)
from offhook.leads.hand_off.model import HandOff
from offhook.simulator.play import behaviour, staff
from offhook.simulator.play.scene import Scene, Slot, unless_refused

MOST = 200
MEETING = timedelta(minutes=30)
SOON = timedelta(minutes=4)
UNDECIDED = (HandOffStatus.OFFERED, HandOffStatus.ACCEPTED)

LOOKS_NOW = 0.7
"""The chance that an AE gets to an offer within a slot; the others wait, and some too long."""


def decide_slot(tx: Transaction, scene: Scene, ae: User, slot: Slot) -> int:
    """Let the AE work the slot, in their own name; returns how many hand-offs moved."""
    waiting = hand_offs_page(tx, ae_id=ae.id, statuses=UNDECIDED, limit=MOST)
    moments = slot.moments(scene.rng, len(waiting))
    return sum(
        _decide(tx, scene, ae, one, at, slot.ends_at) for one, at in zip(reversed(waiting), moments, strict=True)
    )


def _decide(tx: Transaction, scene: Scene, ae: User, one: HandOff, at: datetime, latest: datetime) -> bool:
    """Take the next step that is due on a hand-off; False when none is."""
    at = min(latest, max(at, (one.decided_at or one.at) + SOON))
    if one.status is HandOffStatus.OFFERED:
        return _answer_offer(tx, scene, one, at)
    if one.mode is Mode.LIVE or one.meeting_outcome is MeetingOutcome.HELD:
        return _conclude(tx, scene, ae, one, at)
    if one.meeting_outcome is None and one.meeting_at is not None and one.meeting_at + MEETING <= latest:
        return _meet(tx, scene, ae, one, max(one.meeting_at + MEETING, (one.decided_at or one.at) + SOON))
    return False


def _answer_offer(tx: Transaction, scene: Scene, one: HandOff, at: datetime) -> bool:
    is_close = one.mode is Mode.LIVE or (one.meeting_at is not None and one.meeting_at <= at + MEETING)
    if not is_close and scene.rng.random() > LOOKS_NOW:
        return False
    if one.mode is Mode.SCHEDULED and scene.rng.random() < 0.08:
        reject(tx, one.id, behaviour.pick(scene.rng, behaviour.REFUSALS), at=at)
    else:
        accept(tx, one.id, at=at)
    return True


def _meet(tx: Transaction, scene: Scene, ae: User, one: HandOff, at: datetime) -> bool:
    luck = scene.rng.random()
    if luck < 0.8:
        record_meeting_outcome(tx, one.id, MeetingOutcome.HELD, at)
        if scene.rng.random() < 0.6:
            _conclude(tx, scene, ae, one, at)
        return True
    missed = MeetingOutcome.NO_SHOW if luck < 0.94 else MeetingOutcome.CANCELLED
    record_meeting_outcome(tx, one.id, missed, at)
    if scene.rng.random() < 0.65 and _book_again(tx, scene, one):
        return True
    reject(tx, one.id, "meeting_not_held", at=at)
    return True


def _book_again(tx: Transaction, scene: Scene, one: HandOff) -> bool:
    zone = load_lead(tx, one.lead_id).time_zone
    refused: list[Conflict] = []
    with unless_refused(tx, refused):
        reschedule(tx, one.id, behaviour.meeting_time(scene.rng, tx.now, zone))
    return not refused


def _conclude(tx: Transaction, scene: Scene, ae: User, one: HandOff, at: datetime) -> bool:
    """After the first conversation: SQL, or back to the rep with a reason."""
    interest = scene.interest(load_lead(tx, one.lead_id).person_id)
    if scene.rng.random() < 0.38 + 0.45 * interest + staff.member(ae.email).temper.charm:
        confirm(tx, one.id, at=at)
    else:
        reject(tx, one.id, behaviour.pick(scene.rng, behaviour.REJECTIONS), at=at)
    return True
