"""The SQL of mailboxes (0019_mail.sql, 0020_composing.sql, 0025_oauth.sql)."""

from collections.abc import Collection
from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError
from offhook.mail.mailboxes.model import Mailbox, Security

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""

_MAILBOX: LiteralString = (
    "SELECT id, user_id, address, shown_name, smtp_host, smtp_port, smtp_security, imap_host, imap_port,"
    " imap_security, username, saves_sent, refusing_since, problem, retry_at, failures, created_at, version,"
    " signature, grant_id"
    " FROM mailbox "
)


def _mailbox(smtp_security: str, imap_security: str, **columns: object) -> Mailbox:
    return Mailbox(
        smtp_security=Security(smtp_security),
        imap_security=Security(imap_security),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def page(tx: Transaction, after: UUID | None, limit: int, user_id: UUID | None = None) -> list[Mailbox]:
    """Up to `limit` mailboxes, of a user or of all, in the order in which they were added, beyond one of them."""
    statement: LiteralString = (
        _MAILBOX + "WHERE id > %(after)s AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " ORDER BY id LIMIT %(limit)s"
    )
    return tx.rows(_mailbox, statement, after=after or _NIL, user=user_id, limit=limit)


def by_id(tx: Transaction, identifier: UUID) -> Mailbox | None:
    """One mailbox."""
    return tx.first(_mailbox, _MAILBOX + "WHERE id = %(id)s", id=identifier)


def of_user(tx: Transaction, user_id: UUID) -> Mailbox | None:
    """A user's mailbox. Index: mailbox_user."""
    return tx.first(_mailbox, _MAILBOX + "WHERE user_id = %(user)s", user=user_id)


def by_grant(tx: Transaction, grant_id: UUID) -> Mailbox | None:
    """The mailbox that is reached by this sign-in at a provider."""
    return tx.first(_mailbox, _MAILBOX + "WHERE grant_id = %(id)s", id=grant_id)


def sealed_password(tx: Transaction, identifier: UUID) -> str:
    """The sealed password of a mailbox that has one."""
    return tx.scalar(str, "SELECT password FROM mailbox WHERE id = %(id)s", id=identifier) or ""


def insert(tx: Transaction, new: Mailbox, password: str) -> None:
    """Add a mailbox with its sealed password, '' for one with a grant.

    Raises `Conflict` when the user or the address has one.
    """
    try:
        tx.execute(
            "INSERT INTO mailbox (id, user_id, address, shown_name, smtp_host, smtp_port, smtp_security,"
            " imap_host, imap_port, imap_security, username, password, saves_sent, version, created_at,"
            " signature, grant_id)"
            " VALUES (%(id)s, %(user_id)s, %(address)s, %(shown_name)s, %(smtp_host)s, %(smtp_port)s,"
            " %(smtp_security)s, %(imap_host)s, %(imap_port)s, %(imap_security)s, %(username)s, %(password)s,"
            " %(saves_sent)s, %(version)s, %(now)s, %(signature)s, %(grant_id)s)",
            **_columns(new),
            user_id=new.user_id,
            password=password,
            version=new.version,
            now=new.created_at,
            grant_id=new.grant_id,
        )
    except UniqueViolation as error:
        raise _taken(error, new) from error


def update(tx: Transaction, changed: Mailbox, version: int) -> bool:
    """Save a mailbox but for its password, if it still has `version`. Raises `Conflict` for a used address."""
    try:
        return bool(
            tx.execute(
                "UPDATE mailbox SET address = %(address)s, shown_name = %(shown_name)s, smtp_host = %(smtp_host)s,"
                " smtp_port = %(smtp_port)s, smtp_security = %(smtp_security)s, imap_host = %(imap_host)s,"
                " imap_port = %(imap_port)s, imap_security = %(imap_security)s, username = %(username)s,"
                " saves_sent = %(saves_sent)s, signature = %(signature)s, version = version + 1"
                " WHERE id = %(id)s AND version = %(version)s",
                **_columns(changed),
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _taken(error, changed) from error


def set_password(tx: Transaction, identifier: UUID, password: str) -> None:
    """Keep another sealed password."""
    tx.execute("UPDATE mailbox SET password = %(password)s WHERE id = %(id)s", id=identifier, password=password)


def set_grant(tx: Transaction, identifier: UUID, grant_id: UUID) -> None:
    """Have a mailbox reached by a sign-in at a provider from now on, and forget its password."""
    tx.execute(
        "UPDATE mailbox SET password = '', grant_id = %(grant)s WHERE id = %(id)s", id=identifier, grant=grant_id
    )


def save_standing(tx: Transaction, mailbox: Mailbox) -> None:
    """Keep how a mailbox stands; no change of the user's, so its version stays."""
    tx.execute(
        "UPDATE mailbox SET refusing_since = %(since)s, problem = %(problem)s, retry_at = %(retry_at)s,"
        " failures = %(failures)s WHERE id = %(id)s",
        id=mailbox.id,
        since=mailbox.refusing_since,
        problem=mailbox.problem,
        retry_at=mailbox.retry_at,
        failures=mailbox.failures,
    )


def delete(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a mailbox if it still has `version`."""
    return bool(
        tx.execute(
            "DELETE FROM mailbox WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


def unfinished(tx: Transaction, identifier: UUID, states: Collection[str]) -> int:
    """How many mails of a mailbox are in one of these states."""
    statement = "SELECT count(*) FROM mail_message WHERE mailbox_id = %(id)s AND state = ANY(%(states)s)"
    return tx.scalar(int, statement, id=identifier, states=list(states)) or 0


def _columns(mailbox: Mailbox) -> dict[str, object]:
    return {
        "id": mailbox.id,
        "address": mailbox.address,
        "shown_name": mailbox.shown_name,
        "smtp_host": mailbox.smtp_host,
        "smtp_port": mailbox.smtp_port,
        "smtp_security": mailbox.smtp_security.value,
        "imap_host": mailbox.imap_host,
        "imap_port": mailbox.imap_port,
        "imap_security": mailbox.imap_security.value,
        "username": mailbox.username,
        "saves_sent": mailbox.saves_sent,
        "signature": mailbox.signature,
    }


def _taken(error: UniqueViolation, mailbox: Mailbox) -> Conflict:
    if error.diag.constraint_name == "mailbox_user":
        return Conflict("This user has a mailbox already. Change that one, or remove it first.")
    told = f"The mailbox {mailbox.address} is another user's already."
    return Conflict(told, fields=[FieldError("address", "in use", mailbox.address)])
