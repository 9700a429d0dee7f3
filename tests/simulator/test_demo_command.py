"""`offhook demo` as somebody runs it: from nothing to a served organisation that one can sign in to."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

TINY = ("--responders", "15", "--days", "7", "--seed", "3")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of its own."""
    return tmp_path_factory.mktemp("demo") / "data"


def command(data: Path, *words: str) -> list[str]:
    """The command line for this data folder."""
    return [sys.executable, "-c", "from offhook.cli.main import run; run()", "--data", str(data), *words]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def made(data: Path) -> dict[str, object]:
    """The demo, made and told as JSON, not served."""
    done = subprocess.run(
        command(data, "demo", "--no-serve", "--json", *TINY), capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


def test_json_tells_the_address_and_a_sign_in_of_every_role(made: dict[str, object]) -> None:
    assert made["is_new"] is True
    assert str(made["address"]).startswith("http://127.0.0.1:")
    assert {one["role"] for one in made["sign_ins"]} == {"rep", "ae", "demand_generation", "manager", "admin"}


@pytest.fixture
def served(data: Path, made: dict[str, object]) -> Generator[tuple[str, str]]:
    """The demo served by a second start: its address, and what was printed."""
    port = free_port()
    process = subprocess.Popen(
        command(data, "demo", "--port", str(port)),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    printed: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line)
        if "until you stop it" in line:
            break
    yield f"http://127.0.0.1:{port}", "".join(printed)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) in {0, -signal.SIGTERM}


def test_a_second_start_serves_what_is_there_with_the_same_sign_ins(
    served: tuple[str, str], made: dict[str, object], data: Path
) -> None:
    address, printed = served
    assert "already there" in printed
    assert address in printed
    for one in made["sign_ins"]:
        assert one["email"] in printed
        assert one["password"] in printed
        headers = {"authorization": f"Bearer {one['token']}"}
        me = httpx.get(f"{address}/api/v1/me", headers=headers)
        assert (me.status_code, me.json()["email"]) == (200, one["email"])
    assert httpx.get(f"{address}/").status_code == 200
    assert httpx.get(f"{address}/readyz").json() == {"status": "ok"}
    suggested = re.findall(r"^  \.venv/bin/offhook (.+)$", printed, flags=re.MULTILINE)
    assert len(suggested) == 4
    for words in suggested:
        done = subprocess.run(command(data, *words.split()), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_a_taken_port_is_told_before_anything_is_made(data: Path, made: dict[str, object]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        begun = time.monotonic()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            command(data, "demo", "--fresh", "--port", port), capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert "Cannot listen" in done.stderr
    assert time.monotonic() - begun < 20
    again = subprocess.run(
        command(data, "demo", "--no-serve", "--json"), capture_output=True, check=True, text=True
    )
    assert json.loads(again.stdout)["organisation_id"] == made["organisation_id"]
