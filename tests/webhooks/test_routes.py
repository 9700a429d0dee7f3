"""The routes and commands of webhooks, as integrators and administrators use them."""

import json

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import Begin
from identity.factories import a_token, a_user
from offhook.cli.main import app as words
from offhook.identity import Role
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
from webhooks.conftest import World
from webhooks.receiver import Receiver

WEBHOOKS = "/api/v1/webhooks"
PUBLIC = {"url": "https://receiver.example/hook", "kinds": ["lead.*"]}


@pytest.fixture(scope="session")
def app(session_database: Database, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)


@pytest.fixture
def client(app: FastAPI, begin: Begin) -> TestClient:
    """An admin's client."""
    return signed_in(app, begin)


def signed_in(app: FastAPI, begin: Begin, role: Role = Role.ADMIN, *scopes: str) -> TestClient:
    """A client of somebody in that role."""
    with begin() as tx:
        text = a_token(tx, a_user(tx, role), *scopes)
    return TestClient(app, headers={"authorization": f"Bearer {text}"})


def test_an_endpoint_from_beginning_to_end(client: TestClient) -> None:
    added = client.post(WEBHOOKS, json=PUBLIC | {"description": "CRM"})
    assert added.status_code == 201
    one = added.json()
    assert one["secret"].startswith("whsec_")
    url = f"{WEBHOOKS}/{one['id']}"
    shown = client.get(url)
    assert "secret" not in shown.json()
    assert (shown.json()["waiting"], shown.json()["dead"], shown.headers["etag"]) == (0, 0, '"1"')
    changed = client.patch(url, json={"kinds": ["*"], "is_active": False}, headers={"if-match": '"1"'})
    assert (changed.json()["kinds"], changed.json()["is_active"], changed.json()["version"]) == (["*"], False, 2)
    stale = client.patch(url, json={"is_active": True}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    rotated = client.post(f"{url}/rotate-secret", json={"overlap_hours": 1}).json()
    assert rotated["secret"] != one["secret"]
    assert rotated["previous_secret_until"]
    assert client.post(f"{url}/test").status_code == 409
    assert client.delete(url, headers={"if-match": '"2"'}).status_code == 412
    assert client.delete(url, headers={"if-match": '"3"'}).status_code == 200
    assert client.get(url).status_code == 404
    assert client.get(WEBHOOKS).json()["items"] == []


def test_a_repeated_request_adds_one_endpoint_and_tells_no_secret_twice(client: TestClient) -> None:
    first, second = (client.post(WEBHOOKS, json=PUBLIC, headers={"idempotency-key": "k"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["secret"] is None
    assert len(client.get(WEBHOOKS).json()["items"]) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"url": "http://receiver.example/hook"}, "url"),
        ({"url": "https://127.0.0.1/hook"}, "url"),
        ({"kinds": ["leads"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_will_not_do_is_refused_by_name(client: TestClient, sent: dict[str, object], field: str) -> None:
    answer = client.post(WEBHOOKS, json=PUBLIC | sent)
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


def test_only_who_may_write_webhooks_and_read_events_says_who_is_told(app: FastAPI, begin: Begin) -> None:
    assert signed_in(app, begin, Role.REP).get(WEBHOOKS).status_code == 403
    assert signed_in(app, begin, Role.MANAGER).post(WEBHOOKS, json=PUBLIC).status_code == 201
    narrow = signed_in(app, begin, Role.ADMIN, "webhooks:write")
    assert narrow.get(WEBHOOKS).status_code == 200
    assert narrow.post(WEBHOOKS, json=PUBLIC).status_code == 403


def test_lists_are_paged_and_other_lists_cursors_refused(client: TestClient) -> None:
    ids = [client.post(WEBHOOKS, json=PUBLIC).json()["id"] for _ in range(3)]
    first = client.get(WEBHOOKS, params={"limit": 2}).json()
    second = client.get(WEBHOOKS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in first["items"] + second["items"]] == ids
    assert second["next_cursor"] is None
    log = f"{WEBHOOKS}/{ids[0]}/deliveries"
    assert client.get(log, params={"cursor": first["next_cursor"]}).status_code == 422


def test_the_delivery_log_and_replays(client: TestClient, world: World, receiver: Receiver) -> None:
    endpoint, _ = world.add(receiver.url)
    for kind in ("lead.first", "lead.second", "lead.third"):
        world.happen(kind)
    receiver.answer(500)
    world.send()
    log = f"{WEBHOOKS}/{endpoint.id}/deliveries"
    first = client.get(log, params={"limit": 2}).json()
    second = client.get(log, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    items = first["items"] + second["items"]
    assert [one["kind"] for one in items] == ["lead.third", "lead.second", "lead.first"]
    assert (items[2]["last_status"], items[2]["attempts"], items[2]["state"]) == (500, 1, "waiting")
    assert client.get(log, params={"state": "dead"}).json()["items"] == []
    again = client.post(f"{log}/{items[2]['position']}/replay")
    assert (again.status_code, again.json()["attempts"]) == (202, 0)
    replay = f"{WEBHOOKS}/{endpoint.id}/replay"
    assert client.post(replay, json={}).json() == {"replayed": 0}
    assert client.post(replay, json={"since": "2026-01-01T00:00:00Z"}).json() == {"replayed": 3}
    assert client.post(replay, json={"since": "0001-01-01T00:00:00+14:00"}).json() == {"replayed": 3}
    assert client.post(f"{log}/1/replay").status_code == 404
    assert client.post(f"{WEBHOOKS}/{endpoint.id}/test").status_code == 202
    assert client.get(f"{WEBHOOKS}/{endpoint.id}").json()["waiting"] == 3


@pytest.fixture
def spoken(settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's organisation."""
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(world.organisation_id))
    monkeypatch.setenv("OFFHOOK_WEBHOOKS_ALLOW_PRIVATE", "true")
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)


def say(*said: str, code: int = 0) -> str:
    """Run a command and insist on its exit code."""
    answer = CliRunner().invoke(words, ["webhooks", *said])
    assert answer.exit_code == code, answer.output
    return answer.output


def test_endpoints_by_command(spoken: None, receiver: Receiver, world: World) -> None:
    added = json.loads(say("add", receiver.url, "--kind", "lead.*", "--json"))
    assert added["secret"].startswith("whsec_")
    one = added["id"]
    assert json.loads(say("show", one, "--json"))["waiting"] == 0
    assert json.loads(say("change", one, "--kind", "*", "--description", "CRM", "--json"))["kinds"] == ["*"]
    assert json.loads(say("rotate-secret", one, "--json"))["secret"] != added["secret"]
    assert "whsec_" in say("rotate-secret", one)
    assert "CRM" in say("list")
    say("test", one)
    world.happen("lead.assigned")
    assert len(json.loads(say("deliveries", one, "--json"))) >= 2
    assert "waiting" in say("deliveries", one, "--state", "waiting")
    assert json.loads(say("replay", one, "--dead", "--json")) == {"replayed": 0}
    assert json.loads(say("replay", one, "--since", "2026-01-01", "--json"))["replayed"] >= 1
    position = json.loads(say("deliveries", one, "--json"))[0]["position"]
    assert json.loads(say("replay", one, "--position", str(position), "--json")) == {"replayed": 1}
    assert "one of --position" in say("replay", one, code=1)
    assert "is no time" in say("replay", one, "--since", "yesterday", code=1)
    say("change", one, "--inactive")
    assert "inactive" in say("test", one, code=1)
    say("remove", one)
    assert "There is no webhook" in say("show", one, code=1)
