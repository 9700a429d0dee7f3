"""Where calls leave and arrive, in plain immutable data: trunks, owned numbers, extensions, how people call."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Transport(StrEnum):
    """How requests travel to a trunk. TLS is the edge's (deploy/kamailio)."""

    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Rate:
    """What a trunk takes for calls to numbers that begin with `prefix`: digits of E.164 without the plus.

    An empty prefix stands for every number. `cost_per_minute` is in the unit that all trunks' prices are given in;
    they are only compared. Of equal costs the lower `priority` is tried first.
    """

    prefix: str
    cost_per_minute: Decimal
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line to a carrier, without its password.

    `domain` is what requests call the carrier, its host if None. `region` (ISO 3166-1 alpha-2) is the country
    whose national numbers it writes. `sends_from` are the IP addresses and networks that its calls come from,
    besides its host if that is one. Without any rate it carries every number at a cost that is not known.
    """

    id: UUID
    name: str
    host: str
    port: int
    transport: Transport
    domain: str | None
    username: str | None
    has_password: bool
    registers: bool
    asserts_identity: bool
    region: str
    sends_from: tuple[str, ...]
    rates: tuple[Rate, ...]
    is_active: bool
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A trunk with its password in clear: for whoever places calls, never for an answer or a log."""

    trunk: Trunk
    password: str | None

    def __repr__(self) -> str:
        """Without the password."""
        return f"Line({self.trunk.name!r})"


class HealthState(StrEnum):
    """Whether a trunk answers, as the running process knows it."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """How a trunk fares in the running process: since when, why, and until when it asked to be left alone.

    A trunk that is down is worth a try again from `retry_at` on; None: not before it is known to be up.
    """

    state: HealthState
    reason: str = ""
    since: datetime | None = None
    retry_at: datetime | None = None


UNKNOWN = Health(HealthState.UNKNOWN)


class RingKind(StrEnum):
    """Whom an owned number rings."""

    NOBODY = "nobody"
    USER = "user"
    EXTENSION = "extension"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Ring:
    """Whom a number rings: nobody, a user, whoever has an extension, or all members of a team."""

    kind: RingKind = RingKind.NOBODY
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """A number of ours, in E.164: may be shown as caller, and is called. `trunk_id`: by which its calls arrive."""

    id: UUID
    number: str
    label: str
    trunk_id: UUID | None
    rings: Ring
    version: int


@dataclass(frozen=True, slots=True)
class Extension:
    """A short internal number of a user: two to six digits."""

    id: UUID
    number: str
    user_id: UUID
    version: int


class CallerPreference(StrEnum):
    """Which of our numbers somebody shows to whom they call."""

    ORGANISATION = "organisation"
    """The organisation's default."""
    LOCAL = "local"
    """One near the called person, where we own one ("local presence")."""
    FIXED = "fixed"
    """Always the user's own."""


@dataclass(frozen=True, slots=True)
class CallingSettings:
    """How one user calls; version 0: they never said.

    `number_id` is their own number, `ring_seconds` how long their phone rings before voicemail takes over.
    """

    user_id: UUID
    caller_preference: CallerPreference
    number_id: UUID | None
    ring_seconds: int
    version: int


@dataclass(frozen=True, slots=True)
class OrganisationCalling:
    """What holds for all who call; version 0: nobody said yet.

    `emergency_trunk_id` is the trunk that reaches emergency services from where people sit; None: such calls are
    refused.
    """

    default_number_id: UUID | None
    emergency_trunk_id: UUID | None
    version: int
