"""Use cases: move a meeting, call it off, tell what became of it.

A meeting of a hand-off is moved and called off by `leads`, whose rules hold; this keeps the meeting in step.
Whoever is invited is told each time, by the next SEQUENCE.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from offhook import identity, leads
from offhook.activities import Disposition, Kind
from offhook.calendar.meetings import store
from offhook.calendar.meetings.booking import about, check_host_free, keep_busy, tell, told_of
from offhook.calendar.meetings.model import Answer, MailKind, MailStanding, Meeting, MeetingState, RemoteState
from offhook.calendar.meetings.rules import check_moved, check_open, check_outcome
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, NotFound, StaleVersion
from offhook.kernel.events import Event
from offhook.leads import MeetingOutcome

LONGEST_REASON = 500
_EVENTS = {
    MeetingState.HELD: "meeting.held",
    MeetingState.NO_SHOW: "meeting.missed",
    MeetingState.CANCELLED: "meeting.cancelled",
}


def meeting(tx: Transaction, meeting_id: UUID) -> Meeting:
    """One meeting. Raises `NotFound`."""
    tx.require("leads:read")
    return present(store.by_id(tx, meeting_id), meeting_id)


def move(
    tx: Transaction, meeting_id: UUID, starts_at: datetime, *, version: int | None = None, is_forced: bool = False
) -> Meeting:
    """Move a meeting that is to come; `is_forced`: over whatever the host has then.

    Appends `meeting.rescheduled`. Raises `Conflict`, `Invalid`, `Forbidden`, `StaleVersion`.
    """
    before = to_change(tx, meeting_id, version)
    check_open(before, tx.now)
    check_moved(before, starts_at, tx.now)
    if before.hand_off_id is not None:
        leads.reschedule(tx, before.hand_off_id, starts_at, allow_overlap=is_forced)
        return at_time(tx, before, starts_at)
    host = identity.user(tx, before.host_id)
    identity.lock_time(tx, [host.id])
    if not is_forced:
        minutes = int(before.length.total_seconds() // 60)
        check_host_free(tx, host.id, host.name, starts_at, minutes, but=before)
    after = at_time(tx, before, starts_at)
    told = told_of(tx, after) | {"previous_at": before.starts_at.isoformat()}
    tx.append(Event("meeting.rescheduled", about(after), told))
    return after


def call_off(tx: Transaction, meeting_id: UUID, because: str = "", *, version: int | None = None) -> Meeting:
    """Call a meeting off that is to come. Appends `meeting.cancelled`. Raises as `move`."""
    before = to_change(tx, meeting_id, version)
    check_open(before, tx.now)
    return _ended(tx, before, MeetingState.CANCELLED, because)


def tell_outcome(
    tx: Transaction, meeting_id: UUID, outcome: MeetingState, *, version: int | None = None
) -> Meeting:
    """Tell what became of a meeting: held, the person did not come, or it was called off. It is logged.

    Appends `meeting.held`, `.missed` or `.cancelled`. Raises `Conflict` before it began or when it is known.
    """
    before = to_change(tx, meeting_id, version)
    check_outcome(before, outcome, tx.now)
    return _ended(tx, before, outcome, "")


def _ended(tx: Transaction, before: Meeting, outcome: MeetingState, because: str) -> Meeting:
    if before.hand_off_id is not None:
        leads.record_meeting_outcome(tx, before.hand_off_id, MeetingOutcome(outcome.value))
        return as_ended(tx, before, outcome, because)
    after = as_ended(tx, before, outcome, because)
    leads.log_activity(
        tx,
        kind=Kind.MEETING,
        lead_id=after.lead_id,
        person_id=None if after.lead_id else after.person_id,
        disposition=Disposition(outcome.value),
        at=tx.now if outcome is MeetingState.CANCELLED else after.starts_at,
        user_id=after.host_id,
        external_key=f"meeting:{after.id}",
        data={"meeting_id": str(after.id)},
    )
    tx.append(Event(_EVENTS[outcome], about(after), told_of(tx, after)))
    return after


def at_time(tx: Transaction, before: Meeting, starts_at: datetime, ends_at: datetime | None = None) -> Meeting:
    """The meeting at another time, or on again: told to the person and to the calendar. Its time is free."""
    after = replace(
        before,
        starts_at=starts_at,
        ends_at=ends_at or starts_at + before.length,
        state=MeetingState.BOOKED,
        because="",
        sequence=before.sequence + 1,
        answer=Answer.NONE,
        answered_at=None,
    )
    if after.connection_id is not None:
        after = replace(after, remote_state=RemoteState.TO_WRITE, remote_at=tx.now, remote_failures=0)
    store.save(tx, after)
    store.drop_waiting(tx, after.id)
    keep_busy(tx, after)
    tell(tx, after)
    return after


def as_ended(tx: Transaction, before: Meeting, state: MeetingState, because: str) -> Meeting:
    """The meeting as it ended. One called off before its time is told to the person and taken off the calendar."""
    is_off = state is MeetingState.CANCELLED
    after = replace(
        before,
        state=state,
        because=" ".join(because.split())[:LONGEST_REASON],
        sequence=before.sequence + 1 if is_off else before.sequence,
    )
    if is_off and after.connection_id is not None and after.remote_state is not RemoteState.NONE:
        after = replace(after, remote_state=RemoteState.TO_REMOVE, remote_at=tx.now, remote_failures=0)
    store.save(tx, after)
    knows = any(
        one.kind is MailKind.REQUEST and one.state is MailStanding.HANDED for one in store.mails_of(tx, [after.id])
    )
    store.drop_waiting(tx, after.id)
    keep_busy(tx, after)
    if is_off and knows and after.ends_at > tx.now:
        store.add_mail(tx, after, MailKind.CANCEL, tx.now)
    return after


def to_change(tx: Transaction, meeting_id: UUID, version: int | None = None) -> Meeting:
    """A meeting, locked, that the actor may change: its host, the lead's rep, or who may assign leads."""
    if not tx.actor.may("handoffs:decide"):
        tx.require("leads:work")
    found = present(store.by_id(tx, meeting_id, lock=True), meeting_id)
    if version is not None and found.version != version:
        raise StaleVersion("The meeting was changed since you read it. Read it again, then repeat.")
    if tx.actor.id in (None, found.host_id) or tx.actor.may("leads:assign"):
        return found
    lead = leads.load_lead(tx, found.lead_id) if found.lead_id else None
    if lead is None or lead.owner_id != tx.actor.id:
        raise Forbidden("This is the meeting of somebody else.")
    return found


def present(found: Meeting | None, meeting_id: UUID) -> Meeting:
    """The meeting. Raises `NotFound`."""
    if found is None:
        raise NotFound(f"There is no meeting {meeting_id} here.")
    return found
