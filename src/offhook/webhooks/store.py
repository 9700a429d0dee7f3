"""The SQL of webhooks. Statements only; what may be done and what it means is decided in `service.py`.

Tables: webhook_endpoint, webhook_delivery (0003_webhooks.sql). Endpoints are few and read whole. Of deliveries,
those that wait are found by webhook_delivery_due and webhook_delivery_order, dead ones by webhook_delivery_dead.

A sender *claims* deliveries by a lease: while it runs no other sender takes them, and when it runs out (the
sender died) they are due again. Of one subject only the earliest that waits is ever due. What stands behind one
that waits for a retry takes over its time, so that looking for due ones does not wade through the queue behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.webhooks.model import Backlog, Claim, Delivery, DeliveryState, Endpoint, Line, Verdict

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""

_ENDPOINT: LiteralString = (
    "SELECT id, url, description, kinds, is_active, inactive_because, previous_secret_until, created_at, version"
    " FROM webhook_endpoint"
)
_DELIVERY: LiteralString = (
    "SELECT endpoint_id, position, event_id, kind, subject, state, attempts, try_at, last_status, last_error,"
    " last_attempt_at, ended_at FROM webhook_delivery"
)
_IN_LINE_AGAIN: LiteralString = (
    "state = 'waiting', try_at = %(now)s, ended_at = NULL, attempts = CASE WHEN webhook_delivery.leased_until"
    " > %(now)s THEN webhook_delivery.attempts ELSE 0 END"
)
"""Begins anew, but for one that a sender has in hand: what becomes of that attempt still counts."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The sealed signing secrets of an endpoint."""

    secret: str
    previous_secret: str | None
    previous_secret_until: datetime | None


def _endpoint(kinds: list[str], **columns: object) -> Endpoint:
    return Endpoint(kinds=tuple(kinds), **columns)  # pyright: ignore[reportArgumentType] # typed by the column


def _delivery(state: str, **columns: object) -> Delivery:
    return Delivery(state=DeliveryState(state), **columns)  # pyright: ignore[reportArgumentType] # likewise


# Endpoints


def active_endpoints(tx: Transaction) -> list[Endpoint]:
    """All active endpoints; none of them is removed before this transaction ends."""
    return tx.rows(_endpoint, _ENDPOINT + " WHERE is_active ORDER BY id FOR KEY SHARE")


def hold_endpoint(tx: Transaction, identifier: UUID) -> bool:
    """Wait for a turn to change the deliveries of an endpoint in bulk; False when there is none."""
    return bool(
        tx.scalar(bool, "SELECT true FROM webhook_endpoint WHERE id = %(id)s FOR NO KEY UPDATE", id=identifier)
    )


def endpoint_page(tx: Transaction, after: UUID | None, limit: int) -> list[Endpoint]:
    """Up to `limit` endpoints in the order in which they were added, beyond one of them."""
    return tx.rows(
        _endpoint,
        _ENDPOINT + " WHERE id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after or _NIL,
        limit=limit,
    )


def endpoint_row(tx: Transaction, identifier: UUID) -> Endpoint | None:
    """One endpoint by id."""
    return tx.first(_endpoint, _ENDPOINT + " WHERE id = %(id)s", id=identifier)


def secrets_row(tx: Transaction, identifier: UUID) -> Secrets | None:
    """The sealed secrets of an endpoint."""
    return tx.first(
        Secrets,
        "SELECT secret, previous_secret, previous_secret_until FROM webhook_endpoint WHERE id = %(id)s",
        id=identifier,
    )


def insert_endpoint(tx: Transaction, new: Endpoint, secret: str) -> None:
    """Add an endpoint with its sealed secret."""
    tx.execute(
        "INSERT INTO webhook_endpoint (id, url, description, kinds, secret, is_active, version, created_at)"
        " VALUES (%(id)s, %(url)s, %(description)s, %(kinds)s, %(secret)s, %(is_active)s, %(version)s, %(now)s)",
        id=new.id,
        url=new.url,
        description=new.description,
        kinds=list(new.kinds),
        secret=secret,
        is_active=new.is_active,
        version=new.version,
        now=new.created_at,
    )


def update_endpoint(tx: Transaction, changed: Endpoint, version: int) -> bool:
    """Save an endpoint but for its secrets, if it still has `version`; False when it has not."""
    return bool(
        tx.execute(
            "UPDATE webhook_endpoint SET url = %(url)s, description = %(description)s, kinds = %(kinds)s,"
            " is_active = %(is_active)s, inactive_because = %(because)s, version = version + 1"
            " WHERE id = %(id)s AND version = %(version)s",
            id=changed.id,
            url=changed.url,
            description=changed.description,
            kinds=list(changed.kinds),
            is_active=changed.is_active,
            because=changed.inactive_because,
            version=version,
        )
    )


def replace_secret(tx: Transaction, identifier: UUID, secret: str, overlap_until: datetime | None) -> None:
    """Set a new sealed secret; the present one goes on signing too until `overlap_until`, if given."""
    tx.execute(
        "UPDATE webhook_endpoint SET"
        " previous_secret = CASE WHEN %(until)s::timestamptz IS NOT NULL THEN secret END,"
        " previous_secret_until = %(until)s, secret = %(secret)s, version = version + 1 WHERE id = %(id)s",
        id=identifier,
        secret=secret,
        until=overlap_until,
    )


def deactivate_endpoint(tx: Transaction, identifier: UUID, because: str) -> bool:
    """Deactivate an active endpoint and note why; False when there is no active one."""
    return bool(
        tx.execute(
            "UPDATE webhook_endpoint SET is_active = false, inactive_because = %(because)s, version = version + 1"
            " WHERE id = %(id)s AND is_active",
            id=identifier,
            because=because,
        )
    )


def delete_endpoint(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove an endpoint, if it still has `version`, with its deliveries; False when it has not."""
    if not tx.execute(
        "DELETE FROM webhook_endpoint WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
    ):
        return False
    tx.execute("DELETE FROM webhook_delivery WHERE endpoint_id = %(id)s", id=identifier)
    return True


# Deliveries as people see them


def backlog(tx: Transaction, endpoint_id: UUID) -> Backlog:
    """How many deliveries of an endpoint wait, and how many are dead."""
    found = tx.first(
        Backlog,
        "SELECT"
        " (SELECT count(*) FROM webhook_delivery WHERE endpoint_id = %(id)s AND state = 'waiting') AS waiting,"
        " (SELECT count(*) FROM webhook_delivery WHERE endpoint_id = %(id)s AND state = 'dead') AS dead",
        id=endpoint_id,
    )
    return found or Backlog(0, 0)


def delivery_page(
    tx: Transaction, endpoint_id: UUID, state: DeliveryState | None, before: int | None, limit: int
) -> list[Delivery]:
    """Up to `limit` deliveries of an endpoint, the newest event first, before a position."""
    in_state: LiteralString = "" if state is None else " AND state = %(state)s"
    return tx.rows(
        _delivery,
        _DELIVERY
        + " WHERE endpoint_id = %(endpoint_id)s"
        + in_state
        + " AND position < %(before)s ORDER BY position DESC LIMIT %(limit)s",
        endpoint_id=endpoint_id,
        state=state,
        before=2**63 - 1 if before is None else before,
        limit=limit,
    )


def delivery_row(tx: Transaction, endpoint_id: UUID, position: int) -> Delivery | None:
    """One delivery."""
    return tx.first(
        _delivery,
        _DELIVERY + " WHERE endpoint_id = %(endpoint_id)s AND position = %(position)s",
        endpoint_id=endpoint_id,
        position=position,
    )


# Putting in line


def insert_lines(tx: Transaction, lines: Sequence[Line]) -> int:
    """Put deliveries in line, each behind what waits of its subject; those that stand there already stay.

    What waits for a retry is looked up once for all lines: asked line by line, a plan made while the table was
    small would make each of them slow.
    """
    return tx.execute(
        "WITH line AS MATERIALIZED (SELECT * FROM unnest(%(endpoints)s::uuid[], %(positions)s::bigint[],"
        "  %(events)s::uuid[], %(kinds)s::text[], %(subjects)s::text[])"
        "  AS l (endpoint_id, position, event_id, kind, subject)),"
        " behind AS MATERIALIZED (SELECT w.endpoint_id, w.subject, max(w.try_at) AS try_at"
        "  FROM webhook_delivery w JOIN (SELECT DISTINCT endpoint_id, subject FROM line) l"
        "  USING (endpoint_id, subject) WHERE w.state = 'waiting' AND w.try_at > %(now)s"
        "  GROUP BY w.endpoint_id, w.subject)"
        " INSERT INTO webhook_delivery (endpoint_id, position, event_id, kind, subject, try_at)"
        " SELECT endpoint_id, line.position, event_id, kind, subject, coalesce(behind.try_at, %(now)s)"
        " FROM line LEFT JOIN behind USING (endpoint_id, subject) ON CONFLICT DO NOTHING",
        now=tx.now,
        endpoints=[line.endpoint_id for line in lines],
        positions=[line.position for line in lines],
        events=[line.event_id for line in lines],
        kinds=[line.kind for line in lines],
        subjects=[line.subject for line in lines],
    )


def put_one_in_line(tx: Transaction, endpoint_id: UUID, position: int) -> None:
    """Send one delivery anew, now; what waits behind it of its subject is held up no longer than it."""
    tx.execute(
        "UPDATE webhook_delivery SET " + _IN_LINE_AGAIN + " WHERE endpoint_id = %(endpoint_id)s"
        " AND position = %(position)s",
        endpoint_id=endpoint_id,
        position=position,
        now=tx.now,
    )
    tx.execute(
        "UPDATE webhook_delivery w SET try_at = %(now)s FROM webhook_delivery again"
        " WHERE again.endpoint_id = %(endpoint_id)s AND again.position = %(position)s"
        " AND w.endpoint_id = again.endpoint_id AND w.subject = again.subject AND w.state = 'waiting'"
        " AND w.position > again.position AND w.try_at > %(now)s",
        endpoint_id=endpoint_id,
        position=position,
        now=tx.now,
    )


def put_dead_in_line(tx: Transaction, endpoint_id: UUID) -> int:
    """Send all dead deliveries of an endpoint anew, now; how many."""
    return tx.execute(
        "UPDATE webhook_delivery SET "
        + _IN_LINE_AGAIN
        + " WHERE endpoint_id = %(endpoint_id)s AND state = 'dead'",
        endpoint_id=endpoint_id,
        now=tx.now,
    )


def put_history_in_line(
    tx: Transaction, endpoint_id: UUID, kinds: Sequence[str], since: datetime, upto: int, excepted: str
) -> int:
    """Send all events of these kinds recorded since a time, up to a position, anew or for the first time."""
    return tx.execute(
        "INSERT INTO webhook_delivery (endpoint_id, position, event_id, kind, subject, try_at)"
        " SELECT %(endpoint_id)s, e.position, e.id, e.kind, e.subject, %(now)s FROM event e"
        " WHERE e.recorded_at >= %(since)s AND e.position <= %(upto)s AND e.kind <> %(excepted)s"
        " AND ('*' = ANY(%(kinds)s::text[]) OR e.kind = ANY(%(kinds)s::text[])"
        "  OR split_part(e.kind, '.', 1) || '.*' = ANY(%(kinds)s::text[]))"
        " ON CONFLICT (organisation_id, endpoint_id, position) DO UPDATE SET " + _IN_LINE_AGAIN,
        endpoint_id=endpoint_id,
        kinds=list(kinds),
        since=since,
        upto=upto,
        excepted=excepted,
        now=tx.now,
    )


def reached(tx: Transaction, consumer: str) -> int:
    """How far a consumer of the events has come."""
    return tx.scalar(int, "SELECT position FROM event_cursor WHERE consumer = %(name)s", name=consumer) or 0


# Sending


_EARLIEST: LiteralString = (
    " d.position = (SELECT w.position FROM webhook_delivery w WHERE w.endpoint_id = d.endpoint_id"
    " AND w.subject = d.subject AND w.state = 'waiting' ORDER BY w.subject, w.position LIMIT 1)"
)
"""Not as NOT EXISTS: that would be joined over the whole queue, where this is asked of a few rows."""
_DUE: LiteralString = (
    " d.state = 'waiting' AND d.try_at <= %(now)s AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)"
)


def due_endpoints(tx: Transaction) -> list[UUID]:
    """The active endpoints for which something is due."""
    return tx.scalars(
        UUID,
        "SELECT id FROM webhook_endpoint e WHERE is_active AND EXISTS"
        " (SELECT FROM webhook_delivery d WHERE d.endpoint_id = e.id AND" + _DUE + ") ORDER BY id",
        now=tx.now,
    )


def claim(tx: Transaction, endpoint_id: UUID, limit: int, lease: timedelta) -> list[Claim]:
    """Take up to `limit` due deliveries of an active endpoint in hand for a while, in order.

    They are of different subjects, each the earliest that waits of its own. The attempt is counted here, so
    that one which ends the sender is not repeated for ever.
    """
    return tx.rows(
        Claim,
        "WITH due AS (SELECT d.position FROM webhook_delivery d WHERE d.endpoint_id = %(endpoint_id)s AND"
        + _DUE
        + " AND"
        + _EARLIEST
        + " AND EXISTS (SELECT FROM webhook_endpoint WHERE id = %(endpoint_id)s AND is_active)"
        " ORDER BY d.try_at, d.position LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED),"
        " held AS (UPDATE webhook_delivery d SET leased_until = %(until)s, attempts = attempts + 1,"
        "  last_attempt_at = %(now)s FROM due WHERE d.endpoint_id = %(endpoint_id)s AND d.position = due.position"
        "  RETURNING d.position, d.attempts)"
        " SELECT held.position, held.attempts, e.id AS event_id, e.kind, e.version, e.subject, e.data, e.at,"
        " e.actor, e.cause FROM held JOIN event e ON e.position = held.position ORDER BY held.position",
        endpoint_id=endpoint_id,
        limit=limit,
        now=tx.now,
        until=tx.now + lease,
    )


def save_verdicts(tx: Transaction, endpoint_id: UUID, told: Sequence[tuple[Claim, int | None, Verdict]]) -> None:
    """Note what became of claimed deliveries; `told` is the claim, the status answered and the verdict.

    A delivery that was put in line anew, or claimed again after its lease ran out, since then is left alone.
    """
    tx.execute(
        "WITH told AS (SELECT * FROM unnest(%(positions)s::bigint[], %(attempts)s::int[], %(states)s::text[],"
        "  %(tries)s::timestamptz[], %(statuses)s::int[], %(errors)s::text[])"
        "  AS t (position, attempts, state, try_at, status, error))"
        " UPDATE webhook_delivery d SET state = told.state, try_at = coalesce(told.try_at, d.try_at),"
        "  leased_until = NULL, last_status = told.status, last_error = told.error,"
        "  ended_at = CASE WHEN told.state <> 'waiting' THEN %(now)s::timestamptz END"
        " FROM told WHERE d.endpoint_id = %(endpoint_id)s AND d.position = told.position"
        "  AND d.state = 'waiting' AND d.attempts = told.attempts",
        endpoint_id=endpoint_id,
        now=tx.now,
        positions=[claimed.position for claimed, _, _ in told],
        attempts=[claimed.attempts for claimed, _, _ in told],
        states=[verdict.state for _, _, verdict in told],
        tries=[verdict.try_at for _, _, verdict in told],
        statuses=[status for _, status, _ in told],
        errors=[verdict.error for _, _, verdict in told],
    )
    waiting = [(claimed, verdict.try_at) for claimed, _, verdict in told if verdict.try_at is not None]
    if waiting:
        tx.execute(
            "UPDATE webhook_delivery d SET try_at = held.try_at FROM unnest(%(subjects)s::text[],"
            " %(positions)s::bigint[], %(tries)s::timestamptz[]) AS held (subject, position, try_at)"
            " WHERE d.endpoint_id = %(endpoint_id)s AND d.subject = held.subject AND d.state = 'waiting'"
            " AND d.position > held.position AND d.try_at < held.try_at",
            endpoint_id=endpoint_id,
            subjects=[claimed.subject for claimed, _ in waiting],
            positions=[claimed.position for claimed, _ in waiting],
            tries=[try_at for _, try_at in waiting],
        )


def delete_ended(tx: Transaction, state: DeliveryState, before: datetime, limit: int) -> int:
    """Remove up to `limit` deliveries that ended in this state before a time; how many."""
    return tx.execute(
        "DELETE FROM webhook_delivery d USING (SELECT endpoint_id, position FROM webhook_delivery"
        " WHERE state = %(state)s AND ended_at < %(before)s LIMIT %(limit)s) old"
        " WHERE d.endpoint_id = old.endpoint_id AND d.position = old.position",
        state=state,
        before=before,
        limit=limit,
    )
