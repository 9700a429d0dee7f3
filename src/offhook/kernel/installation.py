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

    Raises `Unavailable` with what to do when a given database cannot be reached or is too old.
    """
    url = settings.database_url or start_embedded(settings.data).get_uri()
    _check_server(url)
    migrate(url)
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
