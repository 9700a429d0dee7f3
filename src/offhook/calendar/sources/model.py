"""A user's calendar elsewhere in plain immutable data: where it is, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class SourceKind(StrEnum):
    """How a calendar is reached."""

    CALDAV = "caldav"
    """A server that speaks CalDAV (RFC 4791): read and written."""
    ICS = "ics"
    """A feed of iCalendar (RFC 5545) at an address: read alone."""


class ConnectionState(StrEnum):
    """Whether a calendar can be read."""

    WAITING = "waiting"
    """Not read yet."""
    OK = "ok"
    REFUSING = "refusing"
    """Its server does not let us, or answers what cannot be understood; tried again at `sync_at`."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One user's connection to a calendar. `takes_meetings`: those booked with the user are written to it.

    `address` is the server's or calendar's for CalDAV, the host alone for a feed, whose address is a secret.
    `collection` is the calendar's own address, once it is found. `mark` is what the server gave at the last
    reading, which reached to `synced_until`. `refusing_since`, `problem` and `failures`: of a server that refuses.
    `grant_id` is the sign-in at a provider by which it lets us in; without one there is a secret of its own.
    """

    id: UUID
    user_id: UUID
    kind: SourceKind
    name: str
    address: str
    username: str
    collection: str
    takes_meetings: bool
    mark: str
    synced_at: datetime | None
    synced_until: datetime | None
    sync_at: datetime
    refusing_since: datetime | None
    problem: str
    failures: int
    created_at: datetime
    version: int
    grant_id: UUID | None = None

    @property
    def state(self) -> ConnectionState:
        """Whether it can be read, as far as we know."""
        if self.refusing_since is not None:
            return ConnectionState.REFUSING
        return ConnectionState.OK if self.synced_at else ConnectionState.WAITING


@dataclass(frozen=True, slots=True)
class Access:
    """A connection with its secret or token in clear: for connecting alone, never stored, shown or logged."""

    connection: Connection
    secret: str
    is_token: bool = False

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Access({self.connection.id})"


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar on a server: its address and what it is called there."""

    collection: str
    name: str
