"""People over HTTP: what the routes promise beyond the use cases: versions, pages, repeats, words for mistakes."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from offhook.identity import Role
from web.conftest import SignIn

ADA = {"full_name": "Ada Byron", "email": "ada@engines.example", "company": "Engines Ltd"}
KOCH = {"full_name": "Robert Koch", "email": "koch@charite.example", "phone": "+49 30 45050"}


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """Somebody who may do it all."""
    return sign_in(Role.ADMIN)


def added(client: TestClient, body: dict[str, Any], path: str = "persons") -> dict[str, Any]:
    """A person or account that was just added."""
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_person_is_added_read_and_changed_by_version(client: TestClient) -> None:
    ada = added(client, {**ADA, "attributes": {"Plan": "gold"}})
    url = f"/api/v1/persons/{ada['id']}"
    read = client.get(url)
    assert read.json() == ada
    assert read.headers["etag"] == f'"{ada["version"]}"'

    changed = client.patch(
        url, json={"title": "Countess", "company": None}, headers={"if-match": read.headers["etag"]}
    )
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["company"]) == ("Countess", None)
    assert changed.json()["attributes"] == {"Plan": "gold"}
    stale = client.patch(url, json={"title": "Programmer"}, headers={"if-match": read.headers["etag"]})
    assert stale.status_code == 412


def test_who_is_known_is_refused_with_their_id_unless_said_to_be_another(client: TestClient) -> None:
    ada = added(client, ADA)
    again = client.post("/api/v1/persons", json=ADA)
    assert again.status_code == 409
    assert again.json()["type"] == "urn:offhook:problem:known-already"
    assert again.json()["errors"][0]["value"] == ada["id"]
    assert added(client, {**ADA, "is_another": True})["id"] != ada["id"]


def test_wrong_values_are_named_one_by_one(client: TestClient) -> None:
    answer = client.post("/api/v1/persons", json={"full_name": "Ada", "email": "ada", "country": "Atlantis"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"email", "country"}


def test_contact_points_are_put_and_deleted_under_the_persons_version(client: TestClient) -> None:
    ada = added(client, ADA)
    url = f"/api/v1/persons/{ada['id']}/contact-points"
    put = client.put(f"{url}/phone/+13125550134", json={"label": "work"}, headers={"if-match": '"1"'})
    assert put.status_code == 200, put.text
    assert {point["value"] for point in put.json()["contact_points"]} == {"ada@engines.example", "+13125550134"}
    assert client.put(f"{url}/phone/+13125550134", json={}, headers={"if-match": '"1"'}).status_code == 412
    odd = client.put(f"{url}/external_id/crm:a/b", json={}, headers={"if-match": '"2"'})
    assert {"crm:a/b"} <= {point["value"] for point in odd.json()["contact_points"]}
    gone = client.delete(f"{url}/external_id/crm:a/b", headers={"if-match": '"3"'})
    assert gone.status_code == 200
    assert client.delete(f"{url}/external_id/crm:a/b", headers={"if-match": '"4"'}).status_code == 404


def test_persons_are_listed_page_by_page_and_narrowed(client: TestClient) -> None:
    ada, koch = added(client, ADA), added(client, {**KOCH, "attributes": {"Plan": "gold"}})
    first = client.get("/api/v1/persons?limit=1").json()
    assert [one["id"] for one in first["items"]] == [ada["id"]]
    second = client.get(f"/api/v1/persons?limit=1&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in second["items"]] == [koch["id"]]
    assert second["next_cursor"] is None
    for query in (
        "name=robert k",
        "search=Róbert",
        "search=koch rob",
        "search=KOCH@char",
        "email=Koch@CHARITE.example",
        "phone=%2B49 (0)30 45050",
        f"account_id={koch['account_id']}",
        "domain=www.charite.example",
        "attribute=Plan&value=gold",
    ):
        found = client.get(f"/api/v1/persons?{query}")
        assert [one["id"] for one in found.json()["items"]] == [koch["id"]], query


@pytest.mark.parametrize(
    "query",
    [
        "email=nobody",
        "phone=12",
        "email=a@x.example&phone=%2B493045050",
        "attribute=Plan",
        "domain=gmail",
        "name=koch&search=koch",
        "search=%00",
        "name=%00",
        "cursor=nonsense",
        "limit=0",
    ],
)
def test_what_cannot_be_looked_for_is_told(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/persons?{query}").status_code == 422


def test_accounts_are_added_found_and_changed(client: TestClient) -> None:
    made = added(client, {"name": "Engines Ltd", "website": "engines.example"}, "accounts")
    assert added(client, ADA)["account_id"] == made["id"]
    assert (
        client.post("/api/v1/accounts", json={"name": "Engines Limited", "website": "engines.example"}).status_code
        == 409
    )
    url = f"/api/v1/accounts/{made['id']}"
    changed = client.patch(url, json={"employees": 40, "attributes": {"Tier": "1"}}, headers={"if-match": '"1"'})
    assert (changed.json()["employees"], changed.json()["attributes"]) == (40, {"Tier": "1"})
    assert client.get(url).headers["etag"] == '"2"'
    for query in ("name=ENG", "domain=engines.example", "attribute=Tier&value=1"):
        found = client.get(f"/api/v1/accounts?{query}").json()["items"]
        assert [one["id"] for one in found] == [made["id"]], query


def test_a_merge_is_told_listed_and_undone(client: TestClient) -> None:
    ada, koch = added(client, ADA), added(client, KOCH)
    made = client.post(f"/api/v1/persons/{ada['id']}/merge", json={"absorbed_id": koch["id"]})
    assert made.status_code == 201
    assert client.get(f"/api/v1/persons/{koch['id']}").json()["id"] == ada["id"]
    merge = made.json()
    listed = client.get(f"/api/v1/merges?kind=person&record_id={koch['id']}").json()["items"]
    assert listed == [merge]
    undone = client.post(f"/api/v1/merges/{merge['id']}/undo")
    assert undone.status_code == 200
    assert client.get(f"/api/v1/merges/{merge['id']}").json() == undone.json()
    assert client.get(f"/api/v1/persons/{koch['id']}").json()["id"] == koch["id"]
    assert client.post(f"/api/v1/merges/{merge['id']}/undo").status_code == 409


def test_a_merge_that_is_sent_twice_is_done_once(client: TestClient) -> None:
    ada, koch = added(client, ADA), added(client, KOCH)
    url, headers = f"/api/v1/persons/{ada['id']}/merge", {"idempotency-key": "merge-1"}
    first, second = (client.post(url, json={"absorbed_id": koch["id"]}, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"


def test_accounts_merge_with_their_persons(client: TestClient) -> None:
    ada, koch = added(client, ADA), added(client, KOCH)
    made = client.post(f"/api/v1/accounts/{ada['account_id']}/merge", json={"absorbed_id": koch["account_id"]})
    assert made.status_code == 201
    assert client.get(f"/api/v1/persons/{koch['id']}").json()["account_id"] == ada["account_id"]


@pytest.mark.parametrize(("decision", "status"), [("merge", "merged"), ("distinct", "distinct")])
def test_a_doubtful_pair_is_looked_at_and_decided(client: TestClient, decision: str, status: str) -> None:
    older = added(client, {"full_name": "Mary Smith", "phone": "+1 312 555 0134"})
    younger = added(client, {"full_name": "Mary Smith"})
    pairs = client.get("/api/v1/reviews?kind=person").json()["items"]
    assert [(pair["left"]["id"], pair["right"]["id"]) for pair in pairs] == [(older["id"], younger["id"])]
    url = f"/api/v1/reviews/{pairs[0]['id']}"
    assert client.get(url).json() == pairs[0]
    decided = client.post(f"{url}/decision", json={"decision": decision})
    assert decided.json()["status"] == status
    assert (decided.json()["merge"] is not None) == (decision == "merge")
    assert client.get("/api/v1/reviews").json()["items"] == []
    assert client.get(f"/api/v1/reviews?status={status}").json()["items"][0]["decided_by"].startswith("user:")


def test_reps_may_merge_persons_but_not_accounts(client: TestClient, sign_in: SignIn) -> None:
    ada, koch = added(client, ADA), added(client, KOCH)
    rep = sign_in(Role.REP)
    refused = rep.post(f"/api/v1/accounts/{ada['account_id']}/merge", json={"absorbed_id": koch["account_id"]})
    assert refused.status_code == 403
    assert rep.post(f"/api/v1/persons/{ada['id']}/merge", json={"absorbed_id": koch["id"]}).status_code == 201
