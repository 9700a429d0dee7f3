"""A calendar reached by a sign-in at Google: read and written at a real CalDAV server that asks for a token."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from calendars.conftest import Office
from calendars.radicale import PASSWORD, CalendarServer, an_entry
from identity.factories import a_token
from mail.post import HOST, free_port
from oauth.conftest import emulator, keys, registered, running
from oauth.emulator import Emulator, serving
from offhook import identity
from offhook.calendar.sources.model import ConnectionState
from offhook.calendar.sources.opening import opened_to_write
from offhook.calendar.sources.service import access_to
from offhook.kernel.clock import SetClock
from offhook.kernel.delivery import deliver
from offhook.kernel.settings import Settings
from offhook.oauth.renewing import renew_due
from offhook.web.app import create_app
from offhook.web.consumers import CONSUMERS

__all__ = ["emulator", "keys", "running"]

CONNECTIONS = "/api/v1/calendar/connections"
DAY = "DTSTART:20260302T130000Z\nDTEND:20260302T140000Z\nSUMMARY:Lunch"


@dataclass
class Gate:
    """Google's address before Radicale: whoever shows a token that holds is that account's user there."""

    server: CalendarServer
    emulator: Emulator
    user: str
    port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """Where Google's calendars are."""
        return f"https://{HOST}:{self.port}/caldav/v2"

    def app(self) -> FastAPI:
        """Its one route."""
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "PUT", "DELETE", "PROPFIND", "REPORT"])
        async def route(request: Request, path: str) -> Response:  # pyright: ignore[reportUnusedFunction] # a route
            held = self.emulator.holds(request.headers.get("authorization", "").removeprefix("Bearer "))
            if held is None or "https://www.googleapis.com/auth/calendar" not in held.scope.split():
                return Response(status_code=401, headers={"www-authenticate": "Bearer"})
            principal = f"caldav/v2/{held.address}/user"
            inside = f"/{self.user}/" if path == principal else f"/{path}"
            passed = {
                name: value
                for name, value in request.headers.items()
                if name in {"depth", "content-type", "if-match", "if-none-match", "accept"}
            }
            async with httpx.AsyncClient(auth=(self.user, PASSWORD), trust_env=False) as client:
                answer = await client.request(
                    request.method, self.server.address + inside, content=await request.body(), headers=passed
                )
            kept = {name: answer.headers[name] for name in ("content-type", "etag") if name in answer.headers}
            return Response(answer.content, answer.status_code, kept)

        return app


@contextmanager
def opened(gate: Gate, certificate: Path, key: Path) -> Generator[Gate]:
    """The gate, running."""
    with serving(gate.app(), gate.port, certificate, key):
        yield gate


@pytest.fixture
def gate(server: CalendarServer, emulator: Emulator, names: list[str], keys: tuple[Path, Path]) -> Generator[Gate]:
    """Google, with one user's calendar."""
    user = names.pop()
    server.make_calendar(user)
    with opened(Gate(server, emulator, user), *keys) as running_gate:
        yield running_gate


@dataclass(frozen=True)
class Ae:
    """An AE before the API."""

    client: TestClient
    gate: Gate
    office: Office
    settings: Settings

    def sign_in(self) -> dict[str, object]:
        """Go to Google, agree, come back."""
        begun = self.client.post("/api/v1/sign-ins", json={"provider": "google", "purpose": "calendar"})
        assert begun.status_code == 200, begun.text
        back = self.gate.emulator.user_goes(begun.json()["address"])
        answer = self.client.post(f"{CONNECTIONS}/signed-in", json=back)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def renew(self) -> None:
        """As the job and the relay do."""
        renew_due(self.office.database, self.settings, self.office.organisation)
        deliver(self.office.database, CONSUMERS, self.office.organisation)


@pytest.fixture
def ae(office: Office, gate: Gate, settings: Settings) -> Ae:
    """The office's."""
    at_home = registered(settings, gate.emulator).model_copy(
        update={"google_caldav": gate.address, "calendars_allow_private": True}
    )
    with office.begin() as tx:
        token = a_token(tx, office.ae)
    client = TestClient(create_app(office.database, at_home), headers={"authorization": f"Bearer {token}"})
    return Ae(client, gate, office, at_home)


def busy(ae: Ae) -> int:
    with ae.office.begin() as tx:
        return len(identity.busy_times(tx, [ae.office.ae.id], tx.now, tx.now + timedelta(days=9)))


def test_a_calendar_at_google_is_found_read_and_keeps_its_user_busy(ae: Ae) -> None:
    ae.gate.server.put(ae.gate.user, "once", DAY)
    made = ae.sign_in()
    assert made["name"] == "Google: ada@offhook.example"
    assert made["takes_meetings"] is True
    assert made["sign_in"] == {"provider": "google", "title": "Google", "lapsed_at": None}
    after = ae.office.read(UUID(str(made["id"])))
    assert (after.state, after.problem) == (ConnectionState.OK, "")
    assert after.collection.endswith(f"/{ae.gate.user}/work/")
    assert busy(ae) == 1


def test_an_entry_is_written_found_and_removed_with_a_token(ae: Ae) -> None:
    made = ae.sign_in()
    one = ae.office.read(UUID(str(made["id"])))
    with ae.office.begin() as tx:
        access = access_to(tx, ae.office.terms.seal, one)
    with opened_to_write(access, ae.office.terms) as calendar:
        etag = calendar.put("ours", an_entry("ours", DAY).encode(), "")
        found = calendar.find("ours")
        assert found is not None
        assert found.etag == etag
        calendar.remove("ours")
        assert calendar.find("ours") is None


def test_what_is_taken_back_shows_and_is_read_again_after_signing_in_again(ae: Ae, clock: SetClock) -> None:
    ae.gate.server.put(ae.gate.user, "once", DAY)
    made = ae.sign_in()
    identifier = UUID(str(made["id"]))
    ae.office.read(identifier)
    ae.gate.emulator.revoke()
    refused = ae.office.read(identifier)
    assert "or the sign-in (401)" in refused.problem
    ae.renew()
    shown = ae.client.get(f"{CONNECTIONS}/{identifier}").json()
    assert shown["problem"] == "Google does not let Offhook in as ada@offhook.example any more: sign in again."
    assert shown["sign_in"]["lapsed_at"] == "2026-03-02T09:00:00Z"
    assert busy(ae) == 1  # what was read before stays
    again = ae.sign_in()
    assert (again["id"], again["state"]) == (made["id"], "ok")
    assert ae.office.read(identifier).problem == ""


def test_nobody_has_a_token_shown_to_another_server(ae: Ae) -> None:
    made = ae.sign_in()
    for changes in ({"address": "https://evil.example/"}, {"collection": "https://evil.example/x/"}):
        answer = ae.client.patch(f"{CONNECTIONS}/{made['id']}", json=changes, headers={"if-match": '"1"'})
        assert answer.status_code == 422, answer.text


def test_a_calendar_that_is_disconnected_takes_its_grant_with_it(ae: Ae) -> None:
    made = ae.sign_in()
    assert ae.client.delete(f"{CONNECTIONS}/{made['id']}", headers={"if-match": '"1"'}).status_code == 200
    with ae.office.begin() as tx:
        assert tx.scalar(int, "SELECT count(*)::int FROM oauth_grant") == 0
