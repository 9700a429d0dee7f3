"""Use case: book a meeting. One transaction; who books one time of a host at the same moment waits, and is told.

The lock of the host's time is taken before it is looked at, so what is booked at this moment counts too. It is the
same lock that `leads` takes when it books an AE for a hand-off.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook import identity, leads, people
from offhook.calendar.availability import taken
from offhook.calendar.meetings import store
from offhook.calendar.meetings.model import (
    REMINDERS,
    Answer,
    MailKind,
    Meeting,
    MeetingState,
    RemoteState,
)
from offhook.calendar.meetings.rules import (
    checked_language,
    checked_location,
    checked_note,
    checked_reminders,
    checked_title,
    reminders_due,
)
from offhook.calendar.sources.service import taking_meetings_of
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, Invalid, invalid_field
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id

SHORTEST, LONGEST = 5, 480
"""Minutes of a meeting."""
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """A meeting to book. `address`: who is invited by mail; empty: nobody."""

    host_id: UUID
    person_id: UUID
    lead_id: UUID | None
    title: str
    starts_at: datetime
    minutes: int
    address: str
    time_zone: str
    page_id: UUID | None = None
    hand_off_id: UUID | None = None
    location: str = ""
    note: str = ""
    language: str = "en"
    reminder_minutes: tuple[int, ...] = REMINDERS


def book(
    tx: Transaction,
    *,
    lead_id: UUID,
    starts_at: datetime,
    minutes: int = 30,
    title: str | None = None,
    location: str = "",
    host_id: UUID | None = None,
    invite: bool = True,
    language: str = "en",
    reminder_minutes: tuple[int, ...] = REMINDERS,
    allow_overlap: bool = False,
) -> Meeting:
    """Book a time of one's own, or of `host_id`, with a lead's person.

    Appends `meeting.booked`. Raises `Conflict` when the host has something else then, `Invalid`, `Forbidden`.
    """
    host = identity.user(tx, _host(tx, host_id))
    lead = leads.load_lead(tx, lead_id)
    leads.require_work_on(tx, lead, or_decide=True)
    person = people.person(tx, lead.person_id)
    _check_time(tx, starts_at, minutes)
    identity.lock_time(tx, [host.id])
    if not allow_overlap:
        check_host_free(tx, host.id, host.name, starts_at, minutes)
    new = NewMeeting(
        host_id=host.id,
        person_id=person.id,
        lead_id=lead.id,
        title=title or f"{person.full_name or person.company_name or ''} – {host.name}",
        starts_at=starts_at,
        minutes=minutes,
        address=next(iter(person.emails), "") if invite else "",
        time_zone=lead.time_zone,
        location=location,
        language=language,
        reminder_minutes=reminder_minutes,
    )
    if invite and not new.address:
        raise Invalid("This person has no e-mail address to invite them at. Add one, or book without invitation.")
    return record(tx, new)


def _host(tx: Transaction, host_id: UUID | None) -> UUID:
    whose = host_id or tx.actor.id
    if whose is None:
        raise Invalid("Say whose time is booked.")
    if whose == tx.actor.id:
        tx.require("mail:send")
    else:
        leads.require_on_behalf_of(tx, whose)
    return whose


def _check_time(tx: Transaction, starts_at: datetime, minutes: int) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise invalid_field("minutes", f"must be {SHORTEST} to {LONGEST}", minutes)
    if starts_at.tzinfo is None:
        raise invalid_field("starts_at", "needs a time zone, such as 2026-03-02T14:30:00+01:00")
    if not tx.now < starts_at <= tx.now + FARTHEST:
        raise invalid_field("starts_at", "must lie in the future, at most a year ahead", starts_at.isoformat())


def check_host_free(
    tx: Transaction, host_id: UUID, name: str, starts_at: datetime, minutes: int, *, but: Meeting | None = None
) -> None:
    """Raise `Conflict` when the host has something else then. Lock their time first."""
    others = taken(tx, [host_id], starts_at, starts_at + timedelta(minutes=minutes), but=but)[host_id]
    if others:
        at = min(others)[0].isoformat()
        raise Conflict(
            f"{name} has something else at {at}. Choose another time, or allow the overlap.",
            code="meeting-overlaps",
            fields=[FieldError("starts_at", "overlaps something else", starts_at.isoformat())],
        )


def record(tx: Transaction, new: NewMeeting) -> Meeting:
    """Keep a meeting whose time is locked and free; have it told and written to the host's calendar.

    Appends `meeting.booked`. Raises `Invalid` for texts that do not do.
    """
    taking = taking_meetings_of(tx, new.host_id)
    meeting = Meeting(
        id=new_id(),
        host_id=new.host_id,
        page_id=new.page_id,
        person_id=new.person_id,
        lead_id=new.lead_id,
        hand_off_id=new.hand_off_id,
        title=checked_title(new.title),
        location=checked_location(new.location),
        note=checked_note(new.note),
        starts_at=new.starts_at,
        ends_at=new.starts_at + timedelta(minutes=new.minutes),
        state=MeetingState.BOOKED,
        because="",
        sequence=0,
        address=new.address,
        answer=Answer.NONE,
        answered_at=None,
        language=checked_language(new.language),
        time_zone=identity.check_time_zone(new.time_zone),
        reminder_minutes=checked_reminders(new.reminder_minutes),
        connection_id=taking.id if taking else None,
        remote_state=RemoteState.TO_WRITE if taking else RemoteState.NONE,
        remote_etag="",
        remote_at=tx.now if taking else None,
        remote_failures=0,
        remote_problem="",
        booked_by=str(tx.actor),
        created_at=tx.now,
        version=1,
    )
    store.insert(tx, meeting)
    keep_busy(tx, meeting)
    tell(tx, meeting)
    tx.append(Event("meeting.booked", about(meeting), told_of(tx, meeting)))
    return meeting


def keep_busy(tx: Transaction, meeting: Meeting) -> None:
    """Let the meeting keep its host busy while it is on; that of a hand-off does so by the hand-off."""
    if meeting.hand_off_id is None:
        is_on = meeting.state is MeetingState.BOOKED
        identity.set_busy(tx, meeting.host_id, meeting.id, [(meeting.starts_at, meeting.ends_at)] if is_on else [])


def tell(tx: Transaction, meeting: Meeting) -> None:
    """Have the person told of the meeting as it stands now, and reminded."""
    if not meeting.address:
        return
    store.add_mail(tx, meeting, MailKind.REQUEST, tx.now)
    for minutes, due_at in reminders_due(meeting.starts_at, meeting.reminder_minutes, tx.now).items():
        store.add_mail(tx, meeting, MailKind.REMINDER, due_at, minutes)


def about(meeting: Meeting) -> str:
    """The subject of the meeting's events: its lead, or the person where there is none."""
    return subject("lead", meeting.lead_id) if meeting.lead_id else subject("person", meeting.person_id)


def told_of(tx: Transaction, meeting: Meeting) -> dict[str, Json]:
    """What events tell of a meeting: every id, no text."""
    host = identity.user(tx, meeting.host_id)
    lead = leads.load_lead(tx, meeting.lead_id) if meeting.lead_id else None
    is_ae = host.role is Role.AE
    rep_id, team_id = (lead.owner_id, lead.team_id) if lead else (None, None)
    return {
        "meeting_id": str(meeting.id),
        "hand_off_id": _text(meeting.hand_off_id),
        "page_id": _text(meeting.page_id),
        "host_id": str(host.id),
        "rep_id": _text(rep_id if is_ae else host.id),
        "team_id": _text(team_id if is_ae else host.team_id),
        "ae_id": str(host.id) if is_ae else None,
        "person_id": str(meeting.person_id),
        "campaign_id": _text(lead.campaign_id if lead else None),
        "meeting_at": meeting.starts_at.isoformat(),
    }


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None
