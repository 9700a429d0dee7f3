"""Brings a database to the newest revision, at every start, one process at a time.

A revision is a pair in `migrations/versions`: `0003_people.py` names it and its parent, `0003_people.sql` is
what it does. Revisions only go forward; a released one is never edited.

Beside them stands the role `offhook_app`, to which a superuser's connections step down. It belongs to the server,
not to the database, so it is looked for at every start: a restored dump finds it missing. After new revisions it
gets its rights on all that exists, so that no revision has to think of grants. Who is no superuser needs none.
"""

from pathlib import Path

import psycopg
import sqlalchemy
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x0FF400C
"""Advisory lock of the migration, so that servers started together take turns."""

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'offhook_app')
        AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
        CREATE ROLE offhook_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of this server made it meanwhile
END $$
"""

LACKS_GRANTS = """
SELECT NOT has_table_privilege(rolname, 'organisation', 'SELECT') FROM pg_roles WHERE rolname = 'offhook_app'
"""

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'offhook_app') THEN
        GRANT USAGE ON SCHEMA public TO offhook_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO offhook_app;
        GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO offhook_app;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO offhook_app;
    END IF;
END $$
"""


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database behind `url` to `revision`; waits while another process does the same."""
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            connection.exec_driver_sql(ROLE)
            before = _revision(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            # Granting while others write could meet their changes of the catalogue: only where it is needed.
            if before != _revision(connection) or connection.exec_driver_sql(LACKS_GRANTS).scalar():
                connection.exec_driver_sql(GRANTS)
    finally:
        engine.dispose()


def _revision(connection: sqlalchemy.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def run_sql_beside(revision_file: str) -> None:
    """Run the SQL file that stands beside a revision, as one script."""
    _run_script(Path(revision_file).with_suffix(".sql").read_text())


def _run_script(script: str) -> None:
    """Run many statements in one go; without parameters the driver leaves `%` alone."""
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("Migrations need a live connection, not an offline script.")
    driver.execute(script.encode())
