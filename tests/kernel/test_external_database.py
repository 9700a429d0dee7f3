"""Any PostgreSQL: one that is given by its address, whose role owns the database and is no superuser."""

from collections.abc import Generator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import Unavailable
from offhook.kernel.events import Event
from offhook.kernel.ids import new_id
from offhook.kernel.installation import open_installation
from offhook.kernel.postgres import start_embedded
from offhook.kernel.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a server of its own, as its superuser; a fresh one that nothing of ours has seen."""
    started = start_embedded(tmp_path_factory.mktemp("given"))
    yield started.get_uri()
    started.stop()


def a_database(server: str, role: str, *attributes: str) -> str:
    """A fresh database of a fresh role with a password; its address."""
    name = sql.Identifier(role)
    with psycopg.connect(server, autocommit=True) as connection:
        words = sql.SQL(" ").join(map(sql.SQL, attributes))  # pyright: ignore[reportArgumentType] # our own words
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret' NOSUPERUSER {}").format(name, words))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
    return make_conninfo(server, user=role, password="secret", dbname=role)  # noqa: S106 # of this test


def founded(database: Database) -> UUID:
    """An organisation."""
    identifier = new_id()
    with database.across_organisations() as connection:
        connection.execute(
            "INSERT INTO organisation (organisation_id, name, slug, time_zone, region, created_at)"
            " VALUES (%(id)s, 'Test', %(slug)s, 'UTC', 'US', %(now)s)",
            {"id": identifier, "slug": str(identifier), "now": database.clock.now()},
        )
    return identifier


def opened(tmp_path: Path, url: str) -> Settings:
    """Settings of an installation with a given database."""
    return Settings(data=tmp_path / "data", database_url=url)


@pytest.mark.parametrize("attributes", [(), ("CREATEROLE",)])
def test_a_plain_owner_is_migrated_guarded_and_worked_with(
    server: str, tmp_path: Path, attributes: tuple[str, ...]
) -> None:
    role = "owner_" + "_".join(("plain", *attributes)).lower()
    settings = opened(tmp_path, a_database(server, role, *attributes))
    with open_installation(settings, clock=SetClock()) as database:
        ours, others = founded(database), founded(database)
        for organisation in (ours, others):
            with database.transaction(organisation, SYSTEM) as tx:
                tx.append(Event("test.happened", "test:1"))
        with database.transaction(ours, SYSTEM) as tx:
            assert tx.scalars(str, "SELECT kind FROM event") == ["test.happened"]
            assert tx.copy("event_cursor", ("consumer", "position"), [("a", 1), ("b", 2)]) == 2
        with database.pool.connection() as connection:
            assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(
                    "INSERT INTO event_cursor (organisation_id, consumer, position) VALUES (%s, 'x', 0)", (ours,)
                )
    with open_installation(settings, clock=SetClock()) as again:
        assert set(again.organisations()) == {ours, others}
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_role_that_passes_the_guard_is_refused_with_what_to_do(server: str, tmp_path: Path) -> None:
    settings = opened(tmp_path, a_database(server, "passes", "BYPASSRLS"))
    with pytest.raises(Unavailable, match="ALTER ROLE passes NOBYPASSRLS"), open_installation(settings):
        pass
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER ROLE passes NOBYPASSRLS")
    with open_installation(settings) as database:
        assert database.organisations() == []


def test_two_databases_of_one_server_stand_side_by_side(server: str, tmp_path: Path) -> None:
    for role in ("first_of_two", "second_of_two"):
        with open_installation(opened(tmp_path, a_database(server, role))) as database:
            assert database.organisations() == []
            founded(database)
