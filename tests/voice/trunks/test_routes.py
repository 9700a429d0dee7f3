"""Trunks, numbers, extensions and calling settings, as admins, reps and their programs use them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import Begin
from identity.factories import a_team, a_token, a_user
from offhook import identity
from offhook.cli.main import app as words
from offhook.identity import Role
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import NotFound, Unavailable
from offhook.kernel.events import StoredEvent
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.voice.trunks import Health, HealthState, lines, outgoing, seal_of, unknown_health
from offhook.voice.trunks.service import trunk as load_trunk
from offhook.web.app import create_app

TRUNKS, NUMBERS, EXTENSIONS = "/api/v1/trunks", "/api/v1/phone-numbers", "/api/v1/extensions"
CALLING = "/api/v1/calling-settings"
TRUNK = {"name": "Main carrier", "host": "sip.carrier.example"}

SignIn = Callable[..., TestClient]


@pytest.fixture(scope="session")
def app(session_database: Database, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)


@pytest.fixture
def sign_in(app: FastAPI, begin: Begin) -> SignIn:
    """A client of a fresh user in that role."""

    def client(role: Role = Role.ADMIN) -> TestClient:
        with begin() as tx:
            text = a_token(tx, a_user(tx, role))
        return TestClient(app, headers={"authorization": f"Bearer {text}"})

    return client


@pytest.fixture
def admin(sign_in: SignIn) -> TestClient:
    """An admin's client."""
    return sign_in()


def match(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def events(begin: Begin, kind: str) -> list[StoredEvent]:
    with begin() as tx:
        tx.flush_events()
        return tx.rows(
            StoredEvent,
            "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event WHERE kind = %(kind)s"
            " ORDER BY position",
            kind=kind,
        )


# Trunks


def test_a_trunk_from_beginning_to_end(admin: TestClient, begin: Begin) -> None:
    body = TRUNK | {
        "port": 5080,
        "transport": "tcp",
        "domain": "Carrier.Example",
        "username": "acme",
        "password": "line-secret",
        "registers": True,
        "asserts_identity": True,
        "sends_from": ["203.0.113.9/28", "2001:DB8::1"],
        "rates": [{"prefix": "+49", "cost_per_minute": "0.0120"}, {"prefix": "", "cost_per_minute": 10}],
    }
    added = admin.post(TRUNKS, json=body)
    assert added.status_code == 201, added.text
    one = added.json()
    assert (one["region"], one["domain"], one["has_password"]) == ("US", "carrier.example", True)
    assert one["sends_from"] == ["203.0.113.0/28", "2001:db8::1"]
    assert [(rate["prefix"], rate["cost_per_minute"]) for rate in one["rates"]] == [("", "10"), ("49", "0.012")]
    assert one["health"] == {"state": "unknown", "reason": "", "since": None}
    url = f"{TRUNKS}/{one['id']}"
    assert admin.get(url).headers["etag"] == '"1"'
    changed = admin.patch(url, json={"is_active": False, "rates": []}, headers=match(1)).json()
    assert (changed["is_active"], changed["rates"], changed["has_password"]) == (False, [], True)
    assert admin.patch(url, json={"port": 5060}, headers=match(1)).status_code == 412
    assert admin.get(TRUNKS).json()["items"] == [changed]
    assert admin.delete(url, headers=match(1)).status_code == 412
    assert admin.delete(url, headers=match(2)).json()["name"] == "Main carrier"
    assert admin.get(url).status_code == 404
    told = [*events(begin, "trunk.added"), *events(begin, "trunk.changed"), *events(begin, "trunk.removed")]
    assert [one.data.get("fields") for one in told] == [None, ["rates", "is_active"], None]


def test_a_password_is_sealed_and_never_told(admin: TestClient, begin: Begin, settings: Settings) -> None:
    secret = "line-secret-7"  # noqa: S105 # of no line
    added = admin.post(
        TRUNKS, json=TRUNK | {"username": "acme", "password": secret}, headers={"idempotency-key": "p"}
    )
    url = f"{TRUNKS}/{added.json()['id']}"
    answers = [added, admin.get(url), admin.get(TRUNKS)]
    answers.append(admin.patch(url, json={"password": secret + "b"}, headers=match(1)))
    assert not [one.text for one in answers if secret in one.text]
    assert events(begin, "trunk.changed")[0].data["fields"] == ["password"]
    with begin() as tx:
        stored = tx.scalars(str, "SELECT password FROM trunk")
        kept = tx.scalars(bytes, "SELECT body FROM idempotency_key")
        (line,) = lines(tx, seal_of(settings))
        assert line.password == secret + "b"
        with pytest.raises(Unavailable, match="OFFHOOK_SECRET_KEY"):
            lines(tx, Seal("another installation", "trunks"))
    assert not any(secret in one for one in stored)
    assert not any(secret.encode() in bytes(one) for one in kept)
    forgotten = admin.patch(url, json={"password": None}, headers=match(2)).json()
    assert forgotten["has_password"] is False
    with begin() as tx:
        assert lines(tx, seal_of(settings))[0].password is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"host": "sip:carrier.example"}, "host"),
        ({"host": "carrier.example:5060"}, "host"),
        ({"host": "300.1.1.1"}, "host"),
        ({"host": "-bad-.example"}, "host"),
        ({"name": " \x00 "}, "name"),
        ({"domain": "a b"}, "domain"),
        ({"username": "a\r\nb"}, "username"),
        ({"password": "a b"}, "password"),
        ({"registers": True}, "registers"),
        ({"region": "ZZ"}, "region"),
        ({"sends_from": ["carrier.example"]}, "sends_from"),
        ({"sends_from": ["0.0.0.0/0"]}, "sends_from"),
        ({"rates": [{"prefix": "4a", "cost_per_minute": "1"}]}, "rates"),
        (
            {"rates": [{"prefix": "+49", "cost_per_minute": "1"}, {"prefix": "49", "cost_per_minute": "2"}]},
            "rates",
        ),
    ],
)
def test_what_does_not_do_is_named(admin: TestClient, wrong: dict[str, object], field: str) -> None:
    answer = admin.post(TRUNKS, json=TRUNK | wrong)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert "a b" not in answer.text or field == "domain", "a secret is not told back"


def test_a_name_is_given_once(admin: TestClient) -> None:
    admin.post(TRUNKS, json=TRUNK)
    answer = admin.post(TRUNKS, json=TRUNK | {"name": "MAIN carrier"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "name")


def test_a_repeated_request_adds_one_trunk(admin: TestClient) -> None:
    first, second = (admin.post(TRUNKS, json=TRUNK, headers={"idempotency-key": "k"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert len(admin.get(TRUNKS).json()["items"]) == 1


def test_whether_a_trunk_answers_is_told_by_whoever_speaks_to_it(admin: TestClient, app: FastAPI) -> None:
    trunk = admin.post(TRUNKS, json=TRUNK).json()
    since = datetime(2026, 3, 2, tzinfo=UTC)
    known = {UUID(trunk["id"]): Health(HealthState.DOWN, "no answer", since)}
    app.state.trunk_health = lambda identifier: known.get(identifier, unknown_health(identifier))
    try:
        health = admin.get(TRUNKS).json()["items"][0]["health"]
    finally:
        app.state.trunk_health = unknown_health
    assert health == {"state": "down", "reason": "no answer", "since": "2026-03-02T00:00:00Z"}


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER])
def test_trunks_are_the_admins_alone(admin: TestClient, sign_in: SignIn, role: Role) -> None:
    trunk = admin.post(TRUNKS, json=TRUNK).json()
    other = sign_in(role)
    url = f"{TRUNKS}/{trunk['id']}"
    answers = [other.get(TRUNKS), other.get(url), other.post(TRUNKS, json=TRUNK)]
    answers += [other.patch(url, json={"port": 1}, headers=match(1)), other.delete(url, headers=match(1))]
    answers += [other.post(NUMBERS, json={"number": "+12125550100"})]
    answers += [other.patch(f"{CALLING}/organisation", json={}, headers=match(0))]
    assert {one.status_code for one in answers} == {403}


# Numbers and extensions


def a_rep(begin: Begin) -> UUID:
    with begin() as tx:
        return a_user(tx, Role.REP).id


def test_a_number_from_beginning_to_end(admin: TestClient, sign_in: SignIn, begin: Begin) -> None:
    trunk = admin.post(TRUNKS, json=TRUNK).json()
    rep = str(a_rep(begin))
    body = {"number": "(212) 555-0100", "label": " Front  desk ", "trunk_id": trunk["id"]}
    one = admin.post(NUMBERS, json=body).json()
    assert (one["number"], one["label"], one["rings"]) == (
        "+12125550100",
        "Front desk",
        {"kind": "nobody", "id": None},
    )
    url = f"{NUMBERS}/{one['id']}"
    changed = admin.patch(url, json={"rings": {"kind": "user", "id": rep}}, headers=match(1)).json()
    assert (changed["rings"]["id"], changed["trunk_id"], changed["version"]) == (rep, trunk["id"], 2)
    assert sign_in(Role.REP).get(NUMBERS).json()["items"] == [changed]
    assert admin.post(NUMBERS, json={"number": "+12125550100"}).status_code == 409
    kept = admin.delete(f"{TRUNKS}/{trunk['id']}", headers=match(1))
    assert (kept.status_code, "another trunk first" in kept.json()["detail"]) == (409, True)
    assert admin.delete(url, headers=match(2)).status_code == 200
    assert [one.kind for one in events(begin, "phone_number.changed")] == ["phone_number.changed"]


@pytest.mark.parametrize("number", ["555-0100", "+1 212 555 0100 x3", "911", "hello", "+1212555"])
def test_what_is_no_number_of_ours_is_refused(admin: TestClient, number: str) -> None:
    answer = admin.post(NUMBERS, json={"number": number})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "number")


def test_a_number_rings_a_user_an_extension_a_team_or_nobody(admin: TestClient, begin: Begin) -> None:
    rep = str(a_rep(begin))
    with begin() as tx:
        team = str(a_team(tx).id)
    extension = admin.post(EXTENSIONS, json={"number": "204", "user_id": rep}).json()["id"]
    number = admin.post(NUMBERS, json={"number": "+12125550100"}).json()
    url = f"{NUMBERS}/{number['id']}"
    version = 1
    for kind, identifier in (("user", rep), ("extension", extension), ("team", team), ("nobody", None)):
        told = {"rings": {"kind": kind, "id": identifier}}
        changed = admin.patch(url, json=told, headers=match(version))
        assert changed.json()["rings"] == told["rings"], changed.text
        version += 1
    for kind, identifier, status in (("team", rep, 404), ("user", None, 422), ("nobody", rep, 422)):
        wrong = admin.patch(url, json={"rings": {"kind": kind, "id": identifier}}, headers=match(version))
        assert wrong.status_code == status, wrong.text


def test_an_extension_from_beginning_to_end(admin: TestClient, begin: Begin) -> None:
    first, second = str(a_rep(begin)), str(a_rep(begin))
    one = admin.post(EXTENSIONS, json={"number": "204", "user_id": first}).json()
    assert admin.post(EXTENSIONS, json={"number": "204", "user_id": second}).status_code == 409
    url = f"{EXTENSIONS}/{one['id']}"
    changed = admin.patch(url, json={"user_id": second}, headers=match(1)).json()
    assert (changed["number"], changed["user_id"]) == ("204", second)
    number = {"number": "+12125550100", "rings": {"kind": "extension", "id": one["id"]}}
    owned = admin.post(NUMBERS, json=number).json()
    assert admin.delete(url, headers=match(2)).status_code == 409
    admin.delete(f"{NUMBERS}/{owned['id']}", headers=match(1))
    assert admin.delete(url, headers=match(2)).status_code == 200
    assert admin.get(EXTENSIONS).json()["items"] == []


@pytest.mark.parametrize("number", ["911", "9112", "012", "a1", "٢٠٤", "+20"])
def test_an_extension_is_no_emergency_number_and_only_digits(admin: TestClient, begin: Begin, number: str) -> None:
    answer = admin.post(EXTENSIONS, json={"number": number, "user_id": str(a_rep(begin))})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "number"), answer.text


def test_lists_are_paged_by_number(admin: TestClient, begin: Begin) -> None:
    rep = str(a_rep(begin))
    for last in (3, 1, 2):
        admin.post(NUMBERS, json={"number": f"+1212555010{last}"})
        admin.post(EXTENSIONS, json={"number": f"20{last}", "user_id": rep})
    for path in (NUMBERS, EXTENSIONS):
        page = admin.get(path, params={"limit": 2}).json()
        rest = admin.get(path, params={"limit": 2, "cursor": page["next_cursor"]}).json()
        assert [one["number"][-1] for one in page["items"] + rest["items"]] == ["1", "2", "3"]
        assert rest["next_cursor"] is None
        assert admin.get(path, params={"cursor": "nonsense"}).status_code == 422


# How people call


def test_everybody_says_how_they_call(admin: TestClient, sign_in: SignIn, begin: Begin) -> None:
    own = admin.post(NUMBERS, json={"number": "+12125550100"}).json()
    rep = sign_in(Role.REP)
    before = rep.get(f"{CALLING}/me").json()
    assert (before["caller_preference"], before["ring_seconds"], before["version"]) == ("organisation", 25, 0)
    told = {"caller_preference": "fixed", "number_id": own["id"]}
    changed = rep.patch(f"{CALLING}/me", json=told, headers=match(0))
    assert (changed.json()["caller_preference"], changed.json()["version"]) == ("fixed", 1), changed.text
    assert rep.patch(f"{CALLING}/me", json={"ring_seconds": 30}, headers=match(0)).status_code == 412
    assert rep.patch(f"{CALLING}/me", json={"ring_seconds": 30}, headers=match(1)).json()["number_id"] == own["id"]
    assert rep.patch(f"{CALLING}/me", json={"ring_seconds": 4}, headers=match(2)).status_code == 422
    nothing = rep.patch(f"{CALLING}/me", json={"number_id": None}, headers=match(2))
    assert nothing.json()["errors"][0]["field"] == "number_id"
    unknown = rep.patch(f"{CALLING}/me", json={"number_id": str(new_id())}, headers=match(2))
    assert unknown.status_code == 404
    user = f"{CALLING}/users/{before['user_id']}"
    assert rep.get(user).status_code == 403
    assert admin.get(user).json()["ring_seconds"] == 30
    assert admin.patch(user, json={"caller_preference": "local"}, headers=match(2)).json()["version"] == 3
    assert len(events(begin, "calling_settings.changed")) == 3


def test_a_number_given_up_is_shown_by_nobody(admin: TestClient, sign_in: SignIn, begin: Begin) -> None:
    own, default = (admin.post(NUMBERS, json={"number": f"+1212555010{last}"}).json() for last in (1, 2))
    rep = sign_in(Role.REP)
    user = UUID(
        rep.patch(
            f"{CALLING}/me", json={"caller_preference": "fixed", "number_id": own["id"]}, headers=match(0)
        ).json()["user_id"]
    )
    admin.patch(f"{CALLING}/organisation", json={"default_number_id": default["id"]}, headers=match(0))

    def shown() -> str | None:
        with begin() as tx:
            found = outgoing(tx, "+493012345678", user).caller
        return found.number if found else None

    assert shown() == "+12125550101"
    admin.delete(f"{NUMBERS}/{own['id']}", headers=match(1))
    assert shown() == "+12125550102"
    admin.delete(f"{NUMBERS}/{default['id']}", headers=match(1))
    assert shown() is None


def test_emergency_calls_need_a_trunk_that_is_there_and_active(admin: TestClient, begin: Begin) -> None:
    trunk = admin.post(TRUNKS, json=TRUNK | {"is_active": False}).json()
    url = f"{CALLING}/organisation"
    told = {"emergency_trunk_id": trunk["id"]}
    assert admin.patch(url, json=told, headers=match(0)).status_code == 409
    assert admin.patch(url, json={"emergency_trunk_id": str(new_id())}, headers=match(0)).status_code == 404
    admin.patch(f"{TRUNKS}/{trunk['id']}", json={"is_active": True}, headers=match(1))
    assert admin.patch(url, json=told, headers=match(0)).json()["version"] == 1
    assert admin.delete(f"{TRUNKS}/{trunk['id']}", headers=match(2)).status_code == 409
    asleep = admin.patch(f"{TRUNKS}/{trunk['id']}", json={"is_active": False}, headers=match(2))
    assert (asleep.status_code, "Choose another" in asleep.json()["detail"]) == (409, True)
    with begin() as tx:
        assert type(outgoing(tx, "911", None).dialled).__name__ == "Emergency"
    admin.patch(url, json={"emergency_trunk_id": None}, headers=match(1))
    assert admin.delete(f"{TRUNKS}/{trunk['id']}", headers=match(2)).status_code == 200


def test_another_organisations_things_are_not_there(admin: TestClient, database: Database) -> None:
    trunk = admin.post(TRUNKS, json=TRUNK).json()
    other = identity.found_organisation(database, name="Other", slug=str(new_id()))
    with database.transaction(other, SYSTEM) as tx, pytest.raises(NotFound):
        load_trunk(tx, UUID(trunk["id"]))


# Commands


def test_the_commands_tell_the_same_story(
    begin: Begin, organisation: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(organisation))
    with begin() as tx:
        email, team = a_user(tx, Role.REP).email, a_team(tx).name
    runner = CliRunner()

    def run(*arguments: str, typed: str = "") -> str:
        answer = runner.invoke(words, [*arguments], input=typed)
        assert answer.exit_code == 0, answer.output
        return answer.output

    def told(*arguments: str) -> dict[str, object]:
        return json.loads(run(*arguments, "--json"))

    added = run("trunks", "add", "Main", "sip.carrier.example", "--username", "acme", "--password", typed="pw-1\n")
    assert "pw-1" not in added
    run("trunks", "change", "Main", "--rate", "49:0.01", "--rate", ":0.02:3", "--from", "203.0.113.0/28")
    run("trunks", "add", "Backup", "10.0.0.9", "--transport", "tcp", "--rate", ":0.5")
    shown = told("trunks", "show", "main")
    assert (shown["has_password"], shown["sends_from"]) == (True, ["203.0.113.0/28"])
    run("numbers", "add-extension", "204", email)
    run("numbers", "add", "(212) 555-0100", "--trunk", "Main", "--rings", "204", "--label", "Desk")
    assert told("numbers", "change", "+12125550100", "--rings", team)["rings"] == team
    assert told("numbers", "change", "+1 212 555-0100", "--rings", email)["rings"] == email
    run("numbers", "defaults", "--caller", "+12125550100", "--emergency-trunk", "Main")
    assert told("numbers", "read", "+49 30 123456 x2")["then"] == ",2"
    assert told("numbers", "read", "911")["dials"] == "emergency 911"
    assert told("numbers", "read", "204")["dials"] == "extension 204"
    assert told("numbers", "read", "+49 30 123456")["shows"] == "+12125550100"
    assert told("numbers", "settings", email, "--show", "local", "--ring-seconds", "40")["ring_seconds"] == 40
    hops = json.loads(run("trunks", "route", "+49 30 123456", "--json"))
    assert [hop["trunk"] for hop in hops] == ["Main", "Backup"]
    assert "pw-1" not in json.dumps(hops)
    assert [hop["trunk"] for hop in json.loads(run("trunks", "route", "911", "--json"))] == ["Main"]
    refused = runner.invoke(words, ["numbers", "read", "123"])
    assert refused.exit_code == 1
    assert runner.invoke(words, ["trunks", "remove", "Main"]).exit_code == 1
    run("numbers", "defaults", "--caller", "", "--emergency-trunk", "")
    run("numbers", "remove", "+12125550100")
    run("numbers", "remove-extension", "204")
    run("trunks", "remove", "Main")
    assert [one["name"] for one in json.loads(run("trunks", "list", "--json"))] == ["Backup"]
