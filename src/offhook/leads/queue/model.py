"""What the queue ranks and what it shows, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.leads.model import Lead


class TouchBecause(StrEnum):
    """Why a lead's next touch is due when it is."""

    CALL_BACK = "call_back"
    FOLLOW_UP = "follow_up"
    RETURNED = "returned"
    SNOOZED = "snoozed"
    CADENCE = "cadence"
    REPLIED = "replied"
    """The person wrote: they wait for an answer, whatever the hour there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranking knows of a lead. `engagement` is as of `scored_at`; `fit` does not decay."""

    lead_id: UUID
    person_id: UUID
    stage: str
    verdict: str
    fit: float
    engagement: float
    scored_at: datetime
    mql_at: datetime | None
    attempts: int
    last_attempt_at: datetime | None
    next_touch_at: datetime | None
    next_touch_because: str | None
    due_at: datetime | None
    time_zone: str
    next_touch_note: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved a lead up or down the queue, by how many points, in a sentence."""

    kind: str
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A lead in its place. `may_call`: the calling rules allow it now.

    `window_changes_at` is when the window closes (`may_call`) or opens (UTC).
    """

    candidate: Candidate
    points: float
    may_call: bool
    window_changes_at: datetime
    local_time: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a lead is about, as the rep needs them on screen. `phones` are E.164, the primary one first."""

    person_id: UUID
    name: str | None
    title: str | None
    company: str | None
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    do_not_call: bool
    do_not_email: bool


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A lead in the queue: whom to touch, why now, and whether they may be called.

    `window_changes_at` is when the calling window closes (`may_call`) or opens, `local_time` the person's wall
    clock. `claimed_until` is until when the rep who asked holds it; None: not claimed by them.
    """

    lead: Lead
    contact: Contact
    points: float
    may_call: bool
    window_changes_at: datetime
    local_time: str
    reasons: tuple[Reason, ...]
    claimed_until: datetime | None
