"""What all answers have in common: problems, limits, headers, pages, health."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import psycopg
import pytest
from fastapi import FastAPI
from psycopg_pool import PoolTimeout
from starlette.testclient import TestClient

from conftest import NewDatabase, an_organisation
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.delivery import deliver
from offhook.kernel.errors import TooManyRequests
from offhook.kernel.events import Event
from offhook.kernel.migrate import migrate
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
from offhook.web.consumers import CONSUMERS
from offhook.web.health import FRESH_SECONDS, Measure
from offhook.web.problems import path_of
from offhook.web.protection import LARGEST_BODY
from web.conftest import SignIn


def test_an_unknown_address_and_a_wrong_method_are_problems(nobody: TestClient) -> None:
    missing = nobody.get("/api/v1/nowhere")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["type"] == "urn:offhook:problem:not-found"
    wrong = nobody.put("/api/v1/me")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert wrong.json()["type"] == "urn:offhook:problem:method-not-allowed"


def test_wrong_values_are_named_by_path(sign_in: SignIn) -> None:
    answer = sign_in().post("/api/v1/users", json={"email": 5, "name": "", "role": "boss", "colour": "red"})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"email", "name", "role", "colour"}
    listed = sign_in().get("/api/v1/users?limit=0")
    assert listed.json()["errors"][0] == {
        "field": "query limit",
        "reason": "Input should be greater than or equal to 1",
        "value": "0",
    }


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("body", "rows", 3, "email"), "rows[3].email"),
        (("body",), "body"),
        (("query", "limit"), "query limit"),
        (("path", "user_id"), "path user_id"),
    ],
)
def test_a_path_reads_as_people_write_it(location: tuple[str | int, ...], path: str) -> None:
    assert path_of(location) == path


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1, 2", b'"\\ud800"', b""])
def test_a_body_that_is_no_json_is_refused_in_words(sign_in: SignIn, body: bytes) -> None:
    answer = sign_in().post("/api/v1/teams", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


@pytest.mark.parametrize("name", ["null \x00 character", "\ud800 alone"])
def test_text_that_cannot_be_kept_is_refused(sign_in: SignIn, name: str) -> None:
    import json

    answer = sign_in().post(
        "/api/v1/teams", content=json.dumps({"name": name}), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422, answer.text


def test_a_body_over_the_limit_is_refused_announced_or_not(sign_in: SignIn) -> None:
    def in_pieces() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 2**20 + 1):
            yield b" " * 2**20

    client = sign_in()
    for content in (b" " * (LARGEST_BODY + 1), in_pieces()):
        answer = client.post("/api/v1/teams", content=content)
        assert answer.status_code == 413
        assert answer.json()["type"] == "urn:offhook:problem:too-large"


def test_what_nobody_expected_is_logged_with_its_id_and_told_without_detail(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(database, settings)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret is tangerine")

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "tangerine" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "the secret is tangerine" in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TooManyRequests("Slow down."), 429),
        (psycopg.errors.UniqueViolation("twice"), 409),
        (psycopg.errors.NumericValueOutOfRange("too big"), 422),
        (psycopg.OperationalError("gone"), 503),
        (PoolTimeout("busy"), 503),
    ],
)
def test_errors_below_become_problems(
    database: Database, settings: Settings, error: Exception, status: int
) -> None:
    app = create_app(database, settings)

    @app.get("/broken")
    def broken() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert ("retry-after" in answer.headers) == (status in {429, 503})


def test_every_answer_carries_what_browsers_heed(nobody: TestClient) -> None:
    for path in ("/", "/healthz", "/api/v1/me", "/nowhere"):
        headers = nobody.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers


def test_https_is_insisted_on_where_it_is_used(database: Database) -> None:
    settings = Settings(public_url="https://offhook.acme.example")
    headers = TestClient(create_app(database, settings)).get("/healthz").headers
    assert "max-age" in headers["strict-transport-security"]


def test_the_description_page_loads_nothing_from_elsewhere(nobody: TestClient) -> None:
    page = nobody.get("/api/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert 'href="http' not in page.text
    assert "src=" not in page.text
    assert nobody.get("/style.css").headers["content-type"].startswith("text/css")


def test_the_description_page_shows_every_operation(app: FastAPI, nobody: TestClient) -> None:
    page = nobody.get("/api/v1/docs").text
    for path, found in app.openapi()["paths"].items():
        for method in found:
            assert f"{method.upper()} {path}" in page


def test_the_description_is_openapi_3_1(nobody: TestClient) -> None:
    document = nobody.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    me = document["paths"]["/api/v1/me"]["get"]
    assert me["security"] == [{"token": []}]
    assert "application/problem+json" in me["responses"]["default"]["content"]


def test_readiness_tells_when_the_database_is_away(nobody: TestClient, database: Database) -> None:
    assert nobody.get("/readyz").json() == {"status": "ok"}

    @contextmanager
    def away(**_: object) -> Iterator[None]:
        raise PoolTimeout("nobody answers")
        yield

    with patch.object(database.pool, "connection", away):
        answer = nobody.get("/readyz")
        assert answer.status_code == 503
        assert nobody.get("/healthz").status_code == 200


def test_how_far_delivery_is_behind_is_told(new_database: NewDatabase) -> None:
    """In a database of its own: it looks at all organisations, and other tests write events nobody can receive."""
    url, clock, seconds = new_database(), SetClock(), 0.0
    migrate(url)
    with Database(url, clock=clock) as database:
        up_to_date, behind = an_organisation(database), an_organisation(database)
        delivery = Measure(database, lambda: seconds)
        assert (delivery().lag_seconds, delivery().waiting) == (0, 0)
        for organisation in (up_to_date, behind):
            with database.transaction(organisation, SYSTEM) as tx:
                tx.append(Event("thing.happened", "thing:1"), Event("thing.happened", "thing:2"))
        deliver(database, CONSUMERS, up_to_date)
        assert delivery().waiting == 0, "what was measured just now is told again"
        seconds += FRESH_SECONDS
        assert (delivery().lag_seconds, delivery().waiting) == (0, 2)
        clock.advance(timedelta(minutes=3))
        seconds += FRESH_SECONDS
        assert delivery().lag_seconds == 180, "the slowest organisation's"
        deliver(database, CONSUMERS, behind)
        seconds += FRESH_SECONDS
        assert (delivery().lag_seconds, delivery().waiting) == (0, 0)


def test_the_lag_is_served_without_a_token(nobody: TestClient) -> None:
    assert nobody.get("/healthz/delivery").json().keys() == {
        "lag_seconds",
        "waiting",
        "dead_letters",
        "measured_at",
    }
