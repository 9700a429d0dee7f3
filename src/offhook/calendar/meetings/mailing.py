"""Handing over what is due to be mailed about meetings: invitations, changes, reminders, each once.

Each mail is a row with a key; the ledger of mails knows the key, so that it is sent once, whatever crashes and
whoever runs beside. It goes from the host's mailbox, else from the rep's whose lead it is. What cannot be sent is
tried for a day, and says why meanwhile. These mails are transactional: they wait for no hours and no limits.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from offhook import identity, leads, mail, people
from offhook.calendar.meetings import store
from offhook.calendar.meetings.itip import Method, Party, message
from offhook.calendar.meetings.links import link_to
from offhook.calendar.meetings.model import MailKind, MailStanding, Meeting, MeetingMail, MeetingState
from offhook.calendar.meetings.wording import letter
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Conflict, OffhookError
from offhook.kernel.settings import Settings
from offhook.mail import CalendarPart, Mailbox

RETRY = timedelta(minutes=10)
MOST_TRIES = 144
"""With this wait: a day."""

NO_MAILBOX = "Neither the host nor the rep has connected a mailbox to send it from."


@dataclass(frozen=True, slots=True)
class Sending:
    """What links in mails need of the installation."""

    base_url: str
    secret: str

    @classmethod
    def of(cls, settings: Settings) -> "Sending":
        """As the installation is set."""
        return cls(settings.base_url, settings.secret)

    def link(self, tx: Transaction, meeting_id: UUID) -> str:
        """Where the person manages the meeting."""
        return link_to(self.base_url, self.secret, tx.organisation_id, meeting_id)


def mail_due(database: Database, sending: Sending, organisation_id: UUID) -> None:
    """Hand over all mails about meetings that are due, each in a transaction of its own."""
    while _next(database, sending, organisation_id):
        pass


def _next(database: Database, sending: Sending, organisation_id: UUID) -> bool:
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.next_due(tx)
        if due is None:
            return False
        meeting = store.by_id(tx, due.meeting_id, lock=True)
        if meeting is None or not _is_wanted(tx, meeting, due):
            store.settle_mail(tx, due, MailStanding.DROPPED)
            return True
        try:
            sent = _send(tx, sending, meeting, due)
        except OffhookError as error:
            _note_problem(tx, meeting, due, str(error))
        else:
            store.settle_mail(tx, due, MailStanding.HANDED, mail_id=sent.id)
        return True


def _is_wanted(tx: Transaction, meeting: Meeting, due: MeetingMail) -> bool:
    """Whether a mail still says something true; of reminders that are late together, the last alone."""
    if due.sequence != meeting.sequence or meeting.ends_at <= tx.now:
        return False
    if due.kind is MailKind.CANCEL:
        return meeting.state is MeetingState.CANCELLED
    if meeting.state is not MeetingState.BOOKED or meeting.starts_at <= tx.now:
        return False
    later = (
        one
        for one in store.mails_of(tx, [meeting.id])
        if one.kind is MailKind.REMINDER and one.sequence == due.sequence and one.due_at > due.due_at
    )
    return due.kind is MailKind.REQUEST or not any(one.due_at <= tx.now for one in later)


def _send(tx: Transaction, sending: Sending, meeting: Meeting, due: MeetingMail) -> mail.Mail:
    sender = _sender(tx, meeting)
    host, person = identity.user(tx, meeting.host_id), people.person(tx, meeting.person_id)
    link = sending.link(tx, meeting.id)
    written = letter(meeting, due.kind, host=host.name, person=person.full_name or "", link=link)
    calendar = None
    if due.kind is not MailKind.REMINDER:
        method = Method.CANCEL if due.kind is MailKind.CANCEL else Method.REQUEST
        organiser = Party(host.name, sender.address)
        attendee = Party(person.full_name or "", meeting.address)
        text = message(meeting, method, organiser, attendee, details=written.text, link=link, now=tx.now)
        calendar = CalendarPart(method.value, text)
    return mail.send_mail(
        tx,
        text=written.text,
        subject_line=written.subject,
        lead_id=meeting.lead_id,
        person_id=None if meeting.lead_id else meeting.person_id,
        address=meeting.address,
        key=f"meeting:{meeting.id}:{due.kind.value}:{due.sequence}:{due.minutes}",
        user_id=sender.user_id,
        calendar=calendar,
        is_transactional=True,
    )


def _sender(tx: Transaction, meeting: Meeting) -> Mailbox:
    lead = leads.load_lead(tx, meeting.lead_id) if meeting.lead_id else None
    for user_id in (meeting.host_id, lead.owner_id if lead else None):
        found = mail.mailbox_of(tx, user_id) if user_id else None
        if found is not None:
            return found
    raise Conflict(NO_MAILBOX, code="no-mailbox")


def _note_problem(tx: Transaction, meeting: Meeting, due: MeetingMail, problem: str) -> None:
    is_last = due.tries + 1 >= MOST_TRIES or tx.now + RETRY >= meeting.ends_at
    state = MailStanding.FAILED if is_last else MailStanding.WAITING
    store.settle_mail(tx, due, state, problem=problem, due_at=None if is_last else tx.now + RETRY)
