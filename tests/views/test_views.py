"""Saved views and preferences over HTTP: whose they are, who sees them, who changes them."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from offhook.identity import Role
from web.conftest import SignIn, app, sign_in

__all__ = ["app", "sign_in"]

API = "/api/v1"
HOT = {"screen": "leads", "name": "Hot", "query": {"sort": "-score", "stage": ["mql"], "columns": ["name"]}}


def save(client: TestClient, **changes: object) -> dict[str, object]:
    """Save a view and return the answer."""
    answer = client.post(f"{API}/views", json=HOT | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(client: TestClient, **params: object) -> list[str]:
    """The names of the views that somebody sees."""
    return [one["name"] for one in client.get(f"{API}/views", params=params).json()["items"]]


def tag(version: object) -> dict[str, str]:
    """The header that names a version."""
    return {"if-match": f'"{version}"'}


def test_a_view_is_saved_changed_and_removed(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    made = save(rep)
    assert (made["query"], made["is_shared"], made["version"]) == (HOT["query"], False, 1)
    url = f"{API}/views/{made['id']}"
    assert rep.get(url).headers["etag"] == '"1"'
    changed = rep.patch(url, json={"name": "Hotter", "query": {"sort": "name"}}, headers=tag(1))
    assert (changed.json()["name"], changed.json()["query"], changed.headers["etag"]) == (
        "Hotter",
        {"sort": "name"},
        '"2"',
    )
    assert rep.patch(url, json={"is_shared": True}, headers=tag(1)).status_code == 412
    assert rep.patch(url, json={"is_shared": True}).status_code == 428
    assert rep.delete(url, headers=tag(1)).status_code == 412
    assert rep.delete(url, headers=tag(2)).json()["name"] == "Hotter"
    assert rep.get(url).status_code == 404


def test_one_sees_ones_own_and_the_shared_views_of_a_screen(sign_in: SignIn) -> None:
    rep, other = sign_in(Role.REP), sign_in(Role.REP)
    private = save(rep, name="Mine")
    save(rep, name="all of ours", is_shared=True)
    save(other, name="Theirs")
    save(other, name="Big ones", screen="accounts", is_shared=True)
    assert names(rep, screen="leads") == ["all of ours", "Mine"]
    assert names(other, screen="leads") == ["all of ours", "Theirs"]
    assert names(rep) == ["all of ours", "Big ones", "Mine"]
    url = f"{API}/views/{private['id']}"
    assert other.get(url).status_code == 404
    assert other.patch(url, json={"name": "Yours"}, headers=tag(1)).status_code == 404
    assert other.delete(url, headers=tag(1)).status_code == 404


def test_a_shared_view_is_changed_by_its_owner_and_by_those_who_assign_leads(sign_in: SignIn) -> None:
    owner, other, manager = sign_in(Role.REP), sign_in(Role.REP), sign_in(Role.MANAGER)
    url = f"{API}/views/{save(owner, is_shared=True)['id']}"
    refused = other.patch(url, json={"name": "Mine now"}, headers=tag(1))
    assert refused.status_code == 403, refused.text
    assert other.delete(url, headers=tag(1)).status_code == 403
    changed = manager.patch(url, json={"name": "Agreed", "is_shared": False}, headers=tag(1))
    assert changed.status_code == 200
    assert manager.get(url).status_code == 404, "what is not shared any more is its owner's alone"
    assert owner.get(url).json()["name"] == "Agreed"


def test_a_name_is_given_once_per_owner_and_screen(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    save(rep)
    cold = save(rep, name="Cold")
    again = rep.post(f"{API}/views", json=HOT | {"name": "HOT "})
    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == "name"
    assert rep.patch(f"{API}/views/{cold['id']}", json={"name": "hot"}, headers=tag(1)).status_code == 409
    save(rep, screen="accounts")
    save(sign_in(Role.REP))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"screen": "x" * 41}, "screen"),
        ({"query": {"text": "é" * 4_097}}, "query"),
        ({"query": ["sort"]}, "query"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_view_is_refused_by_field(sign_in: SignIn, wrong: dict[str, object], field: str) -> None:
    answer = sign_in(Role.REP).post(f"{API}/views", json=HOT | wrong)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_query_of_eight_kilobytes_comes_back_as_it_was_sent(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    query = {"text": "é" * 4_000, "nested": {"a": [1, None, True, "<script>"]}}
    made = save(rep, query=query)
    assert rep.get(f"{API}/views/{made['id']}").json()["query"] == query


def test_views_come_in_pages_by_name(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    wanted = [f"View {letter}" for letter in "ABCDE"]
    for name in reversed(wanted):
        save(rep, name=name)
    found: list[str] = []
    cursor = None
    while True:
        page = rep.get(f"{API}/views", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == wanted
    assert rep.get(f"{API}/views", params={"cursor": "WzEsMl0"}).status_code == 422


def test_preferences_are_ones_own_and_have_a_version(sign_in: SignIn) -> None:
    rep, other = sign_in(Role.REP), sign_in(Role.AE)
    url = f"{API}/me/preferences"
    never_said = rep.get(url)
    assert never_said.json() == {"language": None, "theme": "system", "density": "comfortable", "version": 0}
    assert never_said.headers["etag"] == '"0"'
    wanted = {"language": "es", "theme": "dark", "density": "compact"}
    assert rep.put(url, json=wanted).status_code == 428
    said = rep.put(url, json=wanted, headers=tag(0))
    assert said.json() == wanted | {"version": 1}
    assert rep.put(url, json={"theme": "light"}, headers=tag(0)).status_code == 412
    again = rep.put(url, json={"theme": "light"}, headers=tag(1))
    assert again.json() == {"language": None, "theme": "light", "density": "comfortable", "version": 2}
    assert rep.get(url).json() == again.json()
    assert other.get(url).json()["version"] == 0
    wrong = rep.put(url, json={"language": "xx", "theme": "pink"}, headers=tag(2))
    assert {one["field"] for one in wrong.json()["errors"]} == {"language", "theme"}


def test_what_only_reads_neither_saves_views_nor_preferences(sign_in: SignIn) -> None:
    reader = sign_in(Role.ADMIN, "users:read")
    assert reader.get(f"{API}/views").json()["items"] == []
    assert reader.post(f"{API}/views", json=HOT).status_code == 403
    assert reader.put(f"{API}/me/preferences", json={}, headers=tag(0)).status_code == 403
    assert reader.get(f"{API}/views/{uuid4()}").status_code == 404
