"""An inbox at the post office, and mails that come into it."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

import pytest

from mail.conftest import REP, NewWriter, Writer
from mail.post import PostOffice
from offhook.kernel.clock import SetClock
from offhook.kernel.events import StoredEvent
from offhook.kernel.ids import new_id
from offhook.kernel.objects import ObjectStore
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.leads import load_lead
from offhook.mail.incoming.files import objects_of
from offhook.mail.incoming.inbox import Inbox
from offhook.mail.incoming.model import Reading, Received
from offhook.mail.incoming.store import by_id, reading
from offhook.mail.links import Links
from offhook.mail.messages.model import Mail
from offhook.mail.messages.sending import send_due


@dataclass(frozen=True)
class Desk:
    """A writer whose mails are sent, and what comes back to them."""

    writer: Writer
    office: PostOffice
    seal: Seal
    links: Links
    objects: ObjectStore

    def sent(self, **told: object) -> Mail:
        """A mail that was sent to the lead's person."""
        mail = self.writer.write(**told)
        send_due(self.writer.database, self.seal, self.links, self.writer.organisation)
        return mail

    @property
    def clock(self) -> SetClock:
        """The clock of the test."""
        clock = self.writer.database.clock
        assert isinstance(clock, SetClock)
        return clock

    @property
    def person_id(self) -> UUID:
        """The lead's person."""
        with self.writer.begin() as tx:
            return load_lead(tx, self.writer.lead.lead_id).person_id

    def inbox(self) -> Inbox:
        """The reader of their mailbox."""
        writer = self.writer
        return Inbox(
            writer.database, self.seal, self.objects, writer.organisation, writer.mailbox.id, threading.Event()
        )

    def read(self) -> None:
        """Read what is new."""
        self.inbox().read(is_once=True)

    def come(self, content: bytes) -> None:
        """A mail comes into the inbox."""
        self.office.deliver(self.writer.mailbox.address, content)

    def kept(self) -> list[Received]:
        """All mails that were kept, in their order."""
        with self.writer.begin() as tx:
            ids = tx.rows(_id, "SELECT id FROM mail_in ORDER BY uid, id")
            return [found for one in ids if (found := by_id(tx, one))]

    def events(self, kind: str) -> list[StoredEvent]:
        """What was told of that kind, in its order."""
        with self.writer.begin() as tx:
            return tx.rows(
                StoredEvent,
                "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event"
                " WHERE kind = %(kind)s ORDER BY position",
                kind=kind,
            )

    def reading(self) -> Reading:
        """How far the mailbox was read."""
        with self.writer.begin() as tx:
            found = reading(tx, self.writer.mailbox.id)
        assert found
        return found


def _id(id: object) -> object:  # noqa: A002 # the column's name
    return id


def an_answer(
    to: Mail | None = None,
    *,
    sender: str = "",
    text: str = "Yes, gladly.",
    subject: str = "Re: Engines",
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """A mail to the rep, by default from whom they wrote to, in its thread."""
    message = EmailMessage(SMTP)
    message["From"] = f"Ada Byron <{sender or (to.to_address if to else '')}>"
    message["To"] = REP
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{new_id().hex}@theirs.example>"
    if to is not None:
        message["In-Reply-To"] = to.message_id
        message["References"] = to.message_id
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message


def an_acceptance(to: Mail, uid: str = "meeting@offhook.example", comment: str = "") -> EmailMessage:
    """What a calendar program sends when its user accepts an invitation (RFC 6047)."""
    message = an_answer(to, subject="Accepted: Engines", text="Ada Byron has accepted.")
    message.add_alternative(
        a_calendar_reply(to.to_address, uid, comment), subtype="calendar", params={"method": "REPLY"}
    )
    return message


def a_calendar_reply(attendee: str, uid: str, comment: str = "", answer: str = "ACCEPTED") -> str:
    """An iTIP REPLY (RFC 5546, section 3.2.3) of now."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Theirs//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT"]
    lines += [f"UID:{uid}", "SEQUENCE:0", f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}"]
    lines += [f"ATTENDEE;PARTSTAT={answer}:mailto:{attendee}"]
    lines += [f"COMMENT;LANGUAGE=en:{comment}"] if comment else []
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


@pytest.fixture
def desk(trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, settings: Settings) -> Desk:
    """A writer with an empty inbox."""
    trusted.empty(REP)
    return Desk(new_writer(trusted.submission, trusted.imaps), trusted, seal, links, objects_of(settings))
