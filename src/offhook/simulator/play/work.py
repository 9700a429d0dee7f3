"""A rep's two hours: what came back, then the head of the queue, lead by lead, as far as the pace carries."""

from datetime import datetime, timedelta
from uuid import UUID

from offhook.activities import Activity, Direction, Disposition, Kind
from offhook.identity import User
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.leads import (
    Lead,
    Mode,
    QueueItem,
    Stage,
    Verdict,
    answer_all,
    disqualify,
    hand_off,
    load_lead,
    log_activity,
    qualification_of,
    queue_of,
    recycle,
)
from offhook.simulator.play import behaviour, staff
from offhook.simulator.play.behaviour import Reachable, Touch
from offhook.simulator.play.scene import Scene, Slot, unless_refused

TALKS_BEFORE_REST = 3
LIVE_SHARE = 0.22
GIVES_UP_RETURNED = 0.7
LOOKS = 3
"""So many times more leads are looked at than can be touched: some may not be called at this hour."""
SOON = timedelta(minutes=2)


def work_slot(tx: Transaction, scene: Scene, rep: User, slot: Slot) -> int:
    """Let the rep work the slot, in their own name; returns how many leads were touched."""
    temper = staff.member(rep.email).temper
    for at, lead_id in scene.replies_until(rep.id, slot.ends_at):
        _take_reply(tx, rep, lead_id, max(at, slot.starts_at))
    pace = max(1, temper.pace + scene.rng.randrange(-2, 3))
    touched = 0
    moments = slot.moments(scene.rng, pace)
    for item in queue_of(tx, rep.id, LOOKS * pace):
        if touched == pace:
            break
        at = _not_too_early(item.lead, moments[touched], slot.ends_at)
        touched += _work(tx, scene, rep, item, at)
    return touched


def _not_too_early(lead: Lead, moment: datetime, latest: datetime) -> datetime:
    """A lead is touched after it came, after its last touch, and not before the time it asked for."""
    known = (lead.mql_at, lead.opened_at, lead.last_attempt_at, lead.next_touch_at)
    earliest = max(one for one in known if one is not None) + SOON
    return min(max(moment, earliest), latest)


def _take_reply(tx: Transaction, rep: User, lead_id: UUID, at: datetime) -> None:
    lead = load_lead(tx, lead_id)
    if lead.owner_id != rep.id or lead.stage is not Stage.WORKING:
        return
    at = max(at, lead.last_attempt_at or at)
    log_activity(
        tx,
        kind=Kind.EMAIL,
        lead_id=lead_id,
        direction=Direction.INBOUND,
        disposition=Disposition.REPLIED,
        subject="Re: Shall we find fifteen minutes?",
        at=at,
    )


def _work(tx: Transaction, scene: Scene, rep: User, item: QueueItem, at: datetime) -> bool:
    """Touch a lead, and do what follows; False when it is not its time."""
    lead, interest = item.lead, scene.interest(item.lead.person_id)
    charm = staff.member(rep.email).temper.charm
    if not (item.contact.phones or item.contact.emails):
        disqualify(tx, lead.id, "bad_contact", at=at)
        return True
    if lead.next_touch_because == "returned" and scene.rng.random() < GIVES_UP_RETURNED:
        _close_returned(tx, scene, lead, at)
        return True
    done = behaviour.touch(scene.rng, _reachable(item), interest, charm, at)
    if done is None:
        return False
    entry = _log(tx, lead, done, at)
    if done.is_talk:
        _ask(tx, scene, lead, entry, charm)
    elif done.kind is Kind.EMAIL and behaviour.replies(scene.rng, interest):
        scene.expect_reply(rep.id, at + timedelta(hours=scene.rng.uniform(1, 50)), lead.id)
    else:
        _let_rest(tx, scene, lead, done, at)
    return True


def _reachable(item: QueueItem) -> Reachable:
    lead = item.lead
    return Reachable(
        has_phone=bool(item.contact.phones) and not item.contact.do_not_call,
        may_call=item.may_call,
        has_email=bool(item.contact.emails) and not item.contact.do_not_email,
        attempts=lead.attempts,
        has_talked=lead.conversed_at is not None,
        is_expected=lead.next_touch_because == "call_back",
        time_zone=lead.time_zone,
    )


def _log(tx: Transaction, lead: Lead, done: Touch, at: datetime) -> Activity:
    return log_activity(
        tx,
        kind=done.kind,
        lead_id=lead.id,
        disposition=done.disposition,
        seconds=done.seconds,
        subject=done.subject,
        body=done.body,
        at=at,
        call_back_at=done.call_back_at,
    )


def _ask(tx: Transaction, scene: Scene, lead: Lead, entry: Activity, charm: float) -> None:
    """Questions of the criteria, and what follows from the verdict."""
    before = qualification_of(tx, lead.id)
    known = {answer.question: answer.value for answer in before.answers}
    questions = before.criteria.agreement.questions
    told = behaviour.answers(scene.rng, questions, known, scene.interest(lead.person_id), charm)
    verdict = before.judgement.verdict
    if told:
        after = answer_all(tx, lead.id, told, activity_id=entry.id, at=entry.at)
        verdict = after.judgement.verdict
    if verdict is Verdict.IN:
        _hand_off(tx, scene, lead, entry.at)
    elif verdict is Verdict.OUT:
        reason = behaviour.pick(scene.rng, behaviour.DISQUALIFIED)
        disqualify(tx, lead.id, reason, at=entry.at)
    elif len(known) + len(told) >= len(questions) or lead.attempts > TALKS_BEFORE_REST * behaviour.GIVE_UP_AFTER:
        _recycle(tx, scene, lead, behaviour.pick(scene.rng, behaviour.RECYCLED), entry.at)


def _hand_off(tx: Transaction, scene: Scene, lead: Lead, at: datetime) -> None:
    """Live, or for an hour that is free; where none of a few is, the lead stays with the rep until tomorrow."""
    if scene.rng.random() < LIVE_SHARE:
        hand_off(tx, lead.id, Mode.LIVE, at=at)
        return
    refused: list[Conflict] = []
    for _ in range(6):
        wished = behaviour.meeting_time(scene.rng, max(at, tx.now), lead.time_zone)
        before = len(refused)
        with unless_refused(tx, refused):
            hand_off(tx, lead.id, Mode.SCHEDULED, meeting_at=wished, at=at)
        if len(refused) == before:
            return


def _let_rest(tx: Transaction, scene: Scene, lead: Lead, done: Touch, at: datetime) -> None:
    """Whoever said no, cannot be reached, or was tried often enough is not tried again for now."""
    if done.disposition is Disposition.DO_NOT_CALL:
        disqualify(tx, lead.id, "do_not_contact", at=at)
    elif done.disposition is Disposition.NOT_INTERESTED:
        if scene.rng.random() < 0.55:
            disqualify(tx, lead.id, "not_interested", at=at)
        else:
            _recycle(tx, scene, lead, "not_now", at)
    elif done.call_back_at is None and lead.attempts + 1 >= behaviour.GIVE_UP_AFTER and lead.conversed_at is None:
        _recycle(tx, scene, lead, "no_response", at)


def _close_returned(tx: Transaction, scene: Scene, lead: Lead, at: datetime) -> None:
    """What the AE sent back mostly rests or ends; the rest the rep calls again."""
    if scene.rng.random() < 0.4:
        disqualify(tx, lead.id, behaviour.pick(scene.rng, behaviour.DISQUALIFIED), at=at)
    else:
        _recycle(tx, scene, lead, behaviour.pick(scene.rng, behaviour.RECYCLED), at)


def _recycle(tx: Transaction, scene: Scene, lead: Lead, reason: str, at: datetime) -> None:
    until = at.date() + timedelta(days=scene.rng.choice((21, 30, 30, 45, 60)))
    recycle(tx, lead.id, reason, until=until, at=at)
