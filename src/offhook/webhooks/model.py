"""Webhooks as data: endpoints, deliveries, and what became of an attempt. Immutable; times are aware, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.events import Json


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    """It is to be sent, for the first time or again."""
    DELIVERED = "delivered"
    """The receiver answered 2xx."""
    DEAD = "dead"
    """Given up; it is sent again only by a replay."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody who wants to be told: where, and of which kinds of events.

    `kinds` are kinds such as `lead.assigned`, all of a thing (`lead.*`), or all there are (`*`). An inactive
    endpoint is told nothing: new events are not noted for it, and what waits keeps waiting.
    `inactive_because` says why when it was the sender that deactivated it.
    """

    id: UUID
    url: str
    description: str
    kinds: tuple[str, ...]
    is_active: bool
    inactive_because: str | None
    previous_secret_until: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint; `position` is the event's and names it within the endpoint.

    `attempts` counts those begun since it was last put in line; `try_at` is not before when the next is due.
    """

    endpoint_id: UUID
    position: int
    event_id: UUID
    kind: str
    subject: str
    state: DeliveryState
    attempts: int
    try_at: datetime
    last_status: int | None
    last_error: str | None
    last_attempt_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many deliveries of an endpoint wait, and how many were given up."""

    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery to be put in line."""

    endpoint_id: UUID
    position: int
    event_id: UUID
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this sender holds for a while, with all that its message tells."""

    position: int
    attempts: int
    event_id: UUID
    kind: str
    version: int
    subject: str
    data: Mapping[str, Json]
    at: datetime
    actor: str
    cause: UUID | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the receiver's HTTP status, or the error that kept it from answering.

    `wait_seconds` is the pause that the receiver asked for (`Retry-After`).
    """

    status: int | None
    error: str | None = None
    wait_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from an answer: the delivery's next state, and when to try again if it waits.

    `is_gone`: the receiver wants no more messages; the endpoint is to be deactivated.
    """

    state: DeliveryState
    try_at: datetime | None
    error: str | None
    is_gone: bool = False
