"""The SQL of connected calendars (0023_calendar.sql, 0025_oauth.sql)."""

from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from offhook.calendar.sources.model import Connection, SourceKind
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""

_CONNECTION: LiteralString = (
    "SELECT id, user_id, kind, name, address, username, collection, takes_meetings, mark, synced_at, synced_until,"
    " sync_at, refusing_since, problem, failures, created_at, version, grant_id"
    " FROM calendar_connection "
)


def _connection(kind: str, **columns: object) -> Connection:
    return Connection(kind=SourceKind(kind), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def page(tx: Transaction, user_id: UUID | None, after: UUID | None, limit: int) -> list[Connection]:
    """Up to `limit` connections, of one user or of all, in the order in which they were added."""
    return tx.rows(
        _connection,
        _CONNECTION + "WHERE id > %(after)s AND (%(user)s::uuid IS NULL OR user_id = %(user)s)"
        " ORDER BY id LIMIT %(limit)s",
        after=after or _NIL,
        user=user_id,
        limit=limit,
    )


def by_id(tx: Transaction, identifier: UUID) -> Connection | None:
    """One connection."""
    return tx.first(_connection, _CONNECTION + "WHERE id = %(id)s", id=identifier)


def taking(tx: Transaction, user_id: UUID) -> Connection | None:
    """The calendar that a user's meetings are written to. Index: calendar_connection_taking."""
    return tx.first(_connection, _CONNECTION + "WHERE user_id = %(user)s AND takes_meetings", user=user_id)


def by_grant(tx: Transaction, grant_id: UUID) -> Connection | None:
    """The connection that is reached by this sign-in at a provider."""
    return tx.first(_connection, _CONNECTION + "WHERE grant_id = %(id)s", id=grant_id)


def due(tx: Transaction) -> list[Connection]:
    """Those to be read now, the longest due first. Index: calendar_connection_due."""
    return tx.rows(_connection, _CONNECTION + "WHERE sync_at <= %(now)s ORDER BY sync_at, id", now=tx.now)


def sealed_secret(tx: Transaction, identifier: UUID) -> str:
    """The sealed secret of a connection that is there."""
    return tx.scalar(str, "SELECT secret FROM calendar_connection WHERE id = %(id)s", id=identifier) or ""


def insert(tx: Transaction, new: Connection, secret: str) -> None:
    """Add a connection with its sealed secret, '' for one with a grant.

    Raises `Conflict` when another takes the user's meetings.
    """
    try:
        tx.execute(
            "INSERT INTO calendar_connection (id, user_id, kind, name, address, username, secret, collection,"
            " takes_meetings, sync_at, created_at, grant_id)"
            " VALUES (%(id)s, %(user)s, %(kind)s, %(name)s, %(address)s,"
            " %(username)s, %(secret)s, %(collection)s, %(takes)s, %(now)s, %(now)s,"
            " %(grant_id)s)",
            id=new.id,
            user=new.user_id,
            kind=new.kind.value,
            name=new.name,
            address=new.address,
            username=new.username,
            secret=secret,
            collection=new.collection,
            takes=new.takes_meetings,
            now=new.created_at,
            grant_id=new.grant_id,
        )
    except UniqueViolation as error:
        raise _taken() from error


def update(tx: Transaction, changed: Connection, version: int) -> bool:
    """Save what a user may change if it still has `version`; it is read at once. Raises `Conflict`."""
    try:
        return bool(
            tx.execute(
                "UPDATE calendar_connection SET name = %(name)s, address = %(address)s, username = %(username)s,"
                " collection = %(collection)s, takes_meetings = %(takes)s, mark = '', sync_at = %(now)s,"
                " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                id=changed.id,
                version=version,
                name=changed.name,
                address=changed.address,
                username=changed.username,
                collection=changed.collection,
                takes=changed.takes_meetings,
                now=tx.now,
            )
        )
    except UniqueViolation as error:
        raise _taken() from error


def set_secret(tx: Transaction, identifier: UUID, secret: str) -> None:
    """Keep another sealed secret."""
    tx.execute(
        "UPDATE calendar_connection SET secret = %(secret)s WHERE id = %(id)s", id=identifier, secret=secret
    )


def save_standing(tx: Transaction, one: Connection) -> bool:
    """Keep how it stands; no change of the user's, so the version stays. False when it changed or is gone."""
    return bool(
        tx.execute(
            "UPDATE calendar_connection SET collection = %(collection)s, mark = %(mark)s,"
            " synced_at = %(synced_at)s, synced_until = %(until)s, sync_at = %(sync_at)s,"
            " refusing_since = %(since)s, problem = %(problem)s, failures = %(failures)s"
            " WHERE id = %(id)s AND version = %(version)s",
            id=one.id,
            version=one.version,
            collection=one.collection,
            mark=one.mark,
            synced_at=one.synced_at,
            until=one.synced_until,
            sync_at=one.sync_at,
            since=one.refusing_since,
            problem=one.problem,
            failures=one.failures,
        )
    )


def delete(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a connection if it still has `version`."""
    return bool(
        tx.execute(
            "DELETE FROM calendar_connection WHERE id = %(id)s AND version = %(version)s",
            id=identifier,
            version=version,
        )
    )


def _taken() -> Conflict:
    reason = "another calendar of this user takes their meetings: let that one not take them first"
    return Conflict(f"'takes_meetings': {reason}.", fields=[FieldError("takes_meetings", reason)])
