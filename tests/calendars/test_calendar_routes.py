"""The calendar over the API and by command, as screens and programs use it."""

import json
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from calendars.conftest import Office
from calendars.radicale import PASSWORD, CalendarServer
from conftest import Begin
from identity.factories import a_token
from offhook import leads
from offhook.cli.main import app as words
from offhook.identity import User
from offhook.kernel.clock import SetClock
from offhook.kernel.settings import Settings

CALENDARS, PAGES = "/api/v1/calendar/connections", "/api/v1/calendar/pages"
MEETINGS, HAND_OFFS = "/api/v1/calendar/meetings", "/api/v1/calendar/hand-offs"


@pytest.fixture
def as_one(app: FastAPI, settings: Settings, begin: Begin) -> Generator["ClientOf"]:
    """Makes clients of users, of an installation whose calendars are beside it."""
    app.state.settings = settings.model_copy(update={"calendars_allow_private": True})
    yield ClientOf(app, begin)
    app.state.settings = settings


class ClientOf:
    """Makes clients."""

    def __init__(self, app: FastAPI, begin: Begin) -> None:
        self.app, self.begin = app, begin

    def __call__(self, user: User) -> TestClient:
        with self.begin() as tx:
            token = a_token(tx, user)
        return TestClient(self.app, raise_server_exceptions=False, headers={"authorization": f"Bearer {token}"})


def test_a_calendar_is_connected_checked_changed_and_removed_and_never_tells_its_password(
    office: Office, server: CalendarServer, names: list[str], as_one: ClientOf
) -> None:
    ae, name = as_one(office.ae), names.pop()
    server.make_calendar(name)
    body = {"kind": "caldav", "address": server.address, "username": name, "password": PASSWORD, "name": "Work"}
    added = ae.post(CALENDARS, json=body).json()
    assert (added["state"], added["takes_meetings"]) == ("waiting", True)
    path = f"{CALENDARS}/{added['id']}"
    checked = ae.post(f"{path}/check").json()
    assert (checked["problem"], checked["busy_times"]) == (None, 0)
    assert [one["name"] for one in checked["calendars"]] == ["Work"]
    assert checked["connection"]["collection"] == f"{server.address}/{name}/work/"
    wrong = ae.patch(path, json={"password": "wrong"}, headers={"if-match": '"1"'})
    assert wrong.status_code == 200
    assert "user name or password" in ae.post(f"{path}/check").json()["problem"]
    every = [ae.get(CALENDARS).text, ae.get(path).text, wrong.text]
    assert not any(PASSWORD in one for one in every)
    assert as_one(office.rep).request("DELETE", path, headers={"if-match": '"2"'}).status_code == 403
    assert ae.request("DELETE", path, headers={"if-match": '"2"'}).status_code == 200
    assert ae.get(CALENDARS).json()["items"] == []


def test_a_hand_off_with_a_meeting_is_one_call_that_can_be_repeated(office: Office, as_one: ClientOf) -> None:
    rep = as_one(office.rep)
    body = {"lead_id": str(office.lead.id), "mode": "scheduled", "meeting_at": "2026-03-02T10:00:00Z"}
    first = rep.post(HAND_OFFS, json=body, headers={"idempotency-key": "one"})
    again = rep.post(HAND_OFFS, json=body, headers={"idempotency-key": "one"})
    assert (first.status_code, again.json()) == (201, first.json())
    meeting = first.json()["meeting"]
    assert (meeting["hand_off_id"], meeting["address"]) == (first.json()["hand_off"]["id"], office.address)
    assert [one["kind"] for one in meeting["mails"]] == ["request"]
    listed = rep.get(MEETINGS, params={"lead_id": str(office.lead.id)}).json()["items"]
    assert [one["id"] for one in listed] == [meeting["id"]]


def test_a_meeting_is_booked_moved_and_ended_over_the_api(
    office: Office, as_one: ClientOf, clock: SetClock
) -> None:
    rep = as_one(office.rep)
    booked = rep.post(MEETINGS, json={"lead_id": str(office.lead.id), "starts_at": "2026-03-02T10:00:00Z"}).json()
    taken = rep.post(MEETINGS, json={"lead_id": str(office.lead.id), "starts_at": "2026-03-02T10:15:00Z"})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:offhook:problem:meeting-overlaps")
    path = f"{MEETINGS}/{booked['id']}"
    moved = rep.post(f"{path}/move", json={"starts_at": "2026-03-02T11:00:00Z"}).json()
    assert moved["starts_at"] == "2026-03-02T11:00:00Z"
    clock.advance(timedelta(hours=3))
    assert rep.post(f"{path}/outcome", json={"outcome": "held"}).json()["state"] == "held"
    assert rep.post(f"{path}/call-off", json={}).status_code == 409
    assert as_one(office.ae).post(f"{path}/call-off", json={}).status_code == 403


def test_a_booking_page_is_added_and_changed_over_the_api(office: Office, as_one: ClientOf) -> None:
    with office.begin() as tx:
        campaign = leads.add_campaign(tx, "Bookings")
    rep = as_one(office.rep)
    added = rep.post(PAGES, json={"slug": "me", "title": "Me", "campaign_id": str(campaign.id)}).json()
    assert added["address"].endswith("/me")
    assert added["hosts"] == [{"user_id": str(office.rep.id), "weight": 1}]
    path = f"{PAGES}/{added['id']}"
    changed = rep.patch(path, json={"minutes": 45, "daily_limit": 3}, headers={"if-match": '"1"'}).json()
    assert (changed["minutes"], changed["daily_limit"]) == (45, 3)
    cleared = rep.patch(path, json={"daily_limit": None}, headers={"if-match": '"2"'}).json()
    assert cleared["daily_limit"] is None
    assert rep.patch(path, json={"minutes": 1}, headers={"if-match": '"3"'}).status_code == 422
    assert rep.patch(path, json={"minutes": 30}, headers={"if-match": '"1"'}).status_code == 412


def test_commands_do_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: CalendarServer) -> None:
    monkeypatch.setenv("OFFHOOK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OFFHOOK_CALENDARS_ALLOW_PRIVATE", "true")

    def said(*line: str, told: str = "") -> str:
        done = CliRunner().invoke(words, [*line], input=told)
        assert done.exit_code == 0, done.output
        return done.output

    said("init", "--name", "Acme", "--admin", "ada@acme.example")
    said("users", "add", "ann@acme.example", "--name", "Ann Lee", "--role", "rep")
    said("campaigns", "add", "Bookings")
    connect = ("connect", server.address, "--kind", "caldav", "--username", "nobody", "--user", "ann@acme.example")
    added = json.loads(said("calendar", *connect, "--json", told="secret\n"))
    done = CliRunner().invoke(words, ["calendar", "check", added["id"]])
    assert done.exit_code == 1
    assert "user name or" in done.output
    assert "caldav" in said("calendar", "list")
    page = ("add-page", "intro", "--title", "Intro", "--campaign", "Bookings", "--host", "ann@acme.example")
    assert json.loads(said("calendar", *page, "--json"))["address"].endswith("/book/acme/intro")
    assert "intro" in said("calendar", "pages")
    assert "none" in said("calendar", "meetings")
    said("calendar", "disconnect", added["id"])
