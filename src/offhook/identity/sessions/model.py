"""Sessions and what opens them, in plain immutable data. Times are aware and in UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Factor(StrEnum):
    """What somebody may show besides the password."""

    AUTHENTICATOR = "authenticator"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


class Purpose(StrEnum):
    """What a link of entry was made for."""

    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser it is: what it calls itself, and its network address."""

    agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser; `agent` and `address` are those it signed in with."""

    id: UUID
    user_id: UUID
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: the cookie's text, and which factors are still asked for (none: all is done)."""

    cookie: str
    expires_at: datetime
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey without its key."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignInMeans:
    """How somebody can sign in."""

    has_password: bool
    has_authenticator: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int


@dataclass(frozen=True, slots=True)
class EntryLink:
    """A link by which somebody sets their password; the text is told once."""

    text: str
    purpose: Purpose
    expires_at: datetime
