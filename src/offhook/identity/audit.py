"""The event log as people and integrations read it: what happened, when, and by whom.

Pages go by position and stop at the horizon (`kernel/events.py`), so that whoever polls with the last cursor
misses nothing that was committed late.
"""

from typing import LiteralString

from offhook.kernel.database import Transaction
from offhook.kernel.events import StoredEvent

_COLUMNS: LiteralString = "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event"
_OF_KIND: LiteralString = (
    " AND (%(kind)s::text IS NULL OR kind = %(kind)s OR starts_with(kind, %(prefix)s)) AND position <= %(horizon)s"
)
_FORWARD: LiteralString = " AND position > %(beyond)s ORDER BY position LIMIT %(limit)s"
_BACKWARD: LiteralString = " AND (%(beyond)s = 0 OR position < %(beyond)s) ORDER BY position DESC LIMIT %(limit)s"


def events_page(
    tx: Transaction,
    *,
    beyond: int = 0,
    subject: str | None = None,
    kind: str | None = None,
    newest_first: bool = False,
    limit: int,
    horizon: int | None = None,
) -> list[StoredEvent]:
    """Up to `limit` events beyond a position, in the order of positions, or from the newest backward.

    `subject` is one such as `lead:<id>`, None for all; `kind` is one such as `lead.assigned`, or `lead.*`.
    `horizon` is how far to read if that is known already. Needs `events:read`. Served by the table's primary
    key or, for a subject, by event_by_subject.
    """
    tx.require("events:read")
    of_subject: LiteralString = " WHERE subject = %(subject)s" if subject is not None else " WHERE true"
    return tx.rows(
        StoredEvent,
        _COLUMNS + of_subject + _OF_KIND + (_BACKWARD if newest_first else _FORWARD),
        beyond=beyond,
        subject=subject,
        kind=None if kind == "*" else kind,
        prefix=kind[:-1] if kind and kind.endswith(".*") else None,
        horizon=tx.scalar(int, "SELECT event_horizon()") if horizon is None else horizon,
        limit=limit,
    )
