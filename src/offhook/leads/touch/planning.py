"""Touches that others plan (cadences): when a lead is due next and what to do then, for many leads at once.

What a person asked for (a call back), what an AE gave back and what a rep put off is not planned over: those come
first, and whoever plans sees by what was logged that the person was touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class PlannedTouch:
    """Let this lead be due then. `note` says what to do and who wants it, in a sentence."""

    lead_id: UUID
    at: datetime
    note: str


def plan_touches(tx: Transaction, planned: Sequence[PlannedTouch]) -> None:
    """Let these leads be due for these touches, unless something firmer is planned. Index: the primary key."""
    if not planned:
        return
    ids = [one.lead_id for one in planned]
    _lock(tx, ids)
    tx.execute(
        "UPDATE lead SET next_touch_at = p.at, next_touch_because = 'cadence', next_touch_note = p.note,"
        " version = version + 1 FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[], %(notes)s::text[])"
        " AS p (id, at, note) WHERE lead.id = p.id AND lead.stage IN ('mql', 'working')"
        " AND (lead.next_touch_because IS NULL OR lead.next_touch_because IN ('follow_up', 'cadence')"
        "  OR lead.next_touch_because = 'snoozed' AND lead.next_touch_at <= %(now)s)",
        ids=ids,
        times=[one.at for one in planned],
        notes=[one.note for one in planned],
        now=tx.now,
    )


def put_off_follow_ups(tx: Transaction, until: Sequence[tuple[UUID, datetime]]) -> None:
    """Let follow-ups that nobody asked for wait until then, as something else will be done before."""
    if not until:
        return
    ids = [lead_id for lead_id, _ in until]
    _lock(tx, ids)
    tx.execute(
        "UPDATE lead SET next_touch_at = p.at, version = version + 1"
        " FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS p (id, at)"
        " WHERE lead.id = p.id AND lead.next_touch_because = 'follow_up' AND lead.next_touch_at < p.at"
        " AND lead.stage IN ('mql', 'working')",
        ids=ids,
        times=[at for _, at in until],
    )


def free_touches(tx: Transaction, lead_ids: Sequence[UUID]) -> None:
    """Let what was planned for these leads be a follow-up like any other."""
    if not lead_ids:
        return
    _lock(tx, lead_ids)
    tx.execute(
        "UPDATE lead SET next_touch_because = 'follow_up', next_touch_note = NULL, version = version + 1"
        " FROM unnest(%(ids)s::uuid[]) AS p (id)"
        " WHERE lead.id = p.id AND lead.next_touch_because = 'cadence'",
        ids=list(lead_ids),
    )


def _lock(tx: Transaction, lead_ids: Sequence[UUID]) -> None:
    """In the order of their ids, so that two who plan for the same leads never wait for each other."""
    tx.execute(
        "SELECT 1 FROM unnest(%(ids)s::uuid[]) AS asked (id)"
        " CROSS JOIN LATERAL (SELECT FROM lead WHERE lead.id = asked.id FOR NO KEY UPDATE) AS lead",
        ids=sorted(set(lead_ids)),
    )
