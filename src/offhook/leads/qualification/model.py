"""Qualification criteria, answers and what they come to, in plain immutable data.

Criteria are what the reps' and the sales organisation agreed: questions with rules. A published edition never
changes; a lead keeps the edition it was first judged by. Answers are added, never changed: the last one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.leads.model import Verdict

__all__ = [
    "ANSWERED",
    "Agreement",
    "Answer",
    "Criteria",
    "CriteriaStatus",
    "Effect",
    "Finding",
    "Judgement",
    "Question",
    "QuestionKind",
    "Value",
    "Verdict",
]

Value = bool | int | float | str | None
"""An answer as JSON keeps it; a date as "2026-03-02"; None: asked, and not known (yet)."""

ANSWERED = "answered"
"""The key under which a number, a date or a text earns its points: by being known."""


class QuestionKind(StrEnum):
    """What kind of answer a question takes."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its rules.

    A required one must be answered before a lead can be in. Out is: an answer in `disqualifying` (choices, or
    "yes"/"no"), a number below `at_least` or above `at_most`, a date more than `within_days` days after the
    answer was given. `points` by answer, or under "answered" for numbers, dates and texts. `hint`: how to ask.
    """

    key: str
    text: str
    kind: QuestionKind
    choices: tuple[str, ...] = ()
    is_required: bool = True
    disqualifying: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    within_days: int | None = None
    points: Mapping[str, int] = field(default_factory=dict[str, int])
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: the questions, in the order to ask them, and the points a lead needs to be in."""

    questions: tuple[Question, ...]
    minimum_points: int = 0


class CriteriaStatus(StrEnum):
    """draft can be changed; published is in force (one at a time) and never changes; retired was in force."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Criteria:
    """One edition of named criteria: 1, 2, …; `version` counts the changes of a draft.

    `agreed_with`: who in sales agreed.
    """

    id: UUID
    name: str
    edition: int
    framework: str
    agreement: Agreement
    status: CriteriaStatus
    agreed_with: str
    version: int
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with the activity that is its evidence."""

    id: UUID
    lead_id: UUID
    criteria_id: UUID
    question: str
    value: Value
    activity_id: UUID | None
    note: str
    at: datetime
    user_id: UUID | None


class Effect(StrEnum):
    """What one question contributes to the verdict."""

    DISQUALIFIES = "disqualifies"
    MET = "met"
    UNKNOWN = "unknown"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Finding:
    """One question's part in the verdict: its effect, the points it earned, and a sentence."""

    question: str
    effect: Effect
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict (in, out, open), why, and which question to ask next (never None while open)."""

    verdict: Verdict
    points: int
    minimum_points: int
    next_question: Question | None
    findings: tuple[Finding, ...]
    explanation: str
