"""The embedded server after bad luck: stale files, half-made folders, slow recovery, killed users, other users."""

import os
import pwd
import traceback
from collections.abc import Callable
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psutil
import psycopg
import pytest

from faults.running import Installation, until
from offhook.kernel import postgres
from offhook.kernel.database import Database
from offhook.kernel.errors import Unavailable
from offhook.kernel.installation import open_installation
from offhook.kernel.postgres import is_alive, start_embedded
from offhook.kernel.settings import Settings

pytestmark = pytest.mark.slow


def settings_of(installation: Installation) -> Settings:
    """Its settings, for opening it in this process."""
    return Settings(data=installation.data, database_url=None)


def test_a_stale_lock_file_whose_number_now_belongs_to_another_process_is_cleared(
    installation: Installation,
) -> None:
    """As in containers, where numbers are small and come again."""
    token = installation.found()
    assert token
    lock = installation.data / "postgres" / "postmaster.pid"
    assert not lock.exists(), "the last user has stopped the server"
    lines = [str(os.getpid()), str(lock.parent), "1790000000", "5432", str(lock.parent), "", "1 1", "ready"]
    lock.write_text("\n".join(lines) + "\n")
    assert installation.told("users", "list")
    lock.write_text("")
    assert installation.told("users", "list")


def test_a_server_killed_with_all_its_users_recovers(installation: Installation) -> None:
    installation.found()
    with installation.served() as server:
        installation.run("users", "add", "rita@acme.example", "--name", "Rita", "--role", "rep")
        server.popen.kill()
        installation.kill_server()
    assert {one["email"] for one in installation.told("users", "list")} == {
        "ada@acme.example",
        "rita@acme.example",
    }
    assert not (installation.data / "postgres" / "postmaster.pid").exists()


def test_killed_users_do_not_keep_the_server_running(installation: Installation) -> None:
    installation.found()
    with installation.served() as server:
        server.kill()
    postmaster = installation.postmaster()
    assert postmaster.is_running(), "a killed user stops nothing"
    installation.run("users", "list")
    until(lambda: not postmaster.is_running())


def test_a_folder_whose_making_was_killed_is_made_anew(installation: Installation) -> None:
    half = installation.data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (half / "base").mkdir()
    assert installation.found()
    assert not half.exists()


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(installation: Installation) -> None:
    (installation.data / "postgres").mkdir(parents=True)
    (installation.data / "postgres" / "diary.txt").write_text("Dear diary")
    done = installation.run("users", "list", is_good=False)
    assert done.returncode == 1
    assert "holds files but no PostgreSQL data" in done.stderr
    assert (installation.data / "postgres" / "diary.txt").read_text() == "Dear diary"


def test_data_of_another_postgresql_are_refused_with_what_to_do(installation: Installation) -> None:
    installation.found()
    (installation.data / "postgres" / "PG_VERSION").write_text("16\n")
    done = installation.run("users", "list", is_good=False)
    assert done.returncode == 1
    assert "is of PostgreSQL 16" in done.stderr


def test_a_server_that_cannot_start_is_told_with_the_end_of_its_log(installation: Installation) -> None:
    installation.found()
    (installation.data / "postgres" / "offhook.conf").write_text("shared_buffers = lots\n")
    done = installation.run("users", "list", is_good=False)
    assert done.returncode == 1
    assert "does not start" in done.stderr
    assert "shared_buffers" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_start_that_takes_longer_than_the_package_waits_is_awaited(installation: Installation) -> None:
    installation.found()
    started: list[object] = []
    really = postgres._Server.start

    def slow_at_first(server: postgres._Server) -> None:
        really(server)
        started.append(server)
        if len(started) == 1:
            raise TimeoutExpired("pg_ctl", 10)

    with patch.object(postgres._Server, "start", slow_at_first):
        url = start_embedded(installation.data).get_uri()
    assert len(started) == 2
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM organisation").fetchone() == (1,)


def test_a_recovery_without_end_is_given_up_with_words(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.found()
    start_embedded(installation.data)
    lock = installation.data / "postgres" / "postmaster.pid"
    kept = lock.read_text()
    monkeypatch.setattr(postgres, "RECOVERY_SECONDS", 0.5)
    lock.write_text(kept.replace("ready   ", "starting"))
    try:
        with pytest.raises(Unavailable, match="still not ready"):
            start_embedded(installation.data)
    finally:
        lock.write_text(kept)


def test_a_socket_is_open_to_nobody_else(installation: Installation) -> None:
    installation.found()
    start_embedded(installation.data)
    mode = (installation.data / "postgres" / ".s.PGSQL.5432").stat().st_mode
    assert mode & 0o077 == 0
    assert (installation.data / "postgres").stat().st_mode & 0o077 == 0


def as_user(name: str, work: Callable[[], None]) -> str:
    """Do something in a child process as another user; what it raised, or nothing."""
    user = pwd.getpwnam(name)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        told = ""
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            work()
        except BaseException:
            told = traceback.format_exc()
        os.write(writing, told.encode()[-4_000:])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    os.waitpid(child, 0)
    return answer


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; the other tests run as we do")
def test_somebody_who_is_not_root_runs_their_own_beside_root(database: Database) -> None:
    """In a process forked from ours, as another user may not be able to read our Python."""
    with TemporaryDirectory(prefix="offhook-nobody-") as folder:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        data = Path(folder) / "data"

        def open_it() -> None:
            with open_installation(Settings(data=data, database_url=None)) as opened:
                assert opened.organisations() == []
                server = postgres._servers[(data / "postgres").resolve()]
                assert psutil.Process(server.get_pid()).username() == "nobody"
                assert is_alive((data / "postgres").resolve())
            server.stop()

        assert as_user("nobody", open_it) == ""
    assert database.organisations() is not None
