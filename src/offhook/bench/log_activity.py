"""Logging one activity over HTTP, against what no product could do without: an empty handler and one INSERT.

The three are done in turns, so that whatever else the machine does, and whatever the caches hold, meets all three.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from uuid import UUID

import httpx
import psycopg

from offhook.bench.model import Figure, at_most
from offhook.bench.scratch import Scratch, free_port, scratch_installation, wait_until_up
from offhook.identity import Role, add_user, issue_token
from offhook.kernel.database import SYSTEM
from offhook.kernel.ids import new_id
from offhook.leads import open_outbound_lead
from offhook.people import add_person

REQUESTS = 600
WARM_UP = 100

BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/nothing")
def nothing() -> dict[str, str]:
    return {}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""

SERVED = """
import sys
from pathlib import Path
import uvicorn
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
settings = Settings(data=Path(sys.argv[2]))
with Database(sys.argv[3]) as database:
    app = create_app(database, settings)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def figures() -> Iterable[Figure]:
    """The cost of one logged call over the cost of an empty handler plus one committed INSERT."""
    with scratch_installation() as scratch:
        token, lead = _a_working_rep(scratch)
        arguments = (str(scratch.settings.data), scratch.database.url)
        with (
            _server(BARE) as bare,
            _server(SERVED, *arguments) as served,
            psycopg.connect(scratch.database.url, autocommit=True) as connection,
        ):
            connection.execute("CREATE TABLE bare_activity (id uuid PRIMARY KEY, at timestamptz, note text)")
            call = {"lead_id": str(lead), "kind": "call", "direction": "outbound", "disposition": "no_answer"}
            nothing, insert, log = _medians(
                lambda: bare.post("/nothing").raise_for_status(),
                lambda: connection.execute("INSERT INTO bare_activity VALUES (%s, now(), 'note')", (new_id(),)),
                lambda: served.post(
                    "/api/v1/activities",
                    json=call,
                    headers={"authorization": f"Bearer {token}", "idempotency-key": str(new_id())},
                ).raise_for_status(),
            )
    yield at_most(
        "log one activity over HTTP / (empty handler + one INSERT)",
        log / (nothing + insert),
        "x",
        3,
        f"medians of {REQUESTS}, in turns: {log * 1e3:.2f} ms against {nothing * 1e3:.2f} + {insert * 1e3:.2f} ms;"
        " with token check, idempotency key, lifecycle, SLA and event",
    )


def _a_working_rep(scratch: Scratch) -> tuple[str, UUID]:
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        rep = add_user(tx, email="rep@bench.example", name="Rep", role=Role.REP)
        person = add_person(tx, {"full_name": "Ada Bench", "email": "ada@bench.example"})
        lead = open_outbound_lead(tx, person.id, rep.id)
        _, secret = issue_token(tx, rep.id, name="bench", scopes=["*"])
    return secret, lead.id


def _medians(*works: Callable[[], object]) -> list[float]:
    """The median seconds of each, done in turns."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(WARM_UP + REQUESTS):
        for work, times in zip(works, seconds, strict=True):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
    return [statistics.median(times[WARM_UP:]) for times in seconds]


@contextmanager
def _server(program: str, *arguments: str) -> Generator[httpx.Client]:
    """A server of its own on a free loopback port, with one kept-alive connection to it."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", program, str(port), *arguments])  # noqa: S603 # ours
    try:
        wait_until_up(f"http://127.0.0.1:{port}/")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)
