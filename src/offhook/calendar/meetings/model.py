"""A meeting of a host with a person, and what is mailed about it, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

REMINDERS = (24 * 60, 60)
"""How long before a meeting the person is reminded unless another wish is told, in minutes."""


class MeetingState(StrEnum):
    """Where a meeting stands."""

    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What the person answered to the invitation (RFC 5545, section 3.2.12)."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class RemoteState(StrEnum):
    """How far the meeting is in its host's calendar."""

    NONE = "none"
    TO_WRITE = "to_write"
    WRITTEN = "written"
    TO_REMOVE = "to_remove"


class MailKind(StrEnum):
    """What a mail about a meeting is."""

    REQUEST = "request"
    CANCEL = "cancel"
    REMINDER = "reminder"


class MailStanding(StrEnum):
    """How far a mail about a meeting is."""

    WAITING = "waiting"
    HANDED = "handed"
    """In the ledger of mails, which sends it once."""
    DROPPED = "dropped"
    """Not sent, as the meeting was moved or called off before."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. `sequence` grows with every change that matters (RFC 5546, section 2.1.4).

    `address` is who is invited, empty when nobody is; `time_zone` is the person's. One with a `hand_off_id`
    follows its hand-off. `connection_id` is the calendar that it is written to.
    """

    id: UUID
    host_id: UUID
    page_id: UUID | None
    person_id: UUID
    lead_id: UUID | None
    hand_off_id: UUID | None
    title: str
    location: str
    note: str
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    because: str
    sequence: int
    address: str
    answer: Answer
    answered_at: datetime | None
    language: str
    time_zone: str
    reminder_minutes: tuple[int, ...]
    connection_id: UUID | None
    remote_state: RemoteState
    remote_etag: str
    remote_at: datetime | None
    remote_failures: int
    remote_problem: str
    booked_by: str
    created_at: datetime
    version: int

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.ends_at - self.starts_at

    @property
    def uid(self) -> str:
        """Its name in every calendar (RFC 5545, section 3.8.4.7)."""
        return uid_of(self.id)


@dataclass(frozen=True, slots=True)
class MeetingMail:
    """A mail about a meeting. `minutes`: of a reminder, how long before."""

    meeting_id: UUID
    kind: MailKind
    sequence: int
    minutes: int
    due_at: datetime
    state: MailStanding
    mail_id: UUID | None
    problem: str
    tries: int


def uid_of(meeting_id: UUID) -> str:
    """The UID of a meeting."""
    return f"{meeting_id}@offhook"


def id_of(uid: str) -> UUID | None:
    """The meeting of a UID; None when it is none of ours."""
    name, at, where = uid.partition("@")
    if not at or where != "offhook":
        return None
    try:
        return UUID(name)
    except ValueError:
        return None
