"""Counters, goals and KPIs in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

NIL = UUID(int=0)
"""Stands for no team, user or campaign in a count's key."""


class Counter(StrEnum):
    """What is counted. Those in `DISTRIBUTIONS` are split into the values that occurred (buckets)."""

    RESPONSES = "responses"
    MQLS = "mqls"
    OUTBOUND_LEADS = "outbound_leads"
    TOUCHES = "touches"
    DIALS = "dials"
    CONNECTS = "connects"
    CONVERSATIONS = "conversations"
    INBOUND_CALLS = "inbound_calls"
    INBOUND_CONVERSATIONS = "inbound_conversations"
    TALK_SECONDS = "talk_seconds"
    EMAILS_SENT = "emails_sent"
    EMAILS_BOUNCED = "emails_bounced"
    EMAILS_REPLIED = "emails_replied"
    HAND_OFFS = "hand_offs"
    HAND_OFFS_DECIDED = "hand_offs_decided"
    HAND_OFFS_ACCEPTED = "hand_offs_accepted"
    SALS = "sals"
    SQLS = "sqls"
    MEETINGS_DUE = "meetings_due"
    MEETINGS_HELD = "meetings_held"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"
    REOPENED = "reopened"
    PROMISES_KEPT = "promises_kept"
    PROMISES_BROKEN = "promises_broken"
    COHORT_SALS = "cohort_sals"
    COHORT_SQLS = "cohort_sqls"
    AE_OFFERED = "ae_offered"
    AE_DECIDED = "ae_decided"
    AE_ACCEPTED = "ae_accepted"
    AE_MEETINGS_HELD = "ae_meetings_held"
    AE_SQLS = "ae_sqls"
    MINUTES_TO_ATTEMPT = "minutes_to_attempt"
    BUSINESS_MINUTES_TO_ATTEMPT = "business_minutes_to_attempt"
    ATTEMPTS_TO_CONTACT = "attempts_to_contact"


DISTRIBUTIONS = frozenset(
    {Counter.MINUTES_TO_ATTEMPT, Counter.BUSINESS_MINUTES_TO_ATTEMPT, Counter.ATTEMPTS_TO_CONTACT}
)

AIMS = (
    Counter.SALS,
    Counter.SQLS,
    Counter.HAND_OFFS,
    Counter.TOUCHES,
    Counter.DIALS,
    Counter.CONNECTS,
    Counter.CONVERSATIONS,
    Counter.EMAILS_SENT,
    Counter.MEETINGS_HELD,
    Counter.OUTBOUND_LEADS,
)
"""What goals may be set on."""


@dataclass(frozen=True, slots=True)
class Key:
    """One count's place: what, on which day of its team's zone, whose, and of which campaign."""

    counter: Counter
    day: date
    team_id: UUID = NIL
    user_id: UUID = NIL
    campaign_id: UUID = NIL
    bucket: int = 0


class Period(StrEnum):
    """How long a goal runs; weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Goal:
    """So many of something in each period, for a team or a user, from a day on. `ends_on` is the last day."""

    id: UUID
    counter: Counter
    period: Period
    target: int
    team_id: UUID | None
    user_id: UUID | None
    starts_on: date
    ends_on: date | None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How a goal stands in one period.

    `attainment` is actual / target; `pace` actual / (target x share of the period's working time that has passed),
    None before any has. `forecast`: the count at the period's end at the present rate, low and high of an 80 %
    interval; `reached_in_minutes`: working minutes until the target at the present rate, with its interval; None
    once it is reached, or when nothing was done yet.
    """

    goal: Goal
    whose: str
    first_day: date
    last_day: date
    actual: int
    attainment: float
    pace: float | None
    share_passed: float
    forecast: tuple[int, int] | None
    reached_in_minutes: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI: its two counts, or the median of a distribution over `over` cases; divided only to be shown."""

    name: str
    numerator: int | None
    denominator: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class KpiRow:
    """All KPIs and counts of one rep, team, campaign, or of all."""

    key: UUID | None
    name: str
    counts: Mapping[str, int]
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that the roll-up has otherwise than the record."""

    key: Key
    rolled_up: int
    recounted: int
