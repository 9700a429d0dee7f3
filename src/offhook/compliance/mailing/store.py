"""The SQL of the suppression list (0019_mail.sql)."""

from collections.abc import Sequence
from datetime import datetime

from offhook.compliance.mailing.model import Suppressed, SuppressedBecause
from offhook.kernel.database import Transaction


def _suppressed(because: str, **columns: object) -> Suppressed:
    return Suppressed(because=SuppressedBecause(because), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def suppressed(tx: Transaction, address: str) -> Suppressed | None:
    """One address of the list. Index: the primary key."""
    return tx.first(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE address = %(address)s",
        address=address,
    )


def suppressed_among(tx: Transaction, addresses: Sequence[str]) -> dict[str, Suppressed]:
    """Which of these addresses are on the list. Index: the primary key."""
    found = tx.rows(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE address = ANY(%(addresses)s)",
        addresses=list(addresses),
    )
    return {one.address: one for one in found}


def suppressed_page(tx: Transaction, before: tuple[datetime, str] | None, limit: int) -> list[Suppressed]:
    """The list, the newest first. Index: mail_suppression_newest, backwards."""
    at, address = before or (None, None)
    return tx.rows(
        _suppressed,
        "SELECT address, because, reason, added_at, added_by, version FROM mail_suppression"
        " WHERE %(at)s::timestamptz IS NULL OR (added_at, address) < (%(at)s, %(address)s)"
        " ORDER BY added_at DESC, address DESC LIMIT %(limit)s",
        at=at,
        address=address,
        limit=limit,
    )


def add(tx: Transaction, address: str, because: SuppressedBecause, reason: str) -> bool:
    """Put an address on the list; False when it is there."""
    return bool(
        tx.execute(
            "INSERT INTO mail_suppression (address, because, reason, added_at, added_by)"
            " VALUES (%(address)s, %(because)s, %(reason)s, %(now)s, %(by)s) ON CONFLICT DO NOTHING",
            address=address,
            because=because.value,
            reason=reason,
            now=tx.now,
            by=str(tx.actor),
        )
    )


def remove(tx: Transaction, address: str, version: int) -> bool:
    """Take an address off the list if it still has `version`."""
    return bool(
        tx.execute(
            "DELETE FROM mail_suppression WHERE address = %(address)s AND version = %(version)s",
            address=address,
            version=version,
        )
    )
