"""What the log of verdicts keeps, in plain immutable data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.compliance.model import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, about whom, for which lead, when."""

    question: Question
    person_id: UUID | None
    user_id: UUID | None
    lead_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer as it was given. `refusals` and `lifted` are `Refusal`s as JSON tells them."""

    id: UUID
    at: datetime
    number: str
    person_id: UUID | None
    lead_id: UUID | None
    user_id: UUID | None
    purpose: str
    is_allowed: bool
    recording: str
    refusals: Sequence[Mapping[str, object]]
    override_reason: str | None
    lifted: Sequence[Mapping[str, object]]
    until: datetime | None
