"""Row-level security holds for every table, and a statement that forgets its organisation sees nothing."""

import psycopg
import pytest

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.events import Event
from offhook.kernel.ids import new_id

UNGUARDED = {"alembic_version"}
"""Tables that hold nothing of any organisation."""


def test_every_table_is_guarded_even_against_its_owner(database: Database) -> None:
    with database.across_organisations() as connection:
        loose = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        ).fetchall()
    assert {name for (name,) in loose} == UNGUARDED


def test_every_guarded_table_begins_its_key_with_the_organisation(database: Database) -> None:
    with database.across_organisations() as connection:
        keys = connection.execute(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
            " WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition"
        ).fetchall()
    assert {name for name, first in keys if first != "organisation_id"} == UNGUARDED


def test_a_statement_without_organisation_sees_and_writes_nothing(database: Database, organisation) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.append(Event("test.happened", "test:1"))
    with database.pool.connection() as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND relrowsecurity"
        ).fetchall()
        for (table,) in tables:
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,), table
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO event_cursor (organisation_id, consumer, position) VALUES (%s, 'x', 0)",
                (organisation,),
            )


def test_one_organisation_cannot_write_into_another(database: Database, organisation) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction(new_id(), SYSTEM) as tx:
        tx.execute(
            "INSERT INTO event_cursor (organisation_id, consumer, position) VALUES (%(o)s, 'x', 0)", o=organisation
        )


def test_connections_are_not_above_the_guard(database: Database) -> None:
    with database.pool.connection() as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False,)
