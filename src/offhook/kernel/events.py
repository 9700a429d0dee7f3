"""Domain events: what happened, appended in the transaction that made it happen (transactional outbox).

The order of events is `position`, a sequence value taken while the writer holds the lock on what it
changed; so two events about one subject are in the order of the changes. A sequence alone is not safe to
read behind: a smaller position may be committed after a greater one was seen. Hence the *horizon*:

1. before taking its first position a writer announces itself: it draws a number from the same sequence and
   holds a shared advisory lock on that number until it commits;
2. a reader first reads how far the sequence has come, then which announcements are still held, and reads no
   event beyond the smaller of the two.

A position at or below the horizon belongs to a transaction that has ended: none appears later.
The SQL of both halves is in migrations/versions/0001_kernel.sql (`announce_events`, `event_horizon`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from offhook.kernel.plain import plain

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@plain
class Event:
    """Something that happened to a subject, told in the past tense: `lead.assigned`.

    `subject` is the kind and id of what it is about, written `lead:0190…`; order is kept per subject.
    `data` is JSON; its shape belongs to `kind` and `version`. `at` is when it happened, which for work
    logged afterwards is earlier than when it was recorded; `None` means the transaction's own time.
    """

    kind: str
    subject: str
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    at: datetime | None = None
    version: int = 1
    cause: UUID | None = None


def is_among(kind: str, kinds: Collection[str]) -> bool:
    """Whether a kind is one of these, which are exact (`lead.assigned`) or whole families (`lead.*`)."""
    return kind in kinds or f"{kind.partition('.')[0]}.*" in kinds


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as its readers get it."""

    position: int
    id: UUID
    kind: str
    version: int
    subject: str
    data: dict[str, Json]
    at: datetime
    actor: str
    cause: UUID | None

    @property
    def subject_id(self) -> UUID:
        """The id part of `subject`."""
        return UUID(self.subject.partition(":")[2])


def subject(kind: str, identifier: UUID) -> str:
    """Write a subject: `subject("lead", id)` is `lead:<id>`."""
    return f"{kind}:{identifier}"
