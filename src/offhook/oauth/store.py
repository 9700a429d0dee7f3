"""The SQL of grants (0025_oauth.sql). Tokens come and go sealed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.oauth.model import Grant, ProviderName, SignInPurpose

_GRANT: LiteralString = (
    "SELECT id, user_id, provider, purpose, subject, address, username, scopes, expires_at, refresh_at, lapsed_at,"
    " problem, failures, created_at, version FROM oauth_grant "
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A grant's two tokens, sealed."""

    access_token: str
    refresh_token: str


def _grant(provider: str, purpose: str, **columns: object) -> Grant:
    return Grant(
        provider=ProviderName(provider),
        purpose=SignInPurpose(purpose),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def by_id(tx: Transaction, identifier: UUID, *, lock: bool = False) -> Grant | None:
    """One grant; `lock` keeps others from changing it until the transaction ends."""
    if lock:
        return tx.first(_grant, _GRANT + "WHERE id = %(id)s FOR UPDATE", id=identifier)
    return tx.first(_grant, _GRANT + "WHERE id = %(id)s", id=identifier)


def by_ids(tx: Transaction, identifiers: Collection[UUID]) -> list[Grant]:
    """Several grants."""
    return tx.rows(_grant, _GRANT + "WHERE id = ANY(%(ids)s)", ids=list(identifiers))


def of_account(
    tx: Transaction, user_id: UUID, provider: ProviderName, purpose: SignInPurpose, subject: str
) -> Grant | None:
    """A user's grant of one account for one purpose. Index: oauth_grant_of_account."""
    return tx.first(
        _grant,
        _GRANT + "WHERE user_id = %(user)s AND provider = %(provider)s AND purpose = %(purpose)s"
        " AND subject = %(subject)s FOR UPDATE",
        user=user_id,
        provider=provider.value,
        purpose=purpose.value,
        subject=subject,
    )


def due(tx: Transaction) -> list[Grant]:
    """Those whose token is to be renewed now, the longest due first. Index: oauth_grant_due."""
    return tx.rows(
        _grant,
        _GRANT + "WHERE lapsed_at IS NULL AND refresh_at <= %(now)s ORDER BY refresh_at, id",
        now=tx.now,
    )


def tokens_of(tx: Transaction, identifier: UUID) -> Sealed | None:
    """The tokens of a grant."""
    return tx.first(Sealed, "SELECT access_token, refresh_token FROM oauth_grant WHERE id = %(id)s", id=identifier)


def insert(tx: Transaction, new: Grant, tokens: Sealed) -> None:
    """Add a grant with its tokens."""
    tx.execute(
        "INSERT INTO oauth_grant (id, user_id, provider, purpose, subject, address, username, scopes,"
        " access_token, refresh_token, expires_at, refresh_at, created_at)"
        " VALUES (%(id)s, %(user)s, %(provider)s, %(purpose)s, %(subject)s,"
        " %(address)s, %(username)s, %(scopes)s, %(access)s, %(refresh)s, %(expires)s, %(refresh_at)s, %(now)s)",
        id=new.id,
        user=new.user_id,
        provider=new.provider.value,
        purpose=new.purpose.value,
        subject=new.subject,
        address=new.address,
        username=new.username,
        scopes=list(new.scopes),
        access=tokens.access_token,
        refresh=tokens.refresh_token,
        expires=new.expires_at,
        refresh_at=new.refresh_at,
        now=new.created_at,
    )


def save(tx: Transaction, changed: Grant, tokens: Sealed | None = None) -> bool:
    """Save a grant, and other tokens if given, if it still has its version. False when it changed or is gone."""
    return bool(
        tx.execute(
            "UPDATE oauth_grant SET address = %(address)s, username = %(username)s, scopes = %(scopes)s,"
            " expires_at = %(expires)s, refresh_at = %(refresh_at)s, lapsed_at = %(lapsed)s,"
            " problem = %(problem)s, failures = %(failures)s,"
            " access_token = COALESCE(%(access)s::text, access_token),"
            " refresh_token = COALESCE(%(refresh)s::text, refresh_token), version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            id=changed.id,
            version=changed.version,
            address=changed.address,
            username=changed.username,
            scopes=list(changed.scopes),
            expires=changed.expires_at,
            refresh_at=changed.refresh_at,
            lapsed=changed.lapsed_at,
            problem=changed.problem,
            failures=changed.failures,
            access=tokens.access_token if tokens else None,
            refresh=tokens.refresh_token if tokens else None,
        )
    )


def refresh_now(tx: Transaction, identifier: UUID) -> None:
    """Have a grant's token renewed at once, unless renewals fail anyway."""
    tx.execute(
        "UPDATE oauth_grant SET refresh_at = least(refresh_at, %(now)s) WHERE id = %(id)s AND failures = 0",
        id=identifier,
        now=tx.now,
    )


def delete(tx: Transaction, identifier: UUID) -> None:
    """Forget a grant with its tokens."""
    tx.execute("DELETE FROM oauth_grant WHERE id = %(id)s", id=identifier)
