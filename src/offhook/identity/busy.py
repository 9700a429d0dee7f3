"""When users are busy, as the slices above tell it: what stands in their calendars, what was booked with them.

Each source (a connected calendar, a booked meeting) keeps its own spans and replaces them as a whole. Who books a
user's time takes its lock first, so that two who book one time at once come one after the other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.identity.free_time import merged
from offhook.identity.working_time import Span
from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Busy:
    """A time in which a user is busy, and the id of what says so."""

    user_id: UUID
    source_id: UUID
    starts_at: datetime
    ends_at: datetime


def lock_time(tx: Transaction, user_ids: Collection[UUID]) -> None:
    """Let no other transaction book these users until this one ends; in one order, so that no ring waits."""
    for user_id in sorted(set(user_ids)):
        tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('identity.time:' || %(user)s, 0))", user=str(user_id)
        )


def busy_times(tx: Transaction, user_ids: Collection[UUID], start: datetime, end: datetime) -> list[Busy]:
    """What keeps these users busy between two instants, the soonest first; served by busy_time_of_user."""
    return tx.rows(
        Busy,
        "SELECT user_id, source_id, starts_at, ends_at FROM busy_time WHERE user_id = ANY(%(users)s)"
        " AND ends_at > %(start)s AND starts_at < %(end)s ORDER BY starts_at, ends_at, source_id",
        users=list(user_ids),
        start=start,
        end=end,
    )


def set_busy(tx: Transaction, user_id: UUID, source_id: UUID, spans: Iterable[Span]) -> None:
    """Replace what this source says of a user's time; nothing: it says nothing any more."""
    tx.execute("DELETE FROM busy_time WHERE source_id = %(source)s", source=source_id)
    told = merged(spans)
    tx.execute(
        "INSERT INTO busy_time (user_id, source_id, starts_at, ends_at)"
        " SELECT %(user)s, %(source)s, * FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])",
        user=user_id,
        source=source_id,
        starts=[begins for begins, _ in told],
        ends=[ends for _, ends in told],
    )
