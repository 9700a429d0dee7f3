"""Opens an installation: finds or starts its PostgreSQL, migrates it, and hands out the database.

Every process (server, worker, command, test) begins here and ends by leaving the `with`.
"""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg

from offhook.kernel.clock import Clock
from offhook.kernel.database import Database
from offhook.kernel.errors import Unavailable
from offhook.kernel.migrate import migrate
from offhook.kernel.postgres import start_embedded
from offhook.kernel.settings import Settings

OLDEST_POSTGRESQL = 15


@contextmanager
def open_installation(settings: Settings, *, clock: Clock | None = None) -> Generator[Database]:
    """The migrated database of this installation, for as long as the `with` lasts.

    Raises `Unavailable` with what to do when a given database cannot be reached, is too old, or lets its role pass
    the row-level security.
    """
    url = settings.database_url or start_embedded(settings.data).get_uri()
    _check_server(url)
    migrate(url)
    _check_guarded(url)
    with Database(url, clock=clock) as database:
        yield database


def _check_server(url: str) -> None:
    """Refuse, in words, a server that does not answer or is older than Offhook's SQL."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise Unavailable(
            f"PostgreSQL does not answer: {error}. "
            "Check OFFHOOK_DATABASE_URL, or unset it to let Offhook run its own."
        ) from error
    if version < OLDEST_POSTGRESQL:
        raise Unavailable(f"PostgreSQL {version} is too old: Offhook needs {OLDEST_POSTGRESQL} or newer.")


def _check_guarded(url: str) -> None:
    """Refuse, in words, a role that row-level security does not hold and that cannot step down."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        above = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        ).fetchone()
        if above is None:
            return
        try:
            connection.execute("SET ROLE offhook_app")
        except psycopg.Error as error:
            raise Unavailable(
                f"The role {above[0]} of OFFHOOK_DATABASE_URL passes row-level security, which keeps organisations"
                f" apart. Give Offhook a role without that right: ALTER ROLE {above[0]} NOBYPASSRLS"
            ) from error
