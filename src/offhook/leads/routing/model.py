"""Who may be given leads, the rules of who gets which, and a choice with its explanation; plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.events import Json
from offhook.kernel.plain import plain


class Purpose(StrEnum):
    """Whom a rule chooses."""

    REP = "rep"
    AE = "ae"


class Because(StrEnum):
    """What decided an assignment."""

    NAMED_ACCOUNT = "named_account"
    TERRITORY = "territory"
    ROUND_ROBIN = "round_robin"
    POOL = "pool"
    ACCOUNT = "account"
    MANUAL = "manual"
    IMPORT = "import"
    CLAIMED = "claimed"
    OUTBOUND = "outbound"
    RECYCLED = "recycled"
    SLA = "sla"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom leads may go to. `load`: open leads (AE: undecided hand-offs), counted up to `capacity`."""

    user_id: UUID
    name: str
    team_id: UUID | None
    weight: int
    capacity: int | None
    is_away: bool
    load: int = 0


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Leads that fulfil the conditions go to this user, or in turn to this team's members."""

    id: UUID
    purpose: Purpose
    position: int
    name: str
    conditions: Json
    team_id: UUID | None
    user_id: UUID | None
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """Whom a named account's list belongs to: a rep or a team."""

    list_name: str
    user_id: UUID | None
    team_id: UUID | None


@plain
class Choice:
    """Whom a lead goes to. Without `user_id` it waits in the pool of `team_id`, or in nobody's.

    `explanation` answers "why me?": `text`, and what it rests on.
    """

    user_id: UUID | None
    team_id: UUID | None
    because: Because
    explanation: Mapping[str, Json] = field(default_factory=dict[str, Json])


@plain
class Assignment:
    """One entry of who had a lead since when, and why."""

    id: UUID
    lead_id: UUID
    user_id: UUID | None
    team_id: UUID | None
    at: datetime
    because: Because
    explanation: Mapping[str, Json]
