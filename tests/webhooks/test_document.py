"""The integrators' page keeps its word: its examples run, its receiver receives, its schedule holds."""

import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_token, a_user
from offhook.identity import Role
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
from offhook.webhooks.rules import PAUSES
from offhook.webhooks.sender import AT_ONCE, KEPT
from offhook.webhooks.terms import TIME_LIMIT_SECONDS
from web.test_documents import curls, run_curl
from webhooks.conftest import World

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture(scope="session")
def app(session_database: Database, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)


def test_every_example_works_in_order(app: FastAPI, begin: Begin) -> None:
    with begin() as tx:
        token = a_token(tx, a_user(tx, Role.ADMIN))
    client = TestClient(app)
    known = {"OFFHOOK": "http://testserver", "TOKEN": token}
    first, *others = curls(PAGE)
    known["ID"] = run_curl(client, first, known).json()["id"]
    assert len(others) == 9
    for line in others:
        answer = run_curl(client, line, known)
        assert answer.is_success, f"{line}\nanswered {answer.status_code} {answer.text}"


def test_the_receiver_of_the_page_takes_what_is_genuine_once_and_nothing_else(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    written = next(block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "Receiver" in block)
    names: dict[str, Any] = {"__name__": "page"}
    exec(written, names)  # noqa: S102 # our own document
    handler = cast("type[BaseHTTPRequestHandler]", names["Receiver"])
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            endpoint, names["SECRET"] = world.add(f"http://127.0.0.1:{server.server_port}")
            world.happen("lead.assigned")
            world.send()
            other, _ = world.add(f"http://127.0.0.1:{server.server_port}")
            with world.begin() as tx:
                tx.execute(
                    "INSERT INTO webhook_delivery (endpoint_id, position, event_id, kind, subject, try_at)"
                    " SELECT %(other)s, position, event_id, kind, subject, try_at FROM webhook_delivery",
                    other=other.id,
                )
            world.send()
        finally:
            server.shutdown()
            thread.join()
    assert [one.last_status for one in world.deliveries(endpoint)] == [204]
    assert [one.last_status for one in world.deliveries(other)] == [401], "signed with another secret"
    assert capsys.readouterr().out.count("lead.assigned") == 1


def test_the_schedule_of_the_page_is_the_one_that_holds() -> None:
    names = {5: "5 seconds", 300: "5 minutes", 1800: "30 minutes"}
    told = [names.get(int(pause.total_seconds()), f"{pause.total_seconds() / 3600:g} hours") for pause in PAUSES]
    rows = [line.split("|")[2].strip() for line in PAGE.splitlines() if re.match(r"\| \d\d? \|", line)]
    assert rows == ["at once", *told]
    assert f"within {TIME_LIMIT_SECONDS:g} seconds" in PAGE
    assert f"At most {AT_ONCE} messages" in PAGE
    for kept in KEPT.values():
        assert re.search(rf"for {kept.days}( days)?\b", PAGE)
