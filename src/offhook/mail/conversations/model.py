"""A conversation by mail in plain immutable data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.mail.incoming.model import Received
from offhook.mail.messages.model import Mail


class ConversationState(StrEnum):
    """What is to be done about a conversation."""

    TO_ANSWER = "to_answer"
    WAITING = "waiting"
    """We wrote last, or only a machine of theirs did."""
    SNOOZED = "snoozed"
    """To be answered, but not before `snoozed_until`."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread with a person. `user_id`: through whose mailbox; `assignee_id`: who looks after it."""

    id: UUID
    user_id: UUID
    mailbox_id: UUID
    assignee_id: UUID
    person_id: UUID
    lead_id: UUID | None
    subject: str
    state: ConversationState
    snoozed_until: datetime | None
    last_at: datetime
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation as a list shows it: with whom, and how its latest mail begins."""

    conversation: Conversation
    person_name: str | None
    person_address: str
    company: str | None
    last_kind: str
    last_is_ours: bool
    snippet: str
    mails: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation with its mails: theirs, and ours."""

    listed: Listed
    received: Sequence[Received]
    sent: Sequence[Mail]
