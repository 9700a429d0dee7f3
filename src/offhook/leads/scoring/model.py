"""A scoring model and a score, in plain immutable data, and the interface that any model fulfils."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from offhook.kernel.events import Json
from offhook.kernel.plain import plain
from offhook.leads.conditions import LeadFacts


class RuleKind(StrEnum):
    """What a rule speaks about: who they are, or what they did."""

    FIT = "fit"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: so many points when its condition holds. Engagement rules are asked once a response."""

    name: str
    kind: RuleKind
    points: float
    when: Json


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """A version of the rules. `half_life_days`: after so long a response counts half."""

    version: int
    mql_threshold: float
    half_life_days: float
    rules: tuple[Rule, ...]

    @property
    def half_life(self) -> timedelta:
        """The half-life as a length of time."""
        return timedelta(days=self.half_life_days)


@plain
class Score:
    """A score and why. `engagement` and the `points` of each reason (`name`, `kind`, `points`) are as of `at`."""

    fit: float
    engagement: float
    at: datetime
    reasons: tuple[Mapping[str, object], ...]

    @property
    def total(self) -> float:
        """Fit and engagement together, held between 0 and 100."""
        return min(max(self.fit + self.engagement, 0.0), 100.0)


class Scorer(Protocol):
    """What scores leads: rules today, a learned model tomorrow."""

    @property
    def mql_threshold(self) -> float:
        """From this total on a lead is an MQL."""
        ...

    def score(self, facts: LeadFacts, engagement: float, since: datetime, at: datetime) -> Score:
        """The score after one more response at `at`, of a lead whose engagement was so much as of `since`."""
        ...


NO_REASONS: Sequence[Mapping[str, object]] = ()
