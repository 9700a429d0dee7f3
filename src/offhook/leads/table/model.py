"""What the table of leads is asked for and what it shows, in plain immutable data."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain
from offhook.leads.model import OPEN_STAGES, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Filter:
    """Which leads are meant; what is None or empty does not narrow.

    `owner_ids` and `without_owner` widen each other. Days are the organisation's, first and last included. `name`
    is how the name of the person begins (last name first, or as spoken) or that of the account.
    """

    stages: frozenset[Stage] = OPEN_STAGES
    owner_ids: tuple[UUID, ...] = ()
    without_owner: bool = False
    team_id: UUID | None = None
    campaign_id: UUID | None = None
    account_id: UUID | None = None
    score_from: float | None = None
    score_to: float | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    is_untouched: bool | None = None
    is_overdue: bool | None = None
    country: str | None = None
    name: str | None = None


class SortKey(StrEnum):
    """What the table can be sorted by."""

    SCORE = "score"
    OPENED_AT = "opened_at"
    DUE_AT = "due_at"
    NEXT_TOUCH_AT = "next_touch_at"
    LAST_ATTEMPT_AT = "last_attempt_at"
    NAME = "name"
    ACCOUNT = "account"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Sort:
    """By what, and which way; ties go by the lead's id, the same way. What has no value comes last either way."""

    key: SortKey
    descends: bool = False

    def __str__(self) -> str:
        """As it is asked for: `-score`."""
        return f"-{self.key}" if self.descends else self.key.value


BEST_FIRST = Sort(SortKey.SCORE, descends=True)


class NextTouch(StrEnum):
    """Why a lead is to be touched at `next_touch_at`."""

    CALL_BACK = "call_back"
    FOLLOW_UP = "follow_up"
    RETURNED = "returned"
    SNOOZED = "snoozed"
    CADENCE = "cadence"


@plain
class RowPerson:
    """Whom a lead is about."""

    id: UUID
    full_name: str | None
    title: str | None
    email: str | None
    phone: str | None
    do_not_call: bool
    do_not_email: bool
    time_zone: str | None
    country: str | None


@plain
class RowAccount:
    """The company of a lead."""

    id: UUID
    name: str


@plain
class Row:
    """One row of the table."""

    id: UUID
    person: RowPerson
    account: RowAccount | None
    campaign_id: UUID | None
    stage: Stage
    score: float
    fit: float
    engagement: float
    owner_id: UUID | None
    team_id: UUID | None
    attempts: int
    opened_at: datetime
    mql_at: datetime | None
    last_attempt_at: datetime | None
    next_touch_at: datetime | None
    next_touch_because: NextTouch | None
    due_at: datetime | None
    verdict: Verdict
    sal_at: datetime | None
    sql_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many leads a filter means; `count` or, not exact, more."""

    count: int
    is_exact: bool
