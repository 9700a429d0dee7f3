"""A lead: one qualification pass over one person, in plain immutable data.

The stages are those of the glossary; `lifecycle` says which may follow which. Times are aware and in UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain


class Stage(StrEnum):
    """How far a lead has come. The first four are open: a person has at most one open lead."""

    INQUIRY = "inquiry"
    MQL = "mql"
    WORKING = "working"
    SAL = "sal"
    SQL = "sql"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"


OPEN_STAGES = frozenset({Stage.INQUIRY, Stage.MQL, Stage.WORKING, Stage.SAL})
WORKABLE_STAGES = frozenset({Stage.MQL, Stage.WORKING})
"""What a rep's queue offers."""


class Verdict(StrEnum):
    """What the answers to the agreed criteria come to."""

    IN = "in"
    OUT = "out"
    OPEN = "open"


@plain
class Lead:
    """The columns of the table `lead` that describe it.

    `owner_id` is the rep who works it; without one it lies in the pool of `team_id`. `engagement` is as of
    `scored_at` and decays (scoring); `score` is fit and engagement together, 0 to 100, as of then too.
    `due_at` is the earliest limit of a running promise (sla). `next_touch_note`: what whoever planned the next
    touch says of it.
    """

    id: UUID
    person_id: UUID
    account_id: UUID | None
    campaign_id: UUID | None
    stage: Stage
    time_zone: str
    opened_at: datetime
    scored_at: datetime
    created_at: datetime
    owner_id: UUID | None = None
    team_id: UUID | None = None
    ae_id: UUID | None = None
    score: float = 0.0
    fit: float = 0.0
    engagement: float = 0.0
    score_reasons: Sequence[Mapping[str, object]] = ()
    mql_at: datetime | None = None
    assigned_at: datetime | None = None
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    conversed_at: datetime | None = None
    attempts: int = 0
    attempts_to_contact: int | None = None
    next_touch_at: datetime | None = None
    next_touch_because: str | None = None
    next_touch_note: str | None = None
    sal_at: datetime | None = None
    sql_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    recycle_until: date | None = None
    verdict: Verdict = Verdict.OPEN
    criteria_id: UUID | None = None
    due_at: datetime | None = None
    claimed_by: UUID | None = None
    claimed_until: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether this pass goes on."""
        return self.stage in OPEN_STAGES
