"""The SQL of merges (merge in 0004_people.sql).

`merged_into` of an absorbed record always names the living survivor, also after a chain of merges; who absorbed
whom is read from the merges themselves.
"""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.people.model import Merge, RecordKind

_COLUMNS: LiteralString = (
    "id, kind, survivor_id, absorbed_id, score, explanation, before, merged_at, merged_by, undone_at, undone_by"
)
_LAST = UUID(int=2**128 - 1)


def insert_merge(tx: Transaction, made: Merge) -> None:
    """Note a merge."""
    tx.execute(
        "INSERT INTO merge (id, kind, survivor_id, absorbed_id, score, explanation, before, merged_at, merged_by)"
        " VALUES (%(id)s, %(kind)s, %(survivor)s, %(absorbed)s, %(score)s, %(explanation)s, %(before)s,"
        "  %(at)s, %(by)s)",
        id=made.id,
        kind=made.kind,
        survivor=made.survivor_id,
        absorbed=made.absorbed_id,
        score=made.score,
        explanation=Jsonb(made.explanation),
        before=Jsonb(made.before),
        at=made.merged_at,
        by=made.merged_by,
    )


def merge_row(tx: Transaction, merge_id: UUID) -> Merge | None:
    """One merge."""
    return tx.first(Merge, "SELECT " + _COLUMNS + " FROM merge WHERE id = %(id)s", id=merge_id)


def merge_rows(
    tx: Transaction, kind: RecordKind | None, record_id: UUID | None, before: UUID | None, limit: int
) -> list[Merge]:
    """Up to `limit` merges, undone ones too, the latest first; of one record: into it and of it.

    Indexes: the primary key; merge_of_record and merge_into_record for one record.
    """
    of_record: LiteralString = (
        "" if record_id is None else " AND (survivor_id = %(record)s OR absorbed_id = %(record)s)"
    )
    return tx.rows(
        Merge,
        "SELECT "
        + _COLUMNS
        + " FROM merge WHERE id < %(before)s AND (%(kind)s::text IS NULL OR kind = %(kind)s)"
        + of_record
        + " ORDER BY id DESC LIMIT %(limit)s",
        kind=kind,
        record=record_id,
        before=before or _LAST,
        limit=limit,
    )


def merges_into(tx: Transaction, survivor_id: UUID, after: UUID) -> list[Merge]:
    """The standing merges into a record after one of them, the earliest first. Index: merge_into_record."""
    return tx.rows(
        Merge,
        "SELECT " + _COLUMNS + " FROM merge WHERE survivor_id = %(survivor)s AND id > %(after)s"
        " AND undone_at IS NULL ORDER BY id",
        survivor=survivor_id,
        after=after,
    )


def merge_of(tx: Transaction, absorbed_id: UUID) -> Merge | None:
    """The standing merge that absorbed a record, if any. Index: merge_of_record."""
    return tx.first(
        Merge,
        "SELECT " + _COLUMNS + " FROM merge WHERE absorbed_id = %(absorbed)s AND undone_at IS NULL",
        absorbed=absorbed_id,
    )


def members(tx: Transaction, record_id: UUID) -> list[UUID]:
    """A record and everybody it absorbed, directly or through others. Index: merge_into_record."""
    return tx.scalars(
        UUID,
        "WITH RECURSIVE one AS (SELECT %(id)s::uuid AS id UNION SELECT m.absorbed_id FROM merge m JOIN one"
        " ON m.survivor_id = one.id WHERE m.undone_at IS NULL) SELECT id FROM one ORDER BY id",
        id=record_id,
    )


def stand_for(tx: Transaction, kind: RecordKind, ids: Sequence[UUID], survivor: UUID | None) -> None:
    """Let records be read as another; None lets them stand for themselves. Each gets a new version."""
    tx.execute(
        "UPDATE " + _table(kind) + " SET merged_into = %(survivor)s, version = version + 1, updated_at = %(now)s"
        " WHERE id = ANY(%(ids)s)",
        ids=list(ids),
        survivor=survivor,
        now=tx.now,
    )


def _table(kind: RecordKind) -> LiteralString:
    return "person" if kind is RecordKind.PERSON else "account"


def move_persons(tx: Transaction, of: UUID, to: UUID) -> list[UUID]:
    """Let all persons of one account be of another; returns who they are. Index: person_of_account."""
    return tx.scalars(
        UUID,
        "UPDATE person SET account_id = %(to)s, version = version + 1, updated_at = %(now)s"
        " WHERE account_id = %(of)s RETURNING id",
        of=of,
        to=to,
        now=tx.now,
    )


def move_persons_back(tx: Transaction, ids: Sequence[UUID], now_of: UUID, to: UUID) -> None:
    """Let these persons be of the account they were of, unless they have moved on since."""
    tx.execute(
        "UPDATE person SET account_id = %(to)s, version = version + 1, updated_at = %(now)s"
        " WHERE id = ANY(%(ids)s) AND account_id = %(now_of)s",
        ids=list(ids),
        now_of=now_of,
        to=to,
        now=tx.now,
    )


def set_before(tx: Transaction, merge_id: UUID, before: dict[str, object]) -> None:
    """Note anew what undoing a merge puts back."""
    tx.execute("UPDATE merge SET before = %(before)s WHERE id = %(id)s", id=merge_id, before=Jsonb(before))


def set_undone(tx: Transaction, merge_id: UUID) -> None:
    """Note that a merge is undone."""
    tx.execute(
        "UPDATE merge SET undone_at = %(now)s, undone_by = %(by)s WHERE id = %(id)s",
        id=merge_id,
        now=tx.now,
        by=str(tx.actor),
    )
