"""Intake over HTTP: files sent as they are, responses one by one and in batches, what was received, consents."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from conftest import Begin
from intake.files import HEADINGS, a_file, a_workbook, a_zip_bomb, people
from offhook import people as persons
from offhook.identity import Role
from offhook.intake.jobs import jobs
from offhook.intake.reading import LARGEST_FILE
from offhook.intake.responding import MOST_RECORDS
from offhook.kernel.database import Database
from offhook.kernel.ids import new_id
from offhook.kernel.jobs import run_job
from offhook.kernel.settings import Settings
from web.conftest import SignIn

ADA = {"email": " ada@engines.example ", "first_name": "Ada", "last_name": "Lovelace", "company": "Engines"}


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """Somebody of demand generation."""
    return sign_in(Role.DEMAND_GENERATION)


@pytest.fixture
def campaign_id(client: TestClient) -> str:
    """A campaign."""
    answer = client.post("/api/v1/campaigns", json={"name": f"Webinar {new_id()}", "kind": "webinar"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class Server:
    """What a running server does beside answering: it goes on with imports."""

    def __init__(self, database: Database, settings: Settings, organisation: UUID) -> None:
        self._run = lambda: run_job(database, jobs(settings)[0], organisation)

    def work(self) -> None:
        """Do all that is due."""
        assert self._run()


@pytest.fixture
def server(database: Database, settings: Settings, organisation: UUID) -> Server:
    """The server's job."""
    return Server(database, settings, organisation)


def send(client: TestClient, path: Path, campaign_id: str, **options: Any) -> dict[str, Any]:
    """Send a file to import."""
    answer = client.post(
        "/api/v1/imports",
        params={"campaign_id": campaign_id, "file_name": path.name, **options},
        content=path.read_bytes(),
    )
    assert answer.status_code == 202, answer.text
    return answer.json()


# Files


def test_a_file_is_taken_in_by_the_server_and_watched_while_it_is(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    sent = send(client, a_file(tmp_path, [HEADINGS, *people(7), ["", "", "", "12", ""]]), campaign_id)
    assert (sent["status"], sent["rows"], sent["rows_total"]) == ("running", 0, 8)
    assert sent["mapping"] == dict(
        zip(HEADINGS, ("first_name", "last_name", "email", "phone", "company"), strict=True)
    )
    server.work()
    done = client.get(f"/api/v1/imports/{sent['id']}").json()
    assert (done["status"], done["rows"], done["imported"], done["rejected"]) == ("done", 8, 7, 1)
    assert client.get("/api/v1/imports").json()["items"] == [done]
    wrong = client.get(f"/api/v1/received/{sent['id']}", params={"only_wrong": True}).json()["items"]
    assert [(one["row_number"], one["outcome"]) for one in wrong] == [(9, "rejected")]
    assert [error["column"] for error in wrong[0]["errors"]] == ["Phone", ""]


def test_a_campaigns_own_imports_are_listed(client: TestClient, campaign_id: str, tmp_path: Path) -> None:
    other_id = client.post("/api/v1/campaigns", json={"name": f"Other {new_id()}"}).json()["id"]
    path = a_file(tmp_path, [HEADINGS, *people(2)])
    mine, theirs = send(client, path, campaign_id), send(client, path, other_id)
    for asked, found in ((campaign_id, mine), (other_id, theirs)):
        assert client.get("/api/v1/imports", params={"campaign_id": asked}).json()["items"] == [found]


def test_what_a_file_may_be_is_told_beforehand(client: TestClient, sign_in: SignIn) -> None:
    told = client.get("/api/v1/imports/limits").json()
    assert told["largest_bytes"] == LARGEST_FILE
    assert told["suffixes"] == [".csv", ".tsv", ".txt", ".xlsx"]
    assert sign_in(Role.REP).get("/api/v1/imports/limits").status_code == 403


def test_a_workbook_of_any_name_is_taken(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    path = a_workbook(tmp_path, [HEADINGS, *people(3)])
    for name in ("Ä" * 200, "..\\..\\etc/passwd.xlsx", "no suffix"):
        answer = client.post(
            "/api/v1/imports", params={"campaign_id": campaign_id, "file_name": name}, content=path.read_bytes()
        )
        assert answer.status_code == 202, answer.text
        assert "/" not in answer.json()["file_name"]
        server.work()
    runs = client.get("/api/v1/imports").json()["items"]
    assert {run["status"] for run in runs} == {"done"}
    assert sorted(run["imported"] for run in runs) == [0, 0, 3]


def test_columns_and_dates_are_read_as_the_request_says(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path, begin: Begin
) -> None:
    path = a_file(tmp_path, [["Who", "Tel", "When"], ["Ada Lovelace", "555 0101", "03/02/2026"]])
    options = {
        "map": ["Who=full_name", "When=responded_at"],
        "area_code": "212",
        "day_first": True,
        "region": "us",
    }
    send(client, path, campaign_id, **options)
    server.work()
    with begin() as tx:
        assert tx.scalars(str, "SELECT value FROM contact_point") == ["+12125550101"]
        assert tx.scalars(str, "SELECT responded_at::date::text FROM response") == ["2026-02-03"]


def test_a_repeated_request_starts_no_second_import(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(2)])
    client.headers["idempotency-key"] = "once"
    first = send(client, path, campaign_id)
    assert send(client, path, campaign_id) == first
    server.work()
    del client.headers["idempotency-key"]
    again = send(client, path, campaign_id)
    assert again["id"] != first["id"]
    server.work()
    assert client.get(f"/api/v1/imports/{again['id']}").json()["merged"] == 2


def test_an_import_is_cancelled_and_resumed(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    sent = send(client, a_file(tmp_path, [HEADINGS, *people(2)]), campaign_id)
    url = f"/api/v1/imports/{sent['id']}"
    assert client.post(f"{url}/cancel").json()["status"] == "cancelled"
    assert client.post(f"{url}/cancel").status_code == 409
    server.work()
    assert client.get(url).json()["rows"] == 0
    assert client.post(f"{url}/resume").json()["status"] == "running"
    server.work()
    assert client.get(url).json()["imported"] == 2
    assert client.post(f"{url}/resume").status_code == 409


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"Colour,Size\nred,4\n", "No column says who somebody is"),
        (b"PK\x03\x04 no archive", "broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "is no text"),
    ],
)
def test_what_is_no_file_of_responders_is_refused_by_its_name(
    client: TestClient, campaign_id: str, content: bytes, told: str
) -> None:
    answer = client.post(
        "/api/v1/imports", params={"campaign_id": campaign_id, "file_name": "mine.csv"}, content=content
    )
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert "sent." not in answer.json()["detail"]
    assert client.get("/api/v1/imports").json()["items"] == []


def test_a_bomb_and_wrong_options_are_refused(client: TestClient, campaign_id: str, tmp_path: Path) -> None:
    def status(path: Path, **options: str) -> int:
        told = {"campaign_id": campaign_id, "file_name": path.name, **options}
        return client.post("/api/v1/imports", params=told, content=path.read_bytes()).status_code

    good = a_file(tmp_path, [HEADINGS, *people(1)])
    assert status(a_zip_bomb(tmp_path)) == 422
    assert status(good, map="Email") == 422
    assert status(good, map="Colour=email") == 422
    assert status(good, region="Atlantis") == 422
    assert status(good, area_code="x") == 422
    assert status(good, file_name="...") == 422
    assert status(good, campaign_id=str(new_id())) == 404


# Responses


def test_one_response_is_taken_in_and_its_lead_told(client: TestClient, campaign_id: str) -> None:
    body = {"campaign_id": campaign_id, "record": {**ADA, "phone": "12", "plan": "Enterprise", "source": "chat"}}
    answer = client.post("/api/v1/responses", json=body)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["outcome"], told["is_new_response"], told["stage"]) == ("imported", True, "inquiry")
    assert [(error["column"], error["value"]) for error in told["errors"]] == [("phone", "12")]
    again = client.post("/api/v1/responses", json=body).json()
    assert (again["outcome"], again["is_new_response"]) == ("merged", False)
    assert (again["person_id"], again["lead_id"]) == (told["person_id"], told["lead_id"])
    received = client.get(f"/api/v1/persons/{told['person_id']}/received").json()["items"]
    assert len(received) == 2
    assert '" ada@engines.example "' in received[0]["received"], "kept as it was sent"


def test_somebody_known_by_an_id_alone_is_taken_in(client: TestClient, campaign_id: str) -> None:
    body = {"campaign_id": campaign_id, "record": {"external_id": "chat:visitor-42"}}
    first, again = client.post("/api/v1/responses", json=body), client.post("/api/v1/responses", json=body)
    assert (first.json()["outcome"], again.json()["outcome"]) == ("imported", "merged")
    body["record"] = {
        "external_id": "chat:visitor-42",
        "email": "ada@engines.example",
        "full_name": "Ada Lovelace",
    }
    assert client.post("/api/v1/responses", json=body).json()["person_id"] == first.json()["person_id"]


def test_a_record_that_tells_of_nobody_is_refused(client: TestClient, campaign_id: str) -> None:
    answer = client.post("/api/v1/responses", json={"campaign_id": campaign_id, "record": {"email": "ada@"}})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["record.email", "record"]
    unknown = client.post("/api/v1/responses", json={"campaign_id": str(new_id()), "record": ADA})
    assert unknown.status_code == 404


def test_good_records_of_a_batch_go_in_whatever_becomes_of_the_others(
    client: TestClient, campaign_id: str
) -> None:
    records = [
        ADA,
        {"plan": "none"},
        {**ADA, "email": "bo@looms.example", "first_name": "Bo", "company": "Looms"},
        ADA,
    ]
    answer = client.post("/api/v1/responses/batch", json={"campaign_id": campaign_id, "records": records})
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["outcome"] for item in items] == ["imported", "rejected", "imported", "merged"]
    assert items[0]["lead_id"] == items[3]["lead_id"]
    assert "tells of nobody" in items[1]["errors"][0]["reason"]


def test_a_batch_has_its_size(client: TestClient, campaign_id: str) -> None:
    for count in (0, MOST_RECORDS + 1):
        answer = client.post(
            "/api/v1/responses/batch", json={"campaign_id": campaign_id, "records": [ADA] * count}
        )
        assert answer.status_code == 422


# What was received


def test_received_rows_are_paged_in_their_order(
    client: TestClient, campaign_id: str, server: Server, tmp_path: Path
) -> None:
    sent = send(client, a_file(tmp_path, [HEADINGS, *people(5)]), campaign_id)
    server.work()
    assert numbers_of(client, sent["id"]) == [2, 3, 4, 5, 6]


def test_received_rows_are_paged_from_the_newest_back(client: TestClient, campaign_id: str) -> None:
    form = client.post("/api/v1/forms", json={"name": "Demo", "campaign_id": campaign_id}).json()
    asked = {"newest_first": "true"}
    assert numbers_of(client, form["id"], **asked) == []
    sent = client.post(
        "/api/v1/responses/batch",
        json={"campaign_id": campaign_id, "records": [ADA, {"city": "London"}, ADA, {"city": "Paris"}, ADA]},
    )
    assert sent.status_code == 200
    person = sent.json()["items"][0]["person_id"]
    source = client.get(f"/api/v1/persons/{person}/received").json()["items"][0]["source_id"]
    assert numbers_of(client, source, **asked) == [5, 4, 3, 2, 1]
    assert numbers_of(client, source, **asked, only_wrong="true") == [4, 2]


def numbers_of(client: TestClient, source_id: str, **asked: str) -> list[int]:
    """The row numbers of all that a source received, page by page."""
    numbers: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        told = {"limit": "2", **asked} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"/api/v1/received/{source_id}", params=told).json()
        numbers += [one["row_number"] for one in page["items"]]
        cursor = page["next_cursor"]
    return numbers


def test_what_was_received_and_agreed_to_follows_a_merge(
    client: TestClient, campaign_id: str, begin: Begin
) -> None:
    def respond(email: str) -> UUID:
        record = {"email": email, "external_id": f"crm:{email}"}
        answer = client.post("/api/v1/responses", json={"campaign_id": campaign_id, "record": record})
        return UUID(answer.json()["person_id"])

    one, other = respond("ada@engines.example"), respond("countess@home.example")
    with begin() as tx:
        tx.execute(
            "INSERT INTO consent_record (id, person_id, purpose, wording, obtained_by, obtained_at, evidence)"
            " VALUES (%(id)s, %(person)s, 'contact', 'I agree.', 'form:x', %(now)s, '{}')",
            id=new_id(),
            person=other,
            now=tx.now,
        )
        merged = persons.merge_persons(tx, one, other)
    for identifier in (one, other):
        assert len(client.get(f"/api/v1/persons/{identifier}/received").json()["items"]) == 2
        consents = client.get(f"/api/v1/persons/{identifier}/consents").json()["items"]
        assert [consent["wording"] for consent in consents] == ["I agree."]
    with begin() as tx:
        persons.undo_merge(tx, merged.id)
    assert client.get(f"/api/v1/persons/{one}/consents").json()["items"] == []
    assert len(client.get(f"/api/v1/persons/{other}/received").json()["items"]) == 1
    assert client.get(f"/api/v1/persons/{new_id()}/consents").status_code == 404


# Forms and hooks over the API


def test_a_form_is_made_read_and_changed_by_version(
    client: TestClient, campaign_id: str, nobody: TestClient
) -> None:
    made = client.post(
        "/api/v1/forms", json={"name": "Talk to us", "campaign_id": campaign_id, "consent_wording": "I agree."}
    )
    assert made.status_code == 201
    form = made.json()
    assert [field["field"] for field in form["fields"]] == ["first_name", "last_name", "email", "phone", "company"]
    assert nobody.get(form["address"].partition("8642")[2]).status_code == 200
    url = f"/api/v1/forms/{form['id']}"
    closed = client.patch(url, json={"is_active": False}, headers={"if-match": made.headers["etag"]})
    assert (closed.json()["is_active"], closed.json()["version"]) == (False, 2)
    stale = client.patch(url, json={"thanks": "Ta."}, headers={"if-match": made.headers["etag"]})
    assert stale.status_code == 412
    assert nobody.get(form["address"].partition("8642")[2]).status_code == 404
    assert client.get("/api/v1/forms").json()["items"] == [client.get(url).json()]


def test_a_hooks_secret_is_told_once_even_to_who_repeats(client: TestClient, campaign_id: str) -> None:
    body = {"name": "Chat", "campaign_id": campaign_id, "mapping": {"lead.mail": "email"}}
    first = client.post("/api/v1/hooks", json=body, headers={"idempotency-key": "k"})
    again = client.post("/api/v1/hooks", json=body, headers={"idempotency-key": "k"})
    assert first.json()["secret"].startswith("whsec_")
    assert again.json() == first.json() | {"secret": None}
    assert "secret" not in client.get(f"/api/v1/hooks/{first.json()['id']}").json()
    changed = client.patch(
        f"/api/v1/hooks/{first.json()['id']}", json={"is_active": False}, headers={"if-match": '"1"'}
    )
    assert changed.json()["is_active"] is False


# Who may


@pytest.mark.parametrize("role", [Role.REP, Role.AE])
def test_reps_and_aes_bring_nobody_in(sign_in: SignIn, campaign_id: str, role: Role) -> None:
    client = sign_in(role)
    told = {"campaign_id": campaign_id}
    assert client.post("/api/v1/responses", json=told | {"record": ADA}).status_code == 403
    assert client.post("/api/v1/responses/batch", json=told | {"records": [ADA]}).status_code == 403
    assert client.post("/api/v1/imports", params=told | {"file_name": "x.csv"}, content=b"x").status_code == 403
    assert client.post("/api/v1/forms", json=told | {"name": "x"}).status_code == 403
    assert client.post("/api/v1/hooks", json=told | {"name": "x"}).status_code == 403
