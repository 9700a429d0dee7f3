"""The SQL of the demo: whether one is there and complete, and removing it whole to begin anew.

Removing goes past the slices on purpose: it empties every guarded table of the one organisation whose guard the
transaction is in, and only of an organisation that the demo itself founded.
"""

from uuid import UUID

from psycopg import sql
from psycopg.rows import scalar_row

from offhook.kernel.database import Database, Transaction

READY = "demo.ready"
"""The event that ends the making of a demo: without it the making was broken off."""


def organisation_of_slug(database: Database, slug: str) -> UUID | None:
    """The organisation with this short name, if there is one."""
    with database.across_organisations() as connection:
        query = "SELECT organisation_id FROM organisation WHERE slug = %s"
        with connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(query, (slug,)).fetchone()


def is_made_here(tx: Transaction, name: str) -> bool:
    """Whether the demo founded this organisation: its first event says by which name."""
    return bool(
        tx.scalar(
            bool,
            "SELECT data->>'name' = %(name)s FROM event WHERE subject = %(subject)s"
            " AND kind = 'organisation.founded' ORDER BY position LIMIT 1",
            name=name,
            subject=f"organisation:{tx.organisation_id}",
        )
    )


def is_ready(tx: Transaction) -> bool:
    """Whether its history was played to the end."""
    return bool(
        tx.scalar(
            bool,
            "SELECT true FROM event WHERE subject = %(subject)s AND kind = %(ready)s LIMIT 1",
            subject=f"organisation:{tx.organisation_id}",
            ready=READY,
        )
    )


def erase(tx: Transaction) -> int:
    """Remove every row of this organisation, and return how many; referring tables first."""
    tables = tx.scalars(
        str,
        """
        WITH RECURSIVE guarded AS (
            SELECT c.oid FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relrowsecurity
        ), depth (oid, level) AS (
            SELECT oid, 0 FROM guarded
            UNION ALL
            SELECT k.confrelid, d.level + 1 FROM depth d
            JOIN pg_constraint k ON k.conrelid = d.oid AND k.contype = 'f' AND k.confrelid <> k.conrelid
        )
        SELECT c.relname::text FROM depth d JOIN pg_class c ON c.oid = d.oid
        GROUP BY c.relname ORDER BY max(d.level), 1
        """,
    )
    return sum(
        tx.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table))).rowcount for table in tables
    )
