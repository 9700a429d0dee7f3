"""A mail that came in, in plain immutable data: as it was read apart, and as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from offhook.mail.messages.model import CalendarPart


class MailKind(StrEnum):
    """What a mail turned out to be."""

    REPLY = "reply"
    """The person, or somebody at their company, answers a mail of ours."""
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    """Written by a machine: a receipt, a ticket's number."""
    OTHER = "other"
    """From a person we know, but no answer; or in our thread, but from somebody else."""
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What hangs at a mail that is kept. With a `file_id` its bytes are kept too; else it stays in the mailbox.

    `size` in bytes: of the file, or, where that stays in the mailbox, as sent; None where it is not told.
    """

    name: str
    media_type: str
    size: int | None
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a mail on its server: its number (RFC 3501, section 6.4.5), and how it is encoded there."""

    number: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Found:
    """What hangs at a mail as it was found. `source`: its bytes, or where to fetch them; None: it stays."""

    name: str
    media_type: str
    size: int | None
    source: bytes | Section | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file whose bytes are in the object store."""

    id: UUID
    size: int


@dataclass(frozen=True, slots=True)
class Head:
    """What a mail's header says. Addresses are lower case; ids have their angle brackets.

    `signs` are headers by lower-case name that tell who or what wrote it, each as it came, in one line.
    """

    fingerprint: str
    message_id: str | None
    in_reply_to: str | None
    reference_ids: tuple[str, ...]
    from_address: str
    from_name: str
    to_addresses: tuple[str, ...]
    cc_addresses: tuple[str, ...]
    subject: str
    signs: Mapping[str, str]

    @property
    def answered_ids(self) -> tuple[str, ...]:
        """The ids that it says it follows, the nearest first."""
        nearest = (self.in_reply_to,) if self.in_reply_to else ()
        return tuple(dict.fromkeys((*nearest, *reversed(self.reference_ids))))


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says. `left_out`: what of it was not read, in words. `calendars`: what is for calendars."""

    text: str
    quoted: str
    html: str | None
    attachments: tuple[Found, ...] = ()
    left_out: tuple[str, ...] = ()
    calendars: tuple[CalendarPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that a report is about.

    `status`: enhanced status code (RFC 3463), empty where none is told. `is_delay`: it is still being tried.
    `is_permanent`: the address itself is at fault, so that mail to it will always come back.
    """

    address: str
    is_delay: bool
    is_permanent: bool
    status: str
    told: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail did not arrive: about which addresses, and by which ids it names the mail."""

    failures: tuple[Failure, ...]
    original_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it was read from an INBOX. `size` is all of it in bytes, however much was read."""

    uid: int
    received_at: datetime
    size: int
    head: Head
    content: Content
    report: Bounce | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a mailbox's INBOX has been read, and how it stands. Nothing is tried before `retry_at`."""

    mailbox_id: UUID
    uid_validity: int | None
    last_uid: int
    since: datetime
    read_at: datetime | None
    kept: int
    others: int
    refusing_since: datetime | None
    problem: str
    retry_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that was kept. `bounces` of a bounce; `back_on` of an absence, where it is told."""

    id: UUID
    fingerprint: str
    mailbox_id: UUID
    user_id: UUID
    conversation_id: UUID
    person_id: UUID
    lead_id: UUID | None
    account_id: UUID | None
    answers_mail_id: UUID | None
    kind: MailKind
    is_from_another: bool
    from_address: str
    from_name: str
    to_addresses: tuple[str, ...]
    cc_addresses: tuple[str, ...]
    subject: str
    message_id: str | None
    in_reply_to: str | None
    reference_ids: tuple[str, ...]
    body_text: str
    quoted_text: str
    body_html: str | None
    attachments: tuple[Attachment, ...]
    left_out: tuple[str, ...]
    calendars: tuple[CalendarPart, ...]
    back_on: date | None
    bounces: tuple[Failure, ...]
    received_at: datetime
    uid_validity: int
    uid: int
    activity_id: UUID | None
    created_at: datetime
