"""The routes of the calling rules by role, and what they answer."""

from offhook.identity import Role
from web.conftest import SignIn

BASE = "/api/v1/compliance"
NUMBER = "+12125550123"
IS_FIRST = {"if-match": '"1"'}


def test_everybody_reads_and_each_role_changes_what_is_its_own(sign_in: SignIn) -> None:
    for role in Role:
        client = sign_in(role)
        for path in (
            "settings",
            "rules",
            "verdicts",
            "do-not-call",
            "do-not-call/lists",
            f"check?number=%2B{NUMBER[1:]}",
        ):
            assert client.get(f"{BASE}/{path}").status_code == 200, (role, path)
        added = client.post(f"{BASE}/do-not-call", json={"number": NUMBER, "reason": f"by {role}"})
        assert added.status_code == 201, role
        removed = client.delete(f"{BASE}/do-not-call/{NUMBER}?reason=asked", headers=IS_FIRST)
        assert removed.status_code == (200 if role in {Role.MANAGER, Role.ADMIN} else 403), role
        sent = client.put(f"{BASE}/settings", json={}, headers={"if-match": '"0"'})
        assert sent.status_code == (200 if role is Role.ADMIN else 403), role


def test_settings_are_edited_by_their_version(sign_in: SignIn) -> None:
    admin = sign_in()
    read = admin.get(f"{BASE}/settings")
    assert (read.headers["etag"], read.json()["countries"]) == ('"0"', [])
    body = {"countries": ["GB", "DE"], "opens": "09:00", "days": [0, 1, 2]}
    zoned = admin.put(f"{BASE}/settings", json=body | {"closes": "18:00Z"}, headers={"if-match": '"0"'})
    assert zoned.status_code == 422, "a clock on the wall has no zone"
    saved = admin.put(f"{BASE}/settings", json=body, headers={"if-match": read.headers["etag"]})
    assert (saved.json()["version"], saved.json()["countries"], saved.json()["opens"]) == (
        1,
        ["DE", "GB"],
        "09:00",
    )
    assert admin.put(f"{BASE}/settings", json=body, headers={"if-match": '"0"'}).status_code == 412
    wrong = admin.put(f"{BASE}/settings", json={"countries": ["XX"]}, headers=IS_FIRST)
    assert wrong.json()["errors"][0]["field"] == "countries"


def test_a_check_tells_every_reason_with_its_source(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.post(f"{BASE}/do-not-call", json={"number": "+33142685300", "reason": "Asked by letter"})
    told = admin.get(f"{BASE}/check", params={"number": "+33142685300"}).json()
    assert not told["is_allowed"]
    assert {"country", "do-not-call"} <= {one["code"] for one in told["refusals"]}
    assert told["regions"] == ["FR"]
    assert admin.get(f"{BASE}/verdicts").json()["items"] == [], "a check keeps no record"


def test_rules_are_told_by_region_with_source_and_date(sign_in: SignIn) -> None:
    items = sign_in(Role.REP).get(f"{BASE}/rules", params={"region": "fr"}).json()["items"]
    hours = next(one for one in items if one["kind"] == "hours")
    assert hours["hours"]["mon"] == "10:00-13:00 14:00-20:00"
    assert "sat" not in hours["hours"]
    assert (hours["since"], hours["is_in_force"], hours["holidays"]) == ("2023-03-01", True, True)
    assert "D. 223-9" in hours["source"]
    assert next(one for one in items if one["kind"] == "consent")["is_in_force"] is False


def test_lists_go_in_as_files_and_out_again(sign_in: SignIn) -> None:
    admin = sign_in()
    binary = {"content-type": "application/octet-stream"}
    registry = admin.post(
        f"{BASE}/do-not-call/lists?name=National&days=31", content=b"212,5550123\nx\n", headers=binary
    )
    assert registry.json() | {"to_list": None, "wrong": None} == {
        "to_list": None, "read": 1, "added": 1, "removed": 0, "wrong_lines": 1, "wrong": None,
    }  # fmt: skip
    (shown,) = admin.get(f"{BASE}/do-not-call/lists").json()["items"]
    assert shown["numbers"] == 1
    own = admin.post(f"{BASE}/do-not-call/import?reason=Old", content="number\n+13055550123\n", headers=binary)
    assert own.json()["added"] == 1
    exported = admin.get(f"{BASE}/do-not-call/export?format=csv").text
    assert exported.splitlines()[1].startswith("+13055550123,Old,import")
    again = admin.post(f"{BASE}/do-not-call/import?reason=Old", content=exported.encode(), headers=binary)
    assert (again.json()["read"], again.json()["added"], again.json()["wrong_lines"]) == (1, 0, 0)
    refused = admin.post(f"{BASE}/do-not-call/lists?name=Book", content=b"PK\x03\x04\0\0", headers=binary)
    assert refused.status_code == 422
    removed = admin.delete(f"{BASE}/do-not-call/lists/{shown['id']}?reason=over", headers=IS_FIRST)
    assert removed.status_code == 200, removed.text
    assert admin.get(f"{BASE}/do-not-call/lists").json()["items"] == []
