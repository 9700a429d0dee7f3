"""What a timeline is made of, in plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from offhook.activities import Activity
from offhook.kernel.events import Json, StoredEvent
from offhook.leads.responses.model import Response


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the timeline tells it: the question in words, and what was said."""

    question: str
    text: str
    value: Json


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: the event, and what it is about in full.

    `answers` are those that were given together. `was` is the entry that a correction replaced.
    """

    event: StoredEvent
    lead_id: UUID | None
    activity: Activity | None = None
    was: Activity | None = None
    response: Response | None = None
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What is laid beside the events of a page, by id."""

    activities: Mapping[UUID, Activity]
    corrected: frozenset[UUID]
    responses: Mapping[UUID, Response]
    questions: Mapping[tuple[str, str], str]
    """Words of questions by criteria and key."""
