"""Use cases of visitors: what is free on a page, and to book it; to see, move and call off one's own meeting.

Booking locks the time of all hosts of the page and looks again, so that of two who book one time at once, one is
told to choose another. The visitor is taken in as a responder first; who knows a host of the pool gets that host.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook import identity, intake, leads, people
from offhook.calendar.availability import host_times
from offhook.calendar.meetings import changing
from offhook.calendar.meetings import store as meeting_store
from offhook.calendar.meetings.booking import NewMeeting, record
from offhook.calendar.meetings.model import Meeting
from offhook.calendar.pages import store
from offhook.calendar.pages.model import BookingPage
from offhook.calendar.slots import HostTime, SlotRules, pool_slots
from offhook.calendar.turns import Candidate, whose_turn
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Conflict, NotFound, invalid_field
from offhook.kernel.ids import new_id
from offhook.people import Consent, keep_consent

RECENT = timedelta(days=30)
"""What of the past counts for whose turn it is."""

VISITOR = Actor("visitor", permissions=frozenset({"leads:read", "people:read", "leads:work", "handoffs:decide"}))
"""A person on a public page: what they may do with the one meeting that their link names, and no more."""

TAKEN = "That time was taken a moment ago. Please choose another."


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a visitor wrote, and how they were asked."""

    name: str
    email: str
    company: str
    note: str
    time_zone: str
    language: str
    has_consented: bool
    evidence: Mapping[str, str]


def open_page(tx: Transaction, slug: str) -> BookingPage:
    """The page to show. Raises `NotFound` for one that is unknown or closed."""
    found = store.by_slug(tx, slug)
    if found is None or not found.is_active:
        raise NotFound("This booking page is closed.")
    return found


def free_times(tx: Transaction, page: BookingPage, start: datetime, end: datetime) -> list[datetime]:
    """When a visitor can book, in order."""
    return list(_slots(tx, page, start, end))


def _slots(tx: Transaction, page: BookingPage, start: datetime, end: datetime) -> dict[datetime, list[UUID]]:
    hosts = _hosts(tx, page, start, end)
    return pool_slots(hosts, page.rules, tx.now, start, end)


def _hosts(tx: Transaction, page: BookingPage, start: datetime, end: datetime) -> dict[UUID, HostTime]:
    """The time of a page's hosts, a day more on each side for buffers and the daily limit."""
    around = timedelta(days=1)
    booked: dict[UUID, list[datetime]] = {}
    for host_id, starts_at in meeting_store.starts_of(tx, page.id, start - around, end + around):
        booked.setdefault(host_id, []).append(starts_at)
    ids = [one.user_id for one in page.hosts]
    return host_times(tx, ids, start - around, end + around, booked=booked)


def book_time(tx: Transaction, page: BookingPage, starts_at: datetime, visitor: Visitor) -> Meeting:
    """Book a time on a page for a visitor. Raises `Conflict` when it is taken, `Invalid` naming the field."""
    _check(page, visitor)
    identity.lock_time(tx, [one.user_id for one in page.hosts])
    free = _slots(tx, page, starts_at, starts_at + page.rules.length).get(starts_at, [])
    if not free:
        raise Conflict(TAKEN, code="time-taken")
    known = _known_rep(tx, visitor.email)
    host_id = whose_turn(_candidates(tx, page, free), known)
    if host_id is None:
        raise Conflict(TAKEN, code="time-taken")
    host = identity.user(tx, host_id)
    taken = intake.receive_answers(tx, page.id, page.campaign_id, _cells(visitor, host.email), LABELS)
    if taken.person_id is None:
        raise invalid_field("email", "tells of nobody")
    if page.consent_wording:
        keep_consent(tx, _consent(tx, page, taken.person_id, visitor))
    lead = leads.open_leads_of(tx, [taken.person_id]).get(taken.person_id)
    person = people.person(tx, taken.person_id)
    return record(
        tx,
        NewMeeting(
            host_id=host.id,
            person_id=person.id,
            lead_id=lead.id if lead else None,
            title=f"{page.title}: {person.full_name or visitor.name} – {host.name}",
            starts_at=starts_at,
            minutes=page.minutes,
            address=people_address(person, visitor.email),
            time_zone=visitor.time_zone,
            page_id=page.id,
            location=page.location,
            note=visitor.note,
            language=visitor.language,
            reminder_minutes=page.reminder_minutes,
        ),
    )


LABELS = {"full_name": "Name", "email": "E-mail", "company": "Company", "content": "Note"}


def people_address(person: people.Person, written: str) -> str:
    """The address as it is kept, if the person has it; else their first."""
    wanted = written.strip().casefold()
    return next((one for one in person.emails if one.casefold() == wanted), next(iter(person.emails), ""))


def _check(page: BookingPage, visitor: Visitor) -> None:
    if not visitor.name:
        raise invalid_field("name", "is needed")
    if not visitor.email:
        raise invalid_field("email", "is needed")
    if page.consent_wording and not visitor.has_consented:
        raise invalid_field("consent", "is needed")
    identity.check_time_zone(visitor.time_zone)


def _cells(visitor: Visitor, host_email: str) -> dict[str, str]:
    told = {
        "full_name": visitor.name,
        "email": visitor.email,
        "company": visitor.company,
        "content": visitor.note,
        "owner": host_email,
    }
    return {name: value for name, value in told.items() if value}


def _known_rep(tx: Transaction, email: str) -> UUID | None:
    """Whose lead somebody with this address is already; nothing is told of it to the visitor."""
    read = people.read_email(email)
    if isinstance(read, people.Rejected):
        return None
    found = people.persons(tx, people.Wanted(contact=(people.ContactKind.EMAIL, read.address)), None, 1)
    known = leads.open_leads_of(tx, [person.id for _, person in found])
    return next((lead.ae_id or lead.owner_id for lead in known.values()), None)


def _candidates(tx: Transaction, page: BookingPage, free: list[UUID]) -> list[Candidate]:
    lately = {host: (count, at) for host, count, at in meeting_store.recent_of(tx, page.id, tx.now - RECENT)}
    return [
        Candidate(one.user_id, one.weight, *lately.get(one.user_id, (0, None)))
        for one in page.hosts
        if one.user_id in free
    ]


def _consent(tx: Transaction, page: BookingPage, person_id: UUID, visitor: Visitor) -> Consent:
    evidence = {"page_version": page.version, **visitor.evidence}
    return Consent(
        new_id(), person_id, "contact", page.consent_wording, f"booking_page:{page.id}", tx.now, evidence
    )


# A visitor's own meeting


def other_times(tx: Transaction, meeting: Meeting, start: datetime, end: datetime) -> list[datetime]:
    """When the host of a meeting could meet instead, by the rules of its page if it was booked on one."""
    page = store.by_id(tx, meeting.page_id) if meeting.page_id else None
    rules = page.rules if page else _plain_rules(meeting)
    around = timedelta(days=1)
    hosts = host_times(tx, [meeting.host_id], start - around, end + around, but=meeting)
    found = pool_slots(hosts, rules, tx.now, start, end)
    return [at for at in found if at != meeting.starts_at]


def _plain_rules(meeting: Meeting) -> SlotRules:
    step = timedelta(minutes=30 if meeting.length >= timedelta(minutes=30) else 15)
    return SlotRules(length=meeting.length, step=step, notice=timedelta(hours=2), horizon=timedelta(days=30))


def move_own(tx: Transaction, meeting: Meeting, starts_at: datetime) -> Meeting:
    """Move a meeting as its person asks: to a time that is offered. Raises `Conflict` when it is taken."""
    identity.lock_time(tx, [meeting.host_id])
    if starts_at not in other_times(tx, meeting, starts_at, starts_at + meeting.length):
        raise Conflict(TAKEN, code="time-taken")
    return changing.move(tx, meeting.id, starts_at)
