"""API tokens: how their text is made and read, and how a request that shows one is checked.

The text is `oh_<organisation>_<token>_<secret>`, each part base32 in lower case (RFC 4648, section 6), so the
organisation is read off it before anything is looked up. The secret is 32 random bytes; we keep its SHA-256
(a slow hash would add nothing to a random secret) and compare in constant time.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from offhook.identity.model import Role
from offhook.identity.rules import narrowed, permissions_of
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Unauthenticated

PREFIX = "oh"
SECRET_BYTES = 32
LAST_USED_GRAIN = timedelta(hours=1)
"""How exactly `last_used_at` is kept: a write per request would double the cost of reading."""


def new_secret() -> bytes:
    """32 bytes from the system's random source."""
    return secrets.token_bytes(SECRET_BYTES)


def hash_of(secret: bytes) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret).digest()


def token_text(organisation_id: UUID, token_id: UUID, secret: bytes, *, prefix: str = PREFIX) -> str:
    """What the bearer shows; other things that are shown bear another prefix."""
    return "_".join((prefix, _base32(organisation_id.bytes), _base32(token_id.bytes), _base32(secret)))


def parts_of(text: str, prefix: str) -> tuple[UUID, UUID, bytes] | None:
    """Organisation, id and secret of a text that `token_text` made; None when it did not."""
    try:
        begins, organisation, identifier, secret = text.split("_")
        if begins != prefix:
            return None
        return UUID(bytes=_unbase32(organisation)), UUID(bytes=_unbase32(identifier)), _unbase32(secret)
    except (ValueError, binascii.Error):
        return None


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _unbase32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token as a request shows it; `check` says whose it is. Meets `kernel.http.Credential`."""

    organisation_id: UUID
    token_id: UUID
    secret: bytes

    def check(self, tx: Transaction) -> Actor:
        """The token's user with the permissions its scopes leave; takes the transaction into its organisation.

        Raises `Unauthenticated` for a token that is unknown, revoked or expired, or whose user has left.
        """
        row = tx.first(
            _Shown,
            "SELECT * FROM shown_token(%(organisation_id)s, %(id)s)",
            organisation_id=self.organisation_id,
            id=self.token_id,
        )
        if row is None or not hmac.compare_digest(hash_of(self.secret), row.secret_hash):
            raise Unauthenticated("This token is not one of ours. Check that it was copied whole.")
        if row.revoked_at is not None:
            raise Unauthenticated("This token was revoked. Ask your administrator for a new one.")
        if row.expires_at is not None and row.expires_at <= tx.now:
            raise Unauthenticated(f"This token expired at {row.expires_at:%Y-%m-%d %H:%M} UTC. Issue a new one.")
        if not row.is_active:
            raise Unauthenticated("The user of this token was deactivated.")
        if row.last_used_at is None or tx.now - row.last_used_at >= LAST_USED_GRAIN:
            self._note_use(tx)
        return Actor("user", row.user_id, narrowed(permissions_of(Role(row.role)), row.scopes), row.team_id)

    def _note_use(self, tx: Transaction) -> None:
        """Keep the hour; a request that meets another one doing so passes by instead of waiting for it."""
        tx.execute(
            "UPDATE api_token SET last_used_at = date_trunc('hour', %(now)s::timestamptz) WHERE id ="
            " (SELECT id FROM api_token WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED)",
            id=self.token_id,
            now=tx.now,
        )


@dataclass(frozen=True, slots=True)
class _Shown:
    secret_hash: bytes
    scopes: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    user_id: UUID
    role: str
    team_id: UUID | None
    is_active: bool


def read_token(text: str) -> Bearer:
    """Take a token's text apart. Raises `Unauthenticated` when it is not of our making."""
    parts = parts_of(text, PREFIX)
    if parts is None:
        raise Unauthenticated(
            f"This is not an Offhook token: it should look like {PREFIX}_…_…_… and was cut or changed."
        )
    return Bearer(*parts)


def read_authorization(header: str | None) -> Bearer:
    """Read the header `Authorization: Bearer <token>` (RFC 6750). Raises `Unauthenticated` without one."""
    scheme, _, text = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("Send your API token in the header 'Authorization: Bearer oh_…'.")
    return read_token(text.strip())
