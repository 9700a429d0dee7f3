"""Promised limits on time and their timers, in plain immutable data."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.plain import plain


class Promise(StrEnum):
    """What is promised: the rep's first attempt after a lead became MQL, the AE's decision on a hand-off."""

    FIRST_ATTEMPT = "first_attempt"
    HAND_OFF_DECISION = "hand_off_decision"


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """The limits of a promise in business minutes, for one team (`team_id`) or all of them.

    `reassign_minutes`: after so long it goes to somebody else; None: never.
    """

    id: UUID
    name: str
    promise: Promise
    minutes: int
    warn_minutes: int
    reassign_minutes: int | None
    team_id: UUID | None
    is_active: bool = True
    version: int = 1


class TimerState(StrEnum):
    """How it stands with a promise."""

    RUNNING = "running"
    WARNED = "warned"
    BREACHED = "breached"
    REASSIGNED = "reassigned"
    MET = "met"
    CANCELLED = "cancelled"


@plain
class Timer:
    """One promise on one lead. `check_at`: when something happens next; None: nothing will."""

    lead_id: UUID
    promise: Promise
    started_at: datetime
    policy_id: UUID
    hand_off_id: UUID | None
    warn_at: datetime
    due_at: datetime
    reassign_at: datetime | None
    state: TimerState
    check_at: datetime | None
    ended_at: datetime | None = None
