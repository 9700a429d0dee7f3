"""Who works here, in plain immutable data: organisation, teams, users, absences, tokens.

No I/O and no decisions; those are in `rules.py`, `working_time.py` and `service.py`. Times are aware and in UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What somebody does here; `rules.permissions_of` says what each may do."""

    REP = "rep"
    AE = "ae"
    DEMAND_GENERATION = "demand_generation"
    MANAGER = "manager"
    ADMIN = "admin"


class SalCountsAt(StrEnum):
    """When a team counts a lead as SAL: at the hand-off (the glossary's way) or once the AE accepts."""

    HAND_OFF = "hand_off"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything belongs to one. `region` is the ISO 3166-1 country whose national phone numbers are meant."""

    id: UUID
    name: str
    slug: str
    time_zone: str
    region: str
    version: int


@dataclass(frozen=True, slots=True)
class Team:
    """Reps or AEs who share a manager, a time zone for their KPIs, and what counts as a conversation or SAL."""

    id: UUID
    name: str
    time_zone: str
    manager_id: UUID | None
    minimum_talk_seconds: int
    sal_counts_at: SalCountsAt
    engaged_people: int
    version: int


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works here.

    `routing_weight` is their share in the weighted round robin (0: gets none); `capacity` is the most open
    leads (AE: undecided hand-offs) they take, None without limit.
    """

    id: UUID
    email: str
    name: str
    role: Role
    team_id: UUID | None
    time_zone: str
    routing_weight: int
    capacity: int | None
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a user is given nothing new; `starts_at` belongs to it, `ends_at` no more."""

    id: UUID
    user_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Token:
    """An API token without its secret: whose rights it carries, narrowed to `scopes` ('*': all of theirs)."""

    id: UUID
    name: str
    user_id: UUID
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
