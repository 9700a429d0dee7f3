"""Starting and stopping: what is printed, what is refused, how it ends; and what `offhook doctor` finds."""

import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import httpx
import psycopg
import pytest

from faults.running import Installation, client, free_port, until
from offhook.kernel.postgres import start_embedded

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_server_says_where_it_is_and_ends_cleanly(installation: Installation, by: signal.Signals) -> None:
    token, port = installation.found(), free_port()
    with installation.served(port=port) as server:
        assert server.address == f"http://127.0.0.1:{port}"
        with client(server.address, token) as api:
            assert api.get("/me").json()["email"] == "ada@acme.example"
        postmaster = installation.postmaster()
        began = monotonic()
        code = server.stop(by)
    assert code in {0, -by}
    assert monotonic() - began < 20
    assert "Traceback" not in "".join(server.printed)
    until(lambda: not postmaster.is_running())


def test_a_stop_of_all_its_processes_at_once_is_clean_too(installation: Installation) -> None:
    """As service managers do it: PostgreSQL then waits for its users, who must not wait for it."""
    installation.found()
    with installation.served() as server:
        postmaster = installation.postmaster()
        postmaster.send_signal(signal.SIGTERM)
        sleep(2.5)
        began = monotonic()
        assert server.stop() in {0, -signal.SIGTERM}
    assert monotonic() - began < 30
    until(lambda: not postmaster.is_running())
    assert installation.told("users", "list")


def test_a_data_folder_that_cannot_be_made_is_told_in_a_line() -> None:
    nowhere = Installation(Path("/proc/offhook"))
    for words in (("users", "list"), ("up", "--port", str(free_port()))):
        done = nowhere.run(*words, is_good=False)
        assert done.returncode == 1
        assert "The data folder /proc/offhook cannot be made" in done.stderr
        assert "Traceback" not in done.stderr
    assert doctor(nowhere)["data folder"]["health"] == "fail"


def test_a_request_at_work_is_answered_before_the_end(installation: Installation) -> None:
    token = installation.found()
    url = start_embedded(installation.data).get_uri()
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with (
        installation.served() as server,
        client(server.address, token) as api,
        ThreadPoolExecutor() as threads,
        psycopg.connect(url, autocommit=True) as watcher,
    ):
        with psycopg.connect(url) as blocker:
            blocker.execute("LOCK TABLE team IN ACCESS EXCLUSIVE MODE")
            answer = threads.submit(api.get, "/teams")
            until(lambda: watcher.execute(waiting).fetchone() == (1,))
            server.popen.send_signal(signal.SIGTERM)
            sleep(0.5)
            assert not answer.done()
        assert answer.result(20).status_code == 200
        assert server.stop() in {0, -signal.SIGTERM}


def test_a_taken_port_is_refused_with_what_to_do(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = installation.run("up", "--port", str(taken.getsockname()[1]), is_good=False)
    assert done.returncode == 1
    assert "Cannot listen" in done.stderr
    assert "--port" in done.stderr
    assert not installation.data.exists(), "nothing is made before it is known to be of use"


def test_two_servers_and_a_worker_share_an_installation(installation: Installation) -> None:
    token = installation.found()
    worker = installation.start("worker")
    worker.await_line("Offhook works")
    with installation.served() as one, installation.served() as other, client(other.address, token) as api:
        assert api.post("/teams", json={"name": "West"}).status_code == 201
        with client(one.address, token) as same:
            assert [team["name"] for team in same.get("/teams").json()["items"]] == ["West"]
        until(lambda: httpx.get(f"{one.address}/healthz/delivery").json()["waiting"] == 0, 20)
    assert worker.stop() == 0


def doctor(installation: Installation) -> dict[str, dict[str, str]]:
    """What it finds, by check."""
    return {one["check"]: one for one in installation.told("doctor", is_good=False)}


def test_the_doctor_finds_a_fresh_installation_well(installation: Installation) -> None:
    installation.found()
    found = doctor(installation)
    assert {one["health"] for one in found.values()} == {"ok"}
    assert {
        "Python",
        "data folder",
        "free space",
        "secret",
        "time zones",
        "migrations",
        "PostgreSQL",
        "guard",
    } <= {*found}
    assert {"acme: events", "acme: dead letters", "acme: leads without their person"} <= {*found}


def test_the_doctor_tells_what_is_wrong_and_fails(installation: Installation) -> None:
    installation.found()
    secret = installation.data / "secret"
    secret.touch()
    secret.chmod(0o644)
    with psycopg.connect(start_embedded(installation.data).get_uri()) as connection:
        connection.execute("ALTER TABLE team NO FORCE ROW LEVEL SECURITY")
        connection.execute(
            "INSERT INTO dead_letter SELECT organisation_id, gen_random_uuid(), 'goals.counts', 1,"
            " gen_random_uuid(), 'lead:1', 'no', now() FROM organisation"
        )
        connection.execute("UPDATE event SET recorded_at = recorded_at - interval '10 minutes'")
        connection.execute(
            "INSERT INTO contact_point (organisation_id, person_id, kind, value, is_primary, created_at)"
            " SELECT organisation_id, gen_random_uuid(), 'email', 'x@acme.example', true, now() FROM organisation"
        )
    done = installation.run("doctor", is_good=False)
    assert done.returncode == 1
    found = doctor(installation)
    assert found["secret"]["health"] == "fail"
    assert "chmod 600" in found["secret"]["told"]
    assert found["guard"]["health"] == "fail"
    assert "team" in found["guard"]["told"]
    assert found["acme: dead letters"]["health"] == "warn"
    assert "offhook replay" in found["acme: dead letters"]["told"]
    assert found["acme: events"]["health"] == "warn"
    assert found["acme: contact points without their person"]["health"] == "fail"


def test_the_doctor_tells_of_a_database_that_does_not_answer(tmp_path: Path) -> None:
    away = Installation(tmp_path, {"OFFHOOK_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"})
    found = doctor(away)
    assert found["PostgreSQL"]["health"] == "fail"
    assert "OFFHOOK_DATABASE_URL" in found["PostgreSQL"]["told"]


def test_a_command_without_its_database_says_so_in_a_line(tmp_path: Path) -> None:
    away = Installation(tmp_path, {"OFFHOOK_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"})
    for words in (("users", "list"), ("up",), ("worker",)):
        done = away.run(*words, is_good=False)
        assert done.returncode == 1
        assert re.search("PostgreSQL does not answer", done.stderr)
        assert "Traceback" not in done.stderr
