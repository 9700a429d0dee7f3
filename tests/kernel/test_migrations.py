"""Migrations: from every earlier revision with rows in place, by several at once, and onto a restored dump."""

import subprocess
import sys
from collections.abc import Iterable

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from conftest import NewDatabase
from offhook.kernel.database import Database
from offhook.kernel.migrate import FOLDER, migrate

VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "bool": "false",
    "timestamptz": "now()",
    "date": "current_date",
    "time": "'09:00'",
    "jsonb": "'{}'",
    "bytea": "'x'",
}
"""A value of each type for rows that must only be there; numbers are 1, arrays are empty."""

FITTING = {
    "absence": {"ends_at": "now() + interval '1 day'"},
    "busy_time": {"ends_at": "now() + interval '1 day'"},
    "cadence_enrolment": {"due_at": "now()"},
    "goal": {"user_id": "gen_random_uuid()"},
    "match_review": {"left_id": "'00000000-0000-0000-0000-000000000000'"},
    "meeting": {"ends_at": "now() + interval '1 day'"},
    "named_list": {"user_id": "gen_random_uuid()"},
    "routing_rule": {"user_id": "gen_random_uuid()"},
    "sla_policy": {"warn_minutes": "0"},
}
"""Where a check of several columns wants another value."""


def revisions() -> list[str]:
    """All revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][::-1]


Rows = dict[str, list[dict[str, object]]]


def fill(url: str) -> Rows:
    """Put a row into every table, whatever it means, and return what the tables hold then."""
    with psycopg.connect(url) as connection:
        # Foreign keys and triggers rest: the rows must be there, not make sense.
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname <> 'alembic_version' ORDER BY relname"
        ).fetchall()
        for (table,) in tables:
            _fill_one(connection, table)
        return rows(connection, [table for (table,) in tables])


def rows(connection: psycopg.Connection, tables: Iterable[str]) -> Rows:
    """What the tables hold."""
    statement = sql.SQL("SELECT to_jsonb(t) FROM {} t ORDER BY t")
    return {
        table: [row for (row,) in connection.execute(statement.format(sql.Identifier(table)))] for table in tables
    }


def _fill_one(connection: psycopg.Connection, table: str) -> None:
    history = connection.execute(
        "SELECT 1 FROM pg_class WHERE relname = %s AND relkind = 'p'", (table,)
    ).fetchone()
    if history:
        connection.execute("SELECT ensure_month(%s::regclass, current_date)", (table,))
    needed = connection.execute(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name = %s AND is_nullable = 'NO' AND is_generated = 'NEVER'"
        " AND (column_default IS NULL OR column_name = 'organisation_id')",
        (table,),
    ).fetchall()
    allowed = _allowed(connection, table)
    row = {
        name: allowed.get(name) or VALUES.get(kind) or ("'{}'" if kind.startswith("_") else "1")
        for name, kind in needed
    } | FITTING.get(table, {})
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.SQL, row.values())),  # pyright: ignore[reportArgumentType] # from above
        )
    )


def _allowed(connection: psycopg.Connection, table: str) -> dict[str, str]:
    """The first of the values that a column's check lists."""
    return dict(
        connection.execute(
            "SELECT a.attname, substring(pg_get_constraintdef(c.oid) FROM '''[^'']*''') FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'c' AND c.conrelid = %s::regclass AND cardinality(c.conkey) = 1"
            " AND pg_get_constraintdef(c.oid) LIKE '%%ANY%%'",
            (table,),
        ).fetchall()
    )


def shape(url: str) -> list[tuple[object, ...]]:
    """Tables, columns, indexes, constraints, policies and functions of a database."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT 'column' AS what, table_name AS where, column_name AS name,"
            "  udt_name || is_nullable || coalesce(column_default, '') AS told FROM information_schema.columns"
            "  WHERE table_schema = 'public' AND table_name !~ '_[0-9]{4}_[0-9]{2}$'"
            " UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes"
            "  WHERE schemaname = 'public' AND tablename !~ '_[0-9]{4}_[0-9]{2}$'"
            " UNION ALL SELECT 'policy', tablename, policyname, qual || with_check FROM pg_policies"
            " UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            "  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')"
            "  AND conrelid::regclass::text !~ '_[0-9]{4}_[0-9]{2}$'"
            " UNION ALL SELECT 'function', '', proname, prosrc FROM pg_proc"
            "  WHERE pronamespace = 'public'::regnamespace"
            " ORDER BY 1, 2, 3, 4"
        ).fetchall()


@pytest.fixture(scope="session")
def newest_shape(session_database: Database) -> list[tuple[object, ...]]:
    """What the newest revision looks like where it was come to in one go."""
    return shape(session_database.url)


@pytest.mark.parametrize("revision", revisions())
def test_every_earlier_revision_comes_up_with_its_rows(
    new_database: NewDatabase, newest_shape: list[tuple[object, ...]], revision: str
) -> None:
    url = new_database()
    migrate(url, revision)
    before = fill(url)
    assert all(len(found) == 1 for found in before.values())
    migrate(url)
    with psycopg.connect(url) as connection:
        after = rows(connection, before)
    for table, (row,) in before.items():
        assert [{name: one[name] for name in row} for one in after[table]] == [row], table
    assert shape(url) == newest_shape
    with Database(url) as database:
        assert len(database.organisations()) == 1, "the application's role may read it"


def test_servers_started_together_migrate_once(new_database: NewDatabase) -> None:
    url = new_database()
    words = [
        sys.executable,
        "-c",
        "import sys; from offhook.kernel.migrate import migrate; migrate(sys.argv[1])",
        url,
    ]
    started = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [one.communicate(timeout=120)[1] for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], told
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revisions()[-1],)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    first, *_, last = revisions()
    migrate(url, first)
    before = shape(url)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE VIEW goal AS SELECT 1")  # what a later revision stumbles over
    with pytest.raises(psycopg.errors.DuplicateTable, match="goal"):
        migrate(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(first,)]
        connection.execute("DROP VIEW goal")
    assert shape(url) == before
    migrate(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(last,)]


def test_a_database_that_is_up_to_date_is_left_alone(new_database: NewDatabase) -> None:
    url = new_database()
    migrate(url)
    with psycopg.connect(url, autocommit=True) as connection:
        written = "SELECT sum(xmin::text::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        before = connection.execute(written).fetchone()
        migrate(url)
        assert connection.execute(written).fetchone() == before


def test_any_form_of_database_url_migrates(new_database: NewDatabase) -> None:
    pairs = new_database()
    as_url = pairs_to_url(pairs)
    migrate(pairs)
    migrate(as_url)
    migrate(as_url.replace("postgresql://", "postgres://"))


def pairs_to_url(pairs: str) -> str:
    """The same as a URL."""
    told = psycopg.conninfo.conninfo_to_dict(pairs)
    return f"postgresql://{told['user']}:@/{told['dbname']}?host={told['host']}"
