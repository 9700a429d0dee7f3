"""A user's sign-in at a provider in plain immutable data: who is asked, for what, and what they let us do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class ProviderName(StrEnum):
    """Who can be signed in at."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"


class SignInPurpose(StrEnum):
    """What a sign-in is for. A token of Microsoft's is for one service alone, so each purpose has its own."""

    MAIL = "mail"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as this installation is registered there.

    `issuer` is who says who somebody is, with `{tenantid}` where the tenant stands. `scopes`: what is asked for
    each purpose; `extra`: what their page is told besides.
    """

    name: ProviderName
    title: str
    client_id: str
    client_secret: str
    authorize: str
    token: str
    issuer: str
    scopes: Mapping[SignInPurpose, Sequence[str]]
    extra: Mapping[str, str]

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Provider({self.name})"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun: who began it, where and for what, and what only they can finish it with."""

    organisation_id: UUID
    user_id: UUID
    provider: ProviderName
    purpose: SignInPurpose
    redirect: str
    verifier: str
    nonce: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """What the provider's page sent the user back with: a code, or an error and what it says of it."""

    state: str
    code: str = ""
    error: str = ""
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave. `refresh` is '' where it gave no new one; `scopes` None where it did not say."""

    access: str
    refresh: str
    lasts: timedelta
    scopes: Sequence[str] | None
    identity: str

    def __repr__(self) -> str:
        """Without the tokens."""
        return "Tokens()"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, as the provider says: its own fixed name for them, their address, and their user name."""

    subject: str
    address: str
    username: str


@dataclass(frozen=True, slots=True)
class Given:
    """A finished sign-in that is not kept yet."""

    attempt: Attempt
    tokens: Tokens
    identity: Identity


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user lets us do at a provider, without its tokens.

    The access token holds until `expires_at` and is renewed at `refresh_at`; `problem` and `failures` tell of
    renewals that failed. `lapsed_at`: since then the user must sign in again.
    """

    id: UUID
    user_id: UUID
    provider: ProviderName
    purpose: SignInPurpose
    subject: str
    address: str
    username: str
    scopes: Sequence[str]
    expires_at: datetime
    refresh_at: datetime
    lapsed_at: datetime | None
    problem: str
    failures: int
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """A user name and a token that lets it in: for connecting alone, never shown or logged."""

    username: str
    token: str

    def __repr__(self) -> str:
        """Without the token."""
        return f"Bearer({self.username})"
