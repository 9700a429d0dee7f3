"""The SQL of the review list (match_review in 0004_people.sql)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.people.model import RecordKind, Review

OPEN, MERGED, DISTINCT = "open", "merged", "distinct"
"""What can have become of a pair."""

_NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Touched:
    """A pair whose status something changed, and what it was before; None for a pair that was added."""

    id: UUID
    was: str | None


def review_row(tx: Transaction, review_id: UUID, *, lock: bool = False) -> Review | None:
    """One pair."""
    return tx.first(
        Review,
        "SELECT id, kind, left_id, right_id, score, explanation, status, created_at, decided_at, decided_by"
        " FROM match_review WHERE id = %(id)s" + (" FOR UPDATE" if lock else ""),
        id=review_id,
    )


def review_rows(
    tx: Transaction, kind: RecordKind | None, status: str, after: UUID | None, limit: int
) -> list[Review]:
    """Up to `limit` pairs of a status, in the order in which they were found. Index: match_review_status."""
    return tx.rows(
        Review,
        "SELECT id, kind, left_id, right_id, score, explanation, status, created_at, decided_at, decided_by"
        " FROM match_review WHERE status = %(status)s AND id > %(after)s"
        " AND (%(kind)s::text IS NULL OR kind = %(kind)s) ORDER BY id LIMIT %(limit)s",
        status=status,
        kind=kind,
        after=after or _NIL,
        limit=limit,
    )


def likeliest_open(tx: Transaction, kind: RecordKind | None) -> Review | None:
    """The undecided pair that is likeliest one. Index: match_review_likeliest."""
    return tx.first(
        Review,
        "SELECT id, kind, left_id, right_id, score, explanation, status, created_at, decided_at, decided_by"
        " FROM match_review WHERE status = 'open' AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        " ORDER BY score DESC, id LIMIT 1",
        kind=kind,
    )


def decide_between(
    tx: Transaction, kind: RecordKind, ones: Sequence[UUID], others: Sequence[UUID], status: str
) -> list[Touched]:
    """Give this status to all pairs of one of the first with one of the second that have another.

    Indexes: match_review_pair.
    """
    return tx.rows(
        Touched,
        "UPDATE match_review AS r SET status = %(status)s, decided_at = %(now)s, decided_by = %(by)s"
        " FROM (SELECT id, status AS was FROM match_review WHERE kind = %(kind)s AND status <> %(status)s"
        "  AND ((left_id = ANY(%(ones)s) AND right_id = ANY(%(others)s))"
        "   OR (left_id = ANY(%(others)s) AND right_id = ANY(%(ones)s))) FOR UPDATE) AS before"
        " WHERE r.id = before.id RETURNING r.id, before.was",
        kind=kind,
        ones=list(ones),
        others=list(others),
        status=status,
        now=tx.now,
        by=str(tx.actor),
    )


def refused_by(tx: Transaction, kind: RecordKind, ids: Sequence[UUID]) -> list[UUID]:
    """Whom any of these was found to be distinct from. Indexes: match_review_pair, match_review_right."""
    return tx.scalars(
        UUID,
        "SELECT right_id FROM match_review WHERE kind = %(about)s AND left_id = ANY(%(ids)s)"
        " AND status = 'distinct' UNION SELECT left_id FROM match_review WHERE kind = %(about)s"
        " AND right_id = ANY(%(ids)s) AND status = 'distinct' ORDER BY 1",
        about=kind,
        ids=list(ids),
    )


def remember_distinct(
    tx: Transaction,
    kind: RecordKind,
    one: UUID,
    others: Sequence[UUID],
    score: float = 0.0,
    explanation: Sequence[dict[str, object]] = (),
) -> list[Touched]:
    """Note that somebody is none of these others, over whatever was thought before; returns what that changed."""
    if not others:
        return []
    pairs = [sorted((one, other)) for other in others]
    before = tx.rows(
        Touched,
        "SELECT id, status AS was FROM match_review WHERE kind = %(about)s AND (left_id, right_id) IN"
        " (SELECT * FROM unnest(%(lefts)s::uuid[], %(rights)s::uuid[])) AND status <> 'distinct' FOR UPDATE",
        about=kind,
        lefts=[left for left, _ in pairs],
        rights=[right for _, right in pairs],
    )
    set_status(tx, [touched.id for touched in before], DISTINCT)
    added = tx.scalars(
        UUID,
        "INSERT INTO match_review (id, kind, left_id, right_id, score, explanation, status, created_at,"
        "  decided_at, decided_by)"
        " SELECT p.id, %(about)s, p.left_id, p.right_id, %(score)s, %(explanation)s, 'distinct', %(now)s,"
        "  %(now)s, %(by)s FROM unnest(%(ids)s::uuid[], %(lefts)s::uuid[], %(rights)s::uuid[])"
        "  AS p (id, left_id, right_id)"
        " ON CONFLICT (organisation_id, kind, left_id, right_id) DO NOTHING RETURNING id",
        about=kind,
        ids=[new_id() for _ in pairs],
        lefts=[left for left, _ in pairs],
        rights=[right for _, right in pairs],
        score=score,
        explanation=Jsonb(list(explanation)),
        now=tx.now,
        by=str(tx.actor),
    )
    return [*before, *(Touched(identifier, None) for identifier in added)]


def set_status(tx: Transaction, review_ids: Sequence[UUID], status: str) -> None:
    """Give pairs a status, as decided now."""
    tx.execute(
        "UPDATE match_review SET status = %(status)s, decided_at = %(now)s, decided_by = %(by)s"
        " WHERE id = ANY(%(ids)s)",
        ids=list(review_ids),
        status=status,
        now=tx.now,
        by=str(tx.actor),
    )


def put_back(tx: Transaction, touched: Sequence[Touched]) -> None:
    """Let pairs have the status they had; those that were added are removed."""
    tx.execute(
        "DELETE FROM match_review WHERE id = ANY(%(ids)s)", ids=[one.id for one in touched if one.was is None]
    )
    tx.execute(
        "UPDATE match_review AS r SET status = was.status,"
        " decided_at = CASE WHEN was.status = 'open' THEN NULL ELSE r.decided_at END,"
        " decided_by = CASE WHEN was.status = 'open' THEN NULL ELSE r.decided_by END"
        " FROM unnest(%(ids)s::uuid[], %(statuses)s::text[]) AS was (id, status) WHERE r.id = was.id",
        ids=[one.id for one in touched if one.was is not None],
        statuses=[one.was for one in touched if one.was is not None],
    )
