"""Meetings follow their hand-offs: what `leads` tells of one holds for its meeting, whoever asked for it there.

An event says that a hand-off has changed; what it has come to is read from the hand-off itself, so that an event
that comes late moves nothing back. What this slice did itself stands already: then there is nothing left to do.
"""

from collections.abc import Sequence
from uuid import UUID

from offhook import identity, leads, people
from offhook.calendar.meetings import store
from offhook.calendar.meetings.booking import NewMeeting, record
from offhook.calendar.meetings.changing import as_ended, at_time
from offhook.calendar.meetings.model import Meeting, MeetingState
from offhook.kernel.database import Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.events import StoredEvent
from offhook.leads import HandedOff, HandOffStatus

FOLLOWED = (
    "lead.handed_off",
    "lead.rejected",
    "lead.withdrawn",
    "meeting.rescheduled",
    "meeting.held",
    "meeting.missed",
    "meeting.cancelled",
)
_OFF = frozenset({HandOffStatus.REJECTED, HandOffStatus.WITHDRAWN})


def follow_hand_offs(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Book, move and end meetings as their hand-offs stand."""
    told = (event.data.get("hand_off_id") for event in events)
    for hand_off_id in dict.fromkeys(UUID(str(one)) for one in told if one):
        try:
            follow(tx, leads.hand_off_by_id(tx, hand_off_id))
        except NotFound:
            continue  # erased meanwhile


def follow(tx: Transaction, made: HandedOff) -> None:
    """Let the meeting of a hand-off be as that is; make one where there is none and it is to come."""
    if made.meeting_at is None:
        return
    known, state = store.of_hand_off(tx, made.id), state_of(made)
    if known is None:
        if state is MeetingState.BOOKED and made.meeting_at > tx.now:
            _book(tx, made)
    elif state is not MeetingState.BOOKED:
        if known.state is MeetingState.BOOKED:
            as_ended(tx, known, state, made.reason or "" if made.status in _OFF else "")
    elif not _stands_so(known, made):
        at_time(tx, known, made.meeting_at)


def state_of(made: HandedOff) -> MeetingState:
    """Where the meeting of a hand-off stands. Pure."""
    if made.meeting_outcome is not None:
        return MeetingState(made.meeting_outcome.value)
    return MeetingState.CANCELLED if made.status in _OFF else MeetingState.BOOKED


def _stands_so(known: Meeting, made: HandedOff) -> bool:
    return known.state is MeetingState.BOOKED and known.starts_at == made.meeting_at


def _book(tx: Transaction, made: HandedOff) -> None:
    """The meeting of a hand-off that was made without one here: kept and written, nobody invited unasked."""
    lead = leads.load_lead(tx, made.lead_id)
    person, ae = people.person(tx, lead.person_id), identity.user(tx, made.ae_id)
    record(
        tx,
        NewMeeting(
            host_id=ae.id,
            person_id=person.id,
            lead_id=lead.id,
            hand_off_id=made.id,
            title=f"{person.full_name or person.company_name or 'Meeting'} – {ae.name}",
            starts_at=made.meeting_at or tx.now,
            minutes=made.meeting_minutes,
            address="",
            time_zone=lead.time_zone,
        ),
    )
