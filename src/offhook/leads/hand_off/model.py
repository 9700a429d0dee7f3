"""A lead passed to an AE, and the briefing that goes with it, in plain immutable data.

A hand-off is offered, then accepted or rejected by its AE, then confirmed after the first conversation; who
offered it may withdraw it while it is undecided. Live: the AE joins the call. Scheduled: a meeting is booked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Mode(StrEnum):
    """How the AE meets the person."""

    LIVE = "live"
    SCHEDULED = "scheduled"


class HandOffStatus(StrEnum):
    """Where a hand-off stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class MeetingOutcome(StrEnum):
    """What became of the booked meeting."""

    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Who:
    """The person a briefing is about, as the AE will meet them."""

    name: str
    title: str | None
    company: str | None
    place: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    time_zone: str
    domain: str | None
    industry: str | None
    employees: int | None
    do_not_call: bool = False
    do_not_email: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The activity that an answer rests on."""

    activity_id: UUID
    at: datetime
    kind: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class BriefedAnswer:
    """One question of the criteria, what was answered and what says so."""

    question: str
    answer: str
    note: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody noted of a conversation, or beside one."""

    activity_id: UUID
    at: datetime
    by: str | None
    is_conversation: bool
    text: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the person agreed to, when, how and in which words."""

    purpose: str
    wording: str
    obtained_by: str
    obtained_at: datetime


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the AE needs to know: who, why now, the answers, what was said and happened, what is next.

    `override` is why it was handed off without the verdict "in"; None otherwise. What has a default was not in
    briefings of earlier releases.
    """

    who: Who
    why_now: tuple[str, ...]
    criteria: str | None
    answers: tuple[BriefedAnswer, ...]
    open_questions: tuple[str, ...]
    history: tuple[Happened, ...]
    next_step: str
    note: str = ""
    override: str | None = None
    notes: tuple[Noted, ...] = ()
    consents: tuple[Agreed, ...] = ()
    person_id: UUID | None = None
    account_id: UUID | None = None
    rep_name: str | None = None
    ae_name: str | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """One hand-off. `at` is when it was made, `decided_at` when it was accepted, rejected or withdrawn.

    `is_first`: the lead's first hand-off, the one that counts as SAL.
    """

    id: UUID
    lead_id: UUID
    rep_id: UUID | None
    rep_team_id: UUID | None
    ae_id: UUID
    mode: Mode
    meeting_at: datetime | None
    meeting_outcome: MeetingOutcome | None
    briefing: Mapping[str, object]
    explanation: Mapping[str, object]
    status: HandOffStatus
    reason: str | None
    at: datetime
    decided_at: datetime | None
    confirmed_at: datetime | None
    is_first: bool
    version: int
    accepted_at: datetime | None = None
    meeting_minutes: int = 30

    @property
    def meeting(self) -> tuple[datetime, datetime] | None:
        """From when until when the booked meeting is."""
        if self.meeting_at is None:
            return None
        return self.meeting_at, self.meeting_at + timedelta(minutes=self.meeting_minutes)
