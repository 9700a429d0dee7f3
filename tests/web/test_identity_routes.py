"""Identity over HTTP: edits by version, repeats by key, pages by cursor, the event log."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_team, a_user
from offhook.identity import Role
from web.conftest import SignIn

WEEK = [[["09:00", "24:00"]]] * 5 + [[], []]


def test_me_tells_whose_token_this_is_and_what_it_may(sign_in: SignIn) -> None:
    me = sign_in(Role.REP, "users:read", "leads:read").get("/api/v1/me").json()
    assert (me["role"], me["permissions"]) == ("rep", ["leads:read", "users:read"])


def test_an_edit_moves_the_etag_on_and_an_old_one_is_refused(sign_in: SignIn) -> None:
    admin = sign_in()
    added = admin.post("/api/v1/users", json={"email": "rep@acme.example", "name": "Rep", "role": "rep"})
    assert (added.status_code, added.headers["etag"]) == (201, '"1"')
    url = f"/api/v1/users/{added.json()['id']}"
    changed = admin.patch(url, json={"capacity": 3}, headers={"if-match": added.headers["etag"]})
    assert (changed.json()["capacity"], changed.headers["etag"]) == (3, '"2"')
    cleared = admin.patch(url, json={"capacity": None}, headers={"if-match": '"2"'})
    assert cleared.json()["capacity"] is None
    assert cleared.json()["name"] == "Rep"
    assert admin.patch(url, json={"capacity": 3}, headers={"if-match": '"1"'}).status_code == 412
    assert admin.get(url).headers["etag"] == '"3"'


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"])
def test_a_moment_beyond_the_calendar_is_refused(sign_in: SignIn, moment: str) -> None:
    admin = sign_in()
    user = admin.get("/api/v1/me").json()["id"]
    answer = admin.post("/api/v1/absences", json={"user_id": user, "starts_at": moment, "ends_at": moment})
    assert answer.status_code == 422
    away = {"user_id": user, "starts_at": "2026-03-02T09:00:00Z", "ends_at": "9999-12-31T23:00:00-05:00"}
    assert admin.post("/api/v1/absences", json=away).status_code == 422


def test_a_required_value_cannot_be_cleared(sign_in: SignIn) -> None:
    admin = sign_in()
    url = f"/api/v1/users/{admin.get('/api/v1/me').json()['id']}"
    assert admin.patch(url, json={"name": None}, headers={"if-match": '"1"'}).status_code == 422


def test_a_repeated_post_does_its_work_once(sign_in: SignIn) -> None:
    admin, key = sign_in(), {"idempotency-key": str(uuid4())}
    first = admin.post("/api/v1/teams", json={"name": "West"}, headers=key)
    again = admin.post("/api/v1/teams", json={"name": "West"}, headers=key)
    assert first.json() == again.json()
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    other = admin.post("/api/v1/teams", json={"name": "East"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:offhook:problem:idempotency-key-reused")


def test_two_of_the_same_at_once_do_the_work_once(sign_in: SignIn) -> None:
    admin, key = sign_in(), {"idempotency-key": str(uuid4())}
    with ThreadPoolExecutor(4) as pool:
        same = [pool.submit(admin.post, "/api/v1/absences", json=away_of(admin), headers=key) for _ in range(4)]
        answers = [one.result() for one in same]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    assert len(admin.get("/api/v1/absences").json()["items"]) == 1


def test_a_refused_post_may_be_mended_and_sent_again_with_its_key(sign_in: SignIn) -> None:
    admin, key = sign_in(), {"idempotency-key": str(uuid4())}
    wrong = admin.post("/api/v1/teams", json={"name": "West", "time_zone": "Nowhere"}, headers=key)
    assert wrong.status_code == 422
    right = admin.post("/api/v1/teams", json={"name": "West", "time_zone": "UTC"}, headers=key)
    assert right.status_code == 201


def test_keys_of_two_users_do_not_meet(sign_in: SignIn) -> None:
    key = {"idempotency-key": "the-same"}
    for admin, name in ((sign_in(), "West"), (sign_in(), "East")):
        assert admin.post("/api/v1/teams", json={"name": name}, headers=key).json()["name"] == name


def away_of(client: TestClient) -> dict[str, str]:
    """An absence of whose token this is."""
    me = client.get("/api/v1/me").json()
    return {"user_id": me["id"], "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z"}


def test_a_repeated_answer_does_not_tell_a_tokens_text_again(sign_in: SignIn, begin: Begin) -> None:
    admin, key = sign_in(), {"idempotency-key": str(uuid4())}
    first = admin.post("/api/v1/tokens", json={"name": "ci", "scopes": ["leads:read"]}, headers=key)
    again = admin.post("/api/v1/tokens", json={"name": "ci", "scopes": ["leads:read"]}, headers=key)
    text = first.json()["token"]
    assert again.json() == first.json() | {"token": None}
    with begin() as tx:
        kept = tx.scalars(str, "SELECT convert_from(body, 'UTF8') FROM idempotency_key")
    assert kept
    assert all(text.rsplit("_", 1)[1] not in body for body in kept)


def test_an_issued_token_works_until_it_is_revoked(sign_in: SignIn, nobody: TestClient) -> None:
    admin = sign_in()
    issued = admin.post("/api/v1/tokens", json={"name": "ci"}).json()
    headers = {"authorization": f"Bearer {issued['token']}"}
    assert nobody.get("/api/v1/me", headers=headers).status_code == 200
    assert admin.post(f"/api/v1/tokens/{issued['id']}/revoke").json()["revoked_at"]
    refused = nobody.get("/api/v1/me", headers=headers)
    assert (refused.status_code, "revoked" in refused.json()["detail"]) == (401, True)


def test_teams_absences_hours_and_passwords_over_http(sign_in: SignIn) -> None:
    admin = sign_in()
    team = admin.post("/api/v1/teams", json={"name": "West", "time_zone": "America/Denver"}).json()
    url = f"/api/v1/teams/{team['id']}"
    changed = admin.patch(url, json={"engaged_people": 3}, headers={"if-match": '"1"'})
    assert changed.json()["engaged_people"] == 3
    assert admin.get(url).json() == changed.json()

    hours = admin.get(f"{url}/business-hours")
    assert (hours.json()["is_own"], hours.headers["etag"]) == (False, '"0"')
    wanted = {"time_zone": "America/Denver", "week": WEEK, "holidays": ["2026-07-03"]}
    own = admin.put(f"{url}/business-hours", json=wanted, headers={"if-match": '"0"'})
    assert own.json() == wanted | {"team_id": team["id"], "is_own": True, "version": 1}
    late = {"time_zone": "UTC", "week": [[["24:00", "24:00"]], *WEEK[1:]]}
    for path in (url, "/api/v1/organisation"):
        answer = admin.put(f"{path}/business-hours", json=late, headers={"if-match": '"1"'})
        assert answer.status_code == 422

    dropped = admin.delete(f"{url}/business-hours", headers={"if-match": '"1"'})
    assert (dropped.json()["is_own"], dropped.headers["etag"]) == (False, '"0"')

    me = admin.get("/api/v1/me").json()
    away = {"user_id": me["id"], "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00+01:00"}
    absence = admin.post("/api/v1/absences", json=away).json()
    assert admin.get("/api/v1/absences").json()["items"] == [absence]
    gone = f"/api/v1/absences/{absence['id']}"
    assert admin.delete(gone, headers={"if-match": '"2"'}).status_code == 412
    assert admin.delete(gone, headers={"if-match": '"1"'}).json() == absence
    assert admin.get("/api/v1/absences").json()["items"] == []

    password = {"password": "correct horse battery"}
    assert admin.post(f"/api/v1/users/{me['id']}/password", json=password).status_code == 200


@pytest.mark.parametrize("path", ["users", "teams", "tokens", "events"])
def test_pages_meet_without_a_gap_or_a_repeat(sign_in: SignIn, begin: Begin, path: str) -> None:
    with begin() as tx:
        for _ in range(4):
            a_user(tx), a_team(tx)
    admin = sign_in()
    for _ in range(2):
        admin.post("/api/v1/tokens", json={"name": "one more"})
    whole = admin.get(f"/api/v1/{path}").json()["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"/api/v1/{path}?limit=2{cursor}").json()
        assert len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    strip = [{k: v for k, v in one.items() if k != "last_used_at"} for one in found]
    assert strip == [{k: v for k, v in one.items() if k != "last_used_at"} for one in whole]
    assert len(found) >= 3


@pytest.mark.parametrize("path", ["users", "teams", "tokens", "events", "absences"])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIl0", "W10", "WzEsMl0", "Wy0xXQ"])
def test_a_cursor_of_another_list_is_refused(sign_in: SignIn, path: str, cursor: str) -> None:
    answer = sign_in().get(f"/api/v1/{path}?cursor={cursor}")
    is_position = path == "events" and cursor == "WzFd"
    assert answer.status_code == (200 if is_position else 422), answer.text


def test_the_log_is_followed_by_its_cursor_and_filtered(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        team = a_team(tx)
    admin = sign_in()
    seen = admin.get("/api/v1/events").json()
    resume = seen["resume_cursor"]
    assert admin.get(f"/api/v1/events?cursor={resume}").json()["items"] == []
    with begin() as tx:
        a_team(tx), a_user(tx)
    kinds = [one["kind"] for one in admin.get(f"/api/v1/events?cursor={resume}").json()["items"]]
    assert kinds == ["team.added", "user.added"]
    of_team = admin.get(f"/api/v1/events?subject=team:{team.id}").json()["items"]
    assert [one["kind"] for one in of_team] == ["team.added"]
    users = admin.get("/api/v1/events?kind=user.*").json()["items"]
    assert {one["kind"] for one in users} == {"user.added"}
    assert admin.get("/api/v1/events?kind=user").json()["items"] == []
    assert all(one["actor"] == "system" for one in users)


def test_the_log_is_read_from_the_newest_backward(sign_in: SignIn, begin: Begin) -> None:
    admin = sign_in()
    with begin() as tx:
        added = [a_team(tx).id for _ in range(3)]
    newest = admin.get("/api/v1/events?newest_first=true&kind=team.*&limit=2").json()
    assert [one["subject"] for one in newest["items"]] == [f"team:{one}" for one in (added[2], added[1])]
    assert newest["resume_cursor"] is None
    older = admin.get(
        f"/api/v1/events?newest_first=true&kind=team.*&limit=2&cursor={newest['next_cursor']}"
    ).json()
    assert older["items"][0]["subject"] == f"team:{added[0]}"


def test_an_edit_bears_the_name_of_who_made_it(sign_in: SignIn) -> None:
    admin = sign_in()
    me = admin.get("/api/v1/me").json()
    admin.post("/api/v1/teams", json={"name": "West"})
    last = admin.get("/api/v1/events?kind=team.added").json()["items"][-1]
    assert last["actor"] == f"user:{me['id']}"


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Generator[list[object]]:
    """The statements that are run meanwhile."""
    said: list[object] = []
    execute = psycopg.Cursor.execute

    def noting(self: psycopg.Cursor, query: object, *rest: object, **named: object) -> object:
        said.append(query)
        return execute(self, query, *rest, **named)  # pyright: ignore[reportArgumentType] # as it came

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noting)
        yield said


@pytest.mark.parametrize("path", ["users", "teams", "tokens", "absences", "events"])
def test_a_list_costs_as_many_statements_long_as_short(
    sign_in: SignIn, begin: Begin, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    with begin() as tx:
        for _ in range(5):
            a_user(tx), a_team(tx)
    admin = sign_in()
    admin.get("/api/v1/me")
    with counted(monkeypatch) as short:
        admin.get(f"/api/v1/{path}?limit=1")
    with counted(monkeypatch) as long:
        admin.get(f"/api/v1/{path}?limit=200")
    assert len(short) == len(long) > 0
