"""A mail of ours in plain immutable data: what is written, to whom, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class MailState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    """Claimed by an attempt that is going on, or that a crash has ended."""
    SENT = "sent"
    """The server took it: it answers for it from now on (RFC 5321, section 4.2.5)."""
    FAILED = "failed"
    """Refused for good, or refused for too long; or the policy said no at the moment of sending."""
    IN_DOUBT = "in_doubt"
    """Its content went out, and the answer was lost: nobody but the user decides whether it goes again."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iCalendar object that a mail carries, and what it asks (RFC 6047): its METHOD."""

    method: str
    text: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One row of the ledger. `message_id` has its angle brackets and is the same in every attempt.

    `claim` names the attempt that may settle it; `handed_over_at` is set before its content goes to the server.
    `file_at`: when the Sent folder is looked into, None when there is nothing to do there. `template_id` and what
    follows as in `MadeFrom`.

    `is_automatic`: sent by a plan, not by somebody's hand. `is_transactional`: about something agreed with its
    reader, such as a meeting. `has_way_out`, `footer`, `tracks_opens` and
    `tracks_clicks` are what the policy let it be sent with; `language` is that of its footer. `opened_at` and
    `clicked_at`: first, by a person as far as can be told.
    """

    id: UUID
    key: str | None
    mailbox_id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    from_address: str
    from_name: str
    to_address: str
    to_name: str
    subject: str
    body_text: str
    body_html: str | None
    message_id: str
    in_reply_to: str | None
    reference_ids: tuple[str, ...]
    state: MailState
    reason: str
    attempts: int
    send_at: datetime | None
    claim: UUID | None
    dated_at: datetime | None
    handed_over_at: datetime | None
    sent_at: datetime | None
    activity_id: UUID | None
    file_at: datetime | None
    filing_tries: int
    filing_problem: str
    created_at: datetime
    template_id: UUID | None = None
    variant_id: UUID | None = None
    is_edited: bool = False
    is_automatic: bool = False
    is_transactional: bool = False
    language: str = "en"
    has_way_out: bool = False
    footer: str | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    opened_at: datetime | None = None
    clicked_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    calendar: CalendarPart | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Until when a mailbox' automatic mails wait, and why."""

    mailbox_id: UUID
    until: datetime
    because: str


class TextFormat(StrEnum):
    """How the text of a mail is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a mail was made from; `is_edited`: its user changed what the template says."""

    template_id: UUID
    variant_id: UUID
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the mail."""


@dataclass(frozen=True, slots=True)
class ServerRefused:
    """The server answered no, with a code (RFC 5321: 4xx for now, 5xx for good) and its words."""

    code: int
    told: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The whole content went out and no answer came (RFC 1047): it may have been taken or not."""

    why: str


Outcome = Accepted | ServerRefused | Unanswered
