"""The SQL of the work queue: a bounded look at each end of each bucket, whatever the number of leads.

Index scans only (lead_queue_promise, lead_queue_score, lead_queue_touch in 0006_leads.sql): first the time zones
that a rep's desks have leads in, hopping from zone to zone; then, per desk and zone, the first few of each bucket.
A *desk* is a rep, a team (its pool) or nobody (`NOBODY`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.queue.model import Candidate

NOBODY = UUID(int=0)

Desk = tuple[UUID, str]
"""A desk's leads in one time zone."""


def desk_zones(tx: Transaction, desks: Sequence[UUID]) -> list[Desk]:
    """The zones in which these desks have leads; one index look-up for each that there is."""
    return tx.rows(
        _desk,
        """
        WITH RECURSIVE untouched AS (
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL
                ORDER BY l.time_zone LIMIT 1) AS zone
            FROM unnest(%(desks)s::uuid[]) AS desk
            UNION ALL
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = u.desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL AND l.time_zone > u.zone
                ORDER BY l.time_zone LIMIT 1)
            FROM untouched u WHERE u.zone IS NOT NULL
        ), touched AS (
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NOT NULL
                ORDER BY l.time_zone LIMIT 1) AS zone
            FROM unnest(%(desks)s::uuid[]) AS desk
            UNION ALL
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = t.desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NOT NULL AND l.time_zone > t.zone
                ORDER BY l.time_zone LIMIT 1)
            FROM touched t WHERE t.zone IS NOT NULL
        )
        SELECT desk, zone FROM untouched WHERE zone IS NOT NULL
        UNION SELECT desk, zone FROM touched WHERE zone IS NOT NULL
        """,
        desks=list(desks),
    )


def _desk(desk: UUID, zone: str) -> Desk:
    return desk, zone


def candidates(tx: Transaction, rep_id: UUID, desks: Sequence[Desk], now: datetime, few: int) -> list[Candidate]:
    """Of these desks the `few` next of each bucket: promises soonest due and latest broken (or freshest), best
    scores, touches latest and longest due. Leads that another rep holds are left out.
    """
    if not desks:
        return []
    return tx.rows(
        Candidate,
        """
        WITH place AS (SELECT * FROM unnest(%(desks)s::uuid[], %(zones)s::text[]) AS p (desk, zone)),
        chosen AS (
            (SELECT c.id FROM place p CROSS JOIN LATERAL (
                SELECT l.id, coalesce(l.due_at, l.mql_at, l.opened_at) AS key FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = p.desk
                AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL
                AND coalesce(l.due_at, l.mql_at, l.opened_at) >= %(now)s
                AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)
                ORDER BY coalesce(l.due_at, l.mql_at, l.opened_at) LIMIT %(few)s) c
             ORDER BY c.key LIMIT %(few)s)
            UNION
            (SELECT c.id FROM place p CROSS JOIN LATERAL (
                SELECT l.id, coalesce(l.due_at, l.mql_at, l.opened_at) AS key FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = p.desk
                AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL
                AND coalesce(l.due_at, l.mql_at, l.opened_at) < %(now)s
                AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)
                ORDER BY coalesce(l.due_at, l.mql_at, l.opened_at) DESC LIMIT %(few)s) c
             ORDER BY c.key DESC LIMIT %(few)s)
            UNION
            (SELECT c.id FROM place p CROSS JOIN LATERAL (
                SELECT l.id, l.score AS key FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = p.desk
                AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL
                AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)
                ORDER BY l.score DESC LIMIT %(few)s) c
             ORDER BY c.key DESC LIMIT %(few)s)
            UNION
            (SELECT c.id FROM place p CROSS JOIN LATERAL (
                SELECT l.id, l.next_touch_at AS key FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = p.desk
                AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND l.next_touch_at <= %(now)s
                AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)
                ORDER BY l.next_touch_at LIMIT %(few)s) c
             ORDER BY c.key LIMIT %(few)s)
            UNION
            (SELECT c.id FROM place p CROSS JOIN LATERAL (
                SELECT l.id, l.next_touch_at AS key FROM lead l
                WHERE coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = p.desk
                AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND l.next_touch_at <= %(now)s
                AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)
                ORDER BY l.next_touch_at DESC LIMIT %(few)s) c
             ORDER BY c.key DESC LIMIT %(few)s)
        )
        SELECT l.id AS lead_id, l.person_id, l.stage, l.verdict, l.fit, l.engagement, l.scored_at, l.mql_at,
            l.attempts, l.last_attempt_at, l.next_touch_at, l.next_touch_because, l.due_at, l.time_zone
        FROM chosen JOIN lead l ON l.id = chosen.id
        """,
        desks=[desk for desk, _ in desks],
        zones=[zone for _, zone in desks],
        rep=rep_id,
        now=now,
        few=few,
    )


def take(
    tx: Transaction, rep_id: UUID, desks: Sequence[UUID], lead_ids: Sequence[UUID], now: datetime, until: datetime
) -> UUID | None:
    """Claim the first of these leads that is still free, and return it; None when others hold them all.

    A row that another transaction is claiming is skipped; one that it has claimed meanwhile fails the test again
    on the row's newest version. So no two reps ever hold the same lead.
    """
    return tx.scalar(
        UUID,
        "WITH free AS ("
        "  SELECT l.id FROM lead l WHERE l.id = ANY(%(leads)s) AND l.stage IN ('mql', 'working')"
        "  AND coalesce(l.owner_id, l.team_id, '00000000-0000-0000-0000-000000000000') = ANY(%(desks)s)"
        "  AND (l.next_touch_at IS NULL OR l.next_touch_at <= %(now)s)"
        "  AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)"
        "  ORDER BY array_position(%(leads)s::uuid[], l.id) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)"
        " UPDATE lead SET claimed_by = %(rep)s, claimed_until = %(until)s FROM free WHERE lead.id = free.id"
        " RETURNING lead.id",
        rep=rep_id,
        desks=list(desks),
        leads=list(lead_ids),
        now=now,
        until=until,
    )


def give_back(tx: Transaction, rep_id: UUID, *, but: UUID | None = None, only: UUID | None = None) -> list[UUID]:
    """End this rep's claims, all but one or only one; returns those ended. Served by lead_claimed."""
    return tx.scalars(
        UUID,
        "UPDATE lead SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = %(rep)s"
        " AND (%(but)s::uuid IS NULL OR id <> %(but)s) AND (%(only)s::uuid IS NULL OR id = %(only)s)"
        " RETURNING id",
        rep=rep_id,
        but=but,
        only=only,
    )


def put_off(tx: Transaction, lead_id: UUID, until: datetime) -> None:
    """Do not offer a lead before then, and end whoever's claim on it."""
    tx.execute(
        "UPDATE lead SET next_touch_at = %(until)s, next_touch_because = 'snoozed', claimed_by = NULL,"
        " claimed_until = NULL, version = version + 1 WHERE id = %(lead)s",
        lead=lead_id,
        until=until,
    )
