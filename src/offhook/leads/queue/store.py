"""The SQL of the work queue: a bounded look at each end of each bucket, whatever the number of leads.

Index scans only (lead_queue_promise and lead_queue_touch in 0006_leads.sql, lead_queue_standing and
lead_queue_touch_standing in 0016_queue.sql): first the time zones that a rep's desks have leads in, hopping from
zone to zone; then, per desk and zone, the first few of each bucket.
A *desk* is a rep, a team (its pool) or nobody (`NOBODY`).
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.queue.model import Candidate, Contact

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
                WHERE l.desk_id = desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL
                ORDER BY l.time_zone LIMIT 1) AS zone
            FROM unnest(%(desks)s::uuid[]) AS desk
            UNION ALL
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE l.desk_id = u.desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NULL AND l.time_zone > u.zone
                ORDER BY l.time_zone LIMIT 1)
            FROM untouched u WHERE u.zone IS NOT NULL
        ), touched AS (
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE l.desk_id = desk
                AND l.stage IN ('mql', 'working') AND l.next_touch_at IS NOT NULL
                ORDER BY l.time_zone LIMIT 1) AS zone
            FROM unnest(%(desks)s::uuid[]) AS desk
            UNION ALL
            SELECT desk, (SELECT l.time_zone FROM lead l
                WHERE l.desk_id = t.desk
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


@contextmanager
def read_in_order(tx: Transaction) -> Generator[None]:
    """Inside, buckets are read from their end by the index that orders them, whatever the statistics say.

    An organisation that is small beside others, or has just grown, looks cheap to read whole and sort.
    """
    tx.execute(
        "SELECT set_config(name, 'off', true) FROM"
        " unnest(ARRAY['enable_sort', 'enable_bitmapscan', 'enable_seqscan']) AS setting (name)"
    )
    yield
    tx.execute(
        "SELECT set_config(name, 'on', true) FROM"
        " unnest(ARRAY['enable_sort', 'enable_bitmapscan', 'enable_seqscan']) AS setting (name)"
    )


def candidates(tx: Transaction, rep_id: UUID, desks: Sequence[Desk], now: datetime, few: int) -> list[Candidate]:
    """Of these desks the `few` next of each bucket: promises soonest due and latest broken (or freshest), touches
    latest and longest due, and of both the untouched and the due those of the best standing. Leads that another
    rep holds are left out.

    Whole rows are carried along: looking them up again by id would double the cost, and where organisations differ
    much in size the planner would rather read through all leads of one that it thinks small.
    """
    if not desks:
        return []
    found = tx.rows(
        Candidate,
        _CANDIDATES,
        desks=[desk for desk, _ in desks],
        zones=[zone for _, zone in desks],
        rep=rep_id,
        now=now,
        few=few,
        look=_LOOK * few,
    )
    return list({candidate.lead_id: candidate for candidate in found}.values())


def awaiting_answer(
    tx: Transaction, rep_id: UUID, desks: Sequence[UUID], now: datetime, few: int
) -> list[Candidate]:
    """Of these desks the `few` leads whose person wrote and has waited longest. Index: lead_queue_to_answer."""
    return tx.rows(
        Candidate,
        _AWAITING,
        desks=list(desks),
        rep=rep_id,
        now=now,
        few=few,
    )


_LOOK = 4
"""Touches lie by their standing whether due or not: so many times as many are looked at as are wanted."""

_LYING = """
    SELECT l, l.{along} AS key, l.next_touch_at, l.claimed_until, l.claimed_by FROM lead l
    WHERE l.desk_id = p.desk AND l.time_zone = p.zone AND l.stage IN ('mql', 'working') AND {which}
    ORDER BY l.{along} {order}"""
"""The leads of one desk and zone along one index."""

_FREE = "(claimed_until IS NULL OR claimed_until <= %(now)s OR claimed_by = %(rep)s)"


def _end(along: LiteralString, which: LiteralString, order: LiteralString = "") -> LiteralString:
    """One end of a bucket: the first few of each desk and zone, and of these the first few."""
    lying = _LYING.format(along=along, which=f"{which} AND {_FREE}", order=order)
    return f"""
        (SELECT c.l FROM place p CROSS JOIN LATERAL ({lying} LIMIT %(few)s) c
         ORDER BY c.key {order} LIMIT %(few)s)"""


def _best_due() -> LiteralString:
    """The due ones among the touches of the best standing."""
    lying = _LYING.format(along="standing", which="l.next_touch_at IS NOT NULL", order="DESC")
    return f"""
        (SELECT c.l FROM place p CROSS JOIN LATERAL (
            SELECT l, key FROM ({lying} LIMIT %(look)s) best
            WHERE next_touch_at <= %(now)s AND {_FREE} LIMIT %(few)s) c ORDER BY c.key DESC LIMIT %(few)s)"""


_BUCKETS = (
    _end("pressing_at", "l.next_touch_at IS NULL AND l.pressing_at >= %(now)s"),
    _end("pressing_at", "l.next_touch_at IS NULL AND l.pressing_at < %(now)s", "DESC"),
    _end("standing", "l.next_touch_at IS NULL", "DESC"),
    _end("next_touch_at", "l.next_touch_at <= %(now)s"),
    _end("next_touch_at", "l.next_touch_at <= %(now)s", "DESC"),
    _best_due(),
)

_COLUMNS = """
        (l).id AS lead_id, (l).person_id, (l).stage, (l).verdict, (l).fit, (l).engagement, (l).scored_at,
        (l).mql_at, (l).attempts, (l).last_attempt_at, (l).next_touch_at, (l).next_touch_because, (l).due_at,
        (l).time_zone, (l).next_touch_note"""

_CANDIDATES = f"""
    WITH place AS (SELECT * FROM unnest(%(desks)s::uuid[], %(zones)s::text[]) AS p (desk, zone)),
    chosen AS ({" UNION ALL ".join(_BUCKETS)})
    SELECT {_COLUMNS} FROM chosen"""

_AWAITING = f"""
    SELECT {_COLUMNS} FROM unnest(%(desks)s::uuid[]) AS desk (id) CROSS JOIN LATERAL (
        SELECT l FROM lead l WHERE l.desk_id = desk.id AND l.stage IN ('mql', 'working')
        AND l.next_touch_because = 'replied' AND l.next_touch_at <= %(now)s AND {_FREE}
        ORDER BY l.next_touch_at LIMIT %(few)s) waiting LIMIT %(few)s"""


def take(
    tx: Transaction, rep_id: UUID, desks: Sequence[UUID], lead_ids: Sequence[UUID], now: datetime, until: datetime
) -> UUID | None:
    """Claim the first of these leads that is still free, and return it; None when others hold them all.

    A row that another transaction is claiming is skipped; one that it has claimed meanwhile fails the test again
    on the row's newest version. So no two reps ever hold the same lead. The lead's version moves on, so that
    whoever loaded it before cannot save an old claim over this one.
    """
    return tx.scalar(
        UUID,
        "WITH free AS ("
        "  SELECT l.id FROM lead l WHERE l.id = ANY(%(leads)s) AND l.stage IN ('mql', 'working')"
        "  AND l.desk_id = ANY(%(desks)s)"
        "  AND (l.next_touch_at IS NULL OR l.next_touch_at <= %(now)s)"
        "  AND (l.claimed_until IS NULL OR l.claimed_until <= %(now)s OR l.claimed_by = %(rep)s)"
        "  ORDER BY array_position(%(leads)s::uuid[], l.id) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)"
        " UPDATE lead SET claimed_by = %(rep)s, claimed_until = %(until)s, version = version + 1"
        " FROM free WHERE lead.id = free.id"
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
        "UPDATE lead SET claimed_by = NULL, claimed_until = NULL, version = version + 1"
        " WHERE claimed_by = %(rep)s"
        " AND (%(but)s::uuid IS NULL OR id <> %(but)s) AND (%(only)s::uuid IS NULL OR id = %(only)s)"
        " RETURNING id",
        rep=rep_id,
        but=but,
        only=only,
    )


def hold(tx: Transaction, rep_id: UUID, lead_id: UUID, now: datetime, until: datetime) -> bool:
    """Claim this very lead; False when another rep holds it."""
    return bool(
        tx.execute(
            "UPDATE lead SET claimed_by = %(rep)s, claimed_until = %(until)s, version = version + 1"
            " WHERE id = %(lead)s"
            " AND (claimed_until IS NULL OR claimed_until <= %(now)s OR claimed_by = %(rep)s)",
            lead=lead_id,
            rep=rep_id,
            now=now,
            until=until,
        )
    )


def held_by(tx: Transaction, rep_id: UUID, now: datetime) -> list[UUID]:
    """The leads that this rep holds, the one held longest to come first. Served by lead_claimed."""
    return tx.scalars(
        UUID,
        "SELECT id FROM lead WHERE claimed_by = %(rep)s AND claimed_until > %(now)s"
        " ORDER BY claimed_until DESC, id",
        rep=rep_id,
        now=now,
    )


def contacts(tx: Transaction, person_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Whom leads are about, by person. Reads person, account and contact_point by their primary keys."""
    found = tx.rows(
        _contact,
        "SELECT p.id AS person_id, p.full_name AS name, p.title, coalesce(a.name, p.company_name) AS company,"
        " p.do_not_call, p.do_not_email, c.phones, c.emails"
        " FROM person p LEFT JOIN account a ON a.id = p.account_id CROSS JOIN LATERAL ("
        "  SELECT array_agg(c.value || CASE WHEN c.extension <> '' THEN ';ext=' || c.extension ELSE '' END"
        "    ORDER BY c.is_primary DESC, c.created_at, c.value) FILTER (WHERE c.kind = 'phone') AS phones,"
        "   array_agg(c.value ORDER BY c.is_primary DESC, c.created_at, c.value)"
        "    FILTER (WHERE c.kind = 'email') AS emails"
        "  FROM contact_point c WHERE c.person_id = p.id) c"
        " WHERE p.id = ANY(%(ids)s)",
        ids=list(person_ids),
    )
    return {contact.person_id: contact for contact in found}


def _contact(phones: list[str] | None, emails: list[str] | None, **columns: object) -> Contact:
    return Contact(
        phones=tuple(phones or ()),
        emails=tuple(emails or ()),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )
