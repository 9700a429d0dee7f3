"""The world every test stands in: one real PostgreSQL a test process, one fresh organisation a test.

Organisations do not see each other (row-level security), so tests need no clean-up between them.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from uuid import UUID

import hypothesis
import psycopg
import pytest
from psycopg import sql

from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Actor, Database, Transaction
from offhook.kernel.ids import new_id
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings

hypothesis.settings.register_profile("offhook", deadline=None)
hypothesis.settings.load_profile("offhook")  # a busy machine is no failure

Begin = Callable[..., AbstractContextManager[Transaction]]
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation of its own for this test process, with the embedded server."""
    return Settings(data=tmp_path_factory.mktemp("data") / "offhook", database_url=None)


@pytest.fixture(scope="session")
def session_database(settings: Settings) -> Generator[Database]:
    """The migrated database, opened once."""
    with open_installation(settings, clock=SetClock()) as database:
        yield database


@pytest.fixture
def clock(session_database: Database) -> SetClock:
    """A clock that stands at Monday 2026-03-02 09:00 UTC until the test moves it."""
    clock = SetClock()
    session_database.clock = clock
    return clock


@pytest.fixture
def database(session_database: Database, clock: SetClock) -> Database:
    """The database, its clock set anew."""
    return session_database


@pytest.fixture
def new_database(session_database: Database) -> Generator[NewDatabase]:
    """Makes empty databases on the test's server, for what looks at all organisations; dropped at the end."""
    made: list[str] = []
    numbers = count()

    def make() -> str:
        name = f"of_a_test_{new_id().hex}_{next(numbers)}"
        with psycopg.connect(session_database.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        return psycopg.conninfo.make_conninfo(session_database.url, dbname=name)

    yield make
    with psycopg.connect(session_database.url, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def an_organisation(database: Database) -> UUID:
    """A fresh, empty organisation."""
    identifier = new_id()
    with database.across_organisations() as connection:
        connection.execute(
            "INSERT INTO organisation (organisation_id, name, slug, time_zone, region, created_at)"
            " VALUES (%(id)s, 'Test', %(slug)s, 'UTC', 'US', %(now)s)",
            {"id": identifier, "slug": str(identifier), "now": database.clock.now()},
        )
    return identifier


@pytest.fixture
def organisation(database: Database) -> UUID:
    """The test's own organisation, fresh and empty."""
    return an_organisation(database)


@pytest.fixture
def begin(database: Database, organisation: UUID) -> Begin:
    """Begin a transaction in the test's organisation: `with begin() as tx:`; as the system unless told."""

    def transaction(actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        return database.transaction(organisation, actor)

    return transaction


@pytest.fixture
def test_data() -> Path:
    """The folder of real data sets that the project may not carry; skips the test where it is absent."""
    import os

    folder = os.environ.get("OFFHOOK_TEST_DATA")
    if not folder:
        pytest.skip("needs real data sets: set OFFHOOK_TEST_DATA to their folder")
    return Path(folder)
