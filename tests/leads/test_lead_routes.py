"""The corners of the routes of leads: who may not, what is unknown, stale, unreadable or told twice; pages."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_team
from leads.factories import Desk, a_desk, respond
from leads.work_factories import a_person, a_rep
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.leads import Stage, campaign, load_lead, sweep
from web.conftest import SignIn

NOTHING = "0190a1b2-0000-7000-8000-000000000000"
"""An id that nothing bears; the same in every process, as it is a part of tests' names."""

API = "/api/v1"
Body = dict[str, Any]

RULE: Body = {"name": "DACH", "conditions": {"field": "country", "in": ["DE", "AT", "CH"]}}
POLICY: Body = {"name": "Half an hour", "promise": "first_attempt", "minutes": 30, "warn_minutes": 20}
MODEL: Body = {
    "mql_threshold": 30,
    "half_life_days": 14,
    "rules": [
        {"name": "boss", "kind": "fit", "points": 20, "when": {"field": "title", "has_word": ["ceo"]}},
        {
            "name": "webinar",
            "kind": "engagement",
            "points": 15,
            "when": {"field": "campaign_kind", "is": "webinar"},
        },
    ],
}


@pytest.fixture
def desk(begin: Begin) -> Desk:
    with begin() as tx:
        return a_desk(tx)


@pytest.fixture
def admin(sign_in: SignIn) -> TestClient:
    return sign_in(Role.ADMIN)


def refused(answer: httpx.Response, status: int, *fields: str) -> str:
    """Insist on a problem of that status that names these fields. Returns what it says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert [one["field"] for one in told["errors"]] == list(fields)
    return told["detail"]


def made(client: TestClient, path: str, body: Body, **headers: str) -> Body:
    """POST it and insist that it was done."""
    answer = client.post(f"{API}{path}", json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def pages(client: TestClient, path: str, **params: object) -> Iterator[list[Body]]:
    """Page after page, two rows each."""
    cursor = None
    while True:
        told = client.get(f"{API}{path}", params={"limit": 2, **params} | ({"cursor": cursor} if cursor else {}))
        assert told.status_code == 200, told.text
        yield told.json()["items"]
        cursor = told.json()["next_cursor"]
        if cursor is None:
            return


def test_what_a_role_may_not_do_is_refused_before_anything_is_looked_up(sign_in: SignIn) -> None:
    nothing = uuid4()
    match = {"if-match": '"1"'}
    rule = RULE | {"user_id": str(nothing)}
    setting_up = [
        ("POST", "/campaigns", {"name": "Webinar"}),
        ("PATCH", f"/campaigns/{nothing}", {"name": "Webinar"}),
        ("POST", "/routing-rules", rule),
        ("PATCH", f"/routing-rules/{nothing}", {"position": 1}),
        ("DELETE", f"/routing-rules/{nothing}", None),
        ("PUT", "/scoring-model", MODEL),
        ("POST", "/sla-policies", POLICY),
        ("PATCH", f"/sla-policies/{nothing}", {"minutes": 40}),
        ("DELETE", f"/sla-policies/{nothing}", None),
    ]
    working = [
        ("POST", "/leads", {"person_id": str(nothing)}),
        ("POST", f"/leads/{nothing}/take", None),
        ("POST", f"/leads/{nothing}/recycle", {"reason": "not_now", "until": "2026-09-30"}),
        ("POST", f"/leads/{nothing}/disqualify", {"reason": "no_need"}),
        ("POST", f"/leads/{nothing}/reopen", {}),
    ]
    assigning = [("POST", f"/leads/{nothing}/assign", {})]
    for role, calls in (
        (Role.REP, setting_up + assigning),
        (Role.AE, setting_up + working + assigning),
    ):
        client = sign_in(role)
        for method, path, body in calls:
            told = refused(client.request(method, f"{API}{path}", json=body, headers=match), 403)
            assert ":" in told, f"{role} {method} {path} is told the permission: {told}"


def test_a_token_without_reading_reads_no_leads(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN, "people:read")
    for path in (
        "/leads",
        f"/leads/{NOTHING}",
        f"/leads/{NOTHING}/assignments",
        f"/leads/{NOTHING}/promises",
        f"/leads/{NOTHING}/responses",
        f"/leads/{NOTHING}/routing",
        "/campaigns",
        f"/campaigns/{NOTHING}",
        f"/campaigns/{NOTHING}/responses",
        "/routing-rules",
        f"/routing-rules/{NOTHING}",
        "/routing-turns",
        "/scoring-model",
        "/sla-policies",
        "/promises",
    ):
        refused(client.get(f"{API}{path}"), 403)


def test_what_is_not_there_is_not_found(admin: TestClient, desk: Desk) -> None:
    nothing, match, rep = uuid4(), {"if-match": '"1"'}, str(desk.reps[0].id)
    for method, path, body in (
        ("GET", f"/campaigns/{nothing}", None),
        ("GET", f"/campaigns/{nothing}/responses", None),
        ("PATCH", f"/campaigns/{nothing}", {"name": "Webinar"}),
        ("GET", f"/leads/{nothing}", None),
        ("GET", f"/leads/{nothing}/assignments", None),
        ("GET", f"/leads/{nothing}/promises", None),
        ("GET", f"/leads/{nothing}/responses", None),
        ("GET", f"/leads/{nothing}/routing", None),
        ("POST", f"/leads/{nothing}/assign", {}),
        ("POST", f"/leads/{nothing}/take", None),
        ("POST", f"/leads/{nothing}/recycle", {"reason": "not_now", "until": "2026-09-30"}),
        ("POST", "/leads", {"person_id": str(nothing), "rep_id": rep}),
        ("PATCH", f"/routing-rules/{nothing}", {"position": 1}),
        ("DELETE", f"/routing-rules/{nothing}", None),
        ("PATCH", f"/sla-policies/{nothing}", {"minutes": 40}),
        ("DELETE", f"/sla-policies/{nothing}", None),
    ):
        refused(admin.request(method, f"{API}{path}", json=body, headers=match), 404)


def test_an_edit_names_the_version_that_it_edits(admin: TestClient, desk: Desk) -> None:
    rule = made(admin, "/routing-rules", RULE | {"team_id": str(desk.team.id)})
    policy = made(admin, "/sla-policies", POLICY)
    for method, path, body in (
        ("PATCH", f"/campaigns/{desk.campaign.id}", {"name": "Spring"}),
        ("PATCH", f"/routing-rules/{rule['id']}", {"position": 7}),
        ("DELETE", f"/routing-rules/{rule['id']}", None),
        ("PATCH", f"/sla-policies/{policy['id']}", {"minutes": 40}),
        ("DELETE", f"/sla-policies/{policy['id']}", None),
        ("PUT", "/scoring-model", MODEL),
    ):
        url = f"{API}{path}"
        assert "If-Match" in refused(admin.request(method, url, json=body), 428)
        refused(admin.request(method, url, json=body, headers={"if-match": '"77"'}), 412)
        refused(admin.request(method, url, json=body, headers={"if-match": '"9999999999999999999"'}), 412)
        refused(admin.request(method, url, json=body, headers={"if-match": "newest"}), 422)


def test_a_repeated_request_is_answered_alike_and_done_once(
    admin: TestClient, sign_in: SignIn, desk: Desk, begin: Begin
) -> None:
    with begin() as tx:
        lead_id = respond(tx, desk.campaign).lead_id
        person_id = a_person(tx)
    rep = str(desk.reps[0].id)
    for path, body, listed in (
        ("/campaigns", {"name": "Spring"}, "/campaigns"),
        ("/routing-rules", RULE | {"user_id": rep}, "/routing-rules"),
        ("/sla-policies", POLICY | {"team_id": str(desk.team.id)}, "/sla-policies"),
        ("/leads", {"person_id": str(person_id), "rep_id": rep}, "/leads"),
        (f"/leads/{lead_id}/assign", {"team_id": str(desk.team.id)}, f"/leads/{lead_id}/assignments"),
    ):
        key = {"idempotency-key": str(uuid4())}
        first = admin.post(f"{API}{path}", json=body, headers=key)
        count = len(admin.get(f"{API}{listed}").json()["items"])
        again = admin.post(f"{API}{path}", json=body, headers=key)
        assert first.is_success, first.text
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert len(admin.get(f"{API}{listed}").json()["items"]) == count, path
    other = admin.post(f"{API}/leads/{lead_id}/assign", json={"note": "x"}, headers=key)
    assert "fresh key" in refused(other, 409), "the key was for another request"
    assert admin.get(f"{API}/leads/{lead_id}").json()["owner_id"] is None


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("/campaigns", {}, ["name"]),
        ("/campaigns", {"name": "W", "attributes": {"a": 1}}, ["attributes.a"]),
        ("/campaigns", {"name": "W", "attributes": {"a": "b\0c"}}, []),
        ("/campaigns", {"name": "   "}, ["name"]),
        ("/leads", {}, ["person_id"]),
        ("/leads", {"person_id": "Ada"}, ["person_id"]),
        ("/leads", {"person_id": NOTHING, "owner": "me"}, ["owner"]),
        (f"/leads/{NOTHING}/assign", {"user_id": "Ada", "note": "x" * 501}, ["user_id", "note"]),
        ("/leads/ada/assign", {}, ["path lead_id"]),
        ("/routing-rules", {"name": "DACH"}, ["conditions"]),
        ("/routing-rules", RULE | {"purpose": "manager"}, ["purpose"]),
        ("/sla-policies", POLICY | {"promise": "lunch"}, ["promise"]),
        ("/sla-policies", POLICY | {"minutes": 0}, ["minutes"]),
        ("/sla-policies", POLICY | {"reassign_minutes": 25}, ["reassign_minutes"]),
        ("/sla-policies", POLICY | {"promise": "hand_off_decision", "reassign_minutes": 60}, ["reassign_minutes"]),
        ("/sla-policies", POLICY | {"name": " "}, ["name"]),
        ("/sla-policies", POLICY | {"name": "a\0b"}, []),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_by_field(
    admin: TestClient, path: str, body: Body, fields: list[str]
) -> None:
    refused(admin.post(f"{API}{path}", json=body), 422, *fields)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mql_threshold": 0}, "mql_threshold"),
        ({"mql_threshold": 101}, "mql_threshold"),
        ({"half_life_days": 0}, "half_life_days"),
        ({"rules": [MODEL["rules"][0] | {"points": 101}]}, "rules[0].points"),
        ({"rules": [MODEL["rules"][0] | {"kind": "mood"}]}, "rules[0].kind"),
        ({"rules": [MODEL["rules"][0], MODEL["rules"][0] | {"name": " "}]}, "rules[1].name"),
        ({"rules": [MODEL["rules"][0], MODEL["rules"][1] | {"when": {"all": {}}}]}, "rules[1].when"),
        ({"version": 1}, "version"),
    ],
)
def test_a_scoring_model_that_cannot_be_meant_is_refused_by_field(
    admin: TestClient, wrong: Body, field: str
) -> None:
    answer = admin.put(f"{API}/scoring-model", json=MODEL | wrong, headers={"if-match": '"0"'})
    refused(answer, 422, field)


@pytest.mark.parametrize("bare", ["NaN", "-Infinity", "1e400", "1" + 400 * "0"])
def test_a_number_that_is_none_is_refused(admin: TestClient, desk: Desk, bare: str) -> None:
    rule = json.dumps(RULE | {"team_id": str(desk.team.id), "conditions": {"field": "employees", "at_least": 7}})
    sent = rule.replace("7}", f"{bare}}}")
    answer = admin.post(f"{API}/routing-rules", content=sent, headers={"content-type": "application/json"})
    refused(answer, 422, "conditions.at_least")


def test_a_cursor_of_another_list_is_refused(admin: TestClient, desk: Desk) -> None:
    def cursor(*key: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()

    made(admin, "/routing-rules", RULE | {"team_id": str(desk.team.id)})
    foreign = [
        "nonsense",
        cursor(),
        cursor(1),
        cursor(1, 2),
        cursor(1, 2, 3),
        cursor(None, None, None),
        cursor([], {}),
    ]
    for path in (
        "/campaigns",
        f"/campaigns/{desk.campaign.id}/responses",
        "/leads",
        "/routing-rules",
        "/routing-turns",
        "/sla-policies",
        "/promises",
    ):
        for one in foreign:
            answer = admin.get(f"{API}{path}", params={"cursor": one})
            assert answer.status_code == 422, (path, one, answer.text)
            refused(answer, 422, "cursor")


def test_leads_are_paged_and_told_apart_by_whose_they_are(admin: TestClient, desk: Desk, begin: Begin) -> None:
    with begin() as tx:
        wanted = [str(respond(tx, desk.campaign).lead_id) for _ in range(5)]
        other = a_rep(tx)
        elsewhere = respond(tx, desk.campaign, owner_id=other.id)
        lead = load_lead(tx, elsewhere.lead_id)
    found = list(pages(admin, "/leads", team_id=desk.team.id))
    assert [len(page) for page in found] == [2, 2, 1]
    assert [one["id"] for page in found for one in page] == wanted, "each once, in the order of their coming"
    for params in ({"team_id": other.team_id}, {"person_id": lead.person_id}, {"account_id": lead.account_id}):
        assert [one["id"] for page in pages(admin, "/leads", **params) for one in page] == [str(lead.id)]
    refused(
        admin.get(f"{API}/leads", params={"limit": 0, "owner_id": "Ann"}), 422, "query owner_id", "query limit"
    )


def test_routing_rules_are_paged_in_the_order_in_which_they_are_tried(admin: TestClient, desk: Desk) -> None:
    team = {"team_id": str(desk.team.id)}
    for position in (30, 10, 20):
        made(admin, "/routing-rules", RULE | team | {"name": f"Rule {position}", "position": position})
    made(admin, "/routing-rules", RULE | {"name": "For AEs", "purpose": "ae", "user_id": str(desk.aes[0].id)})
    found = list(pages(admin, "/routing-rules"))
    assert [one["name"] for page in found for one in page] == ["For AEs", "Rule 10", "Rule 20", "Rule 30"]
    assert [len(page) for page in found] == [2, 2]


def test_a_rule_moves_from_a_rep_to_a_team(admin: TestClient, desk: Desk) -> None:
    rule = made(admin, "/routing-rules", RULE | {"user_id": str(desk.reps[0].id)})
    url, match = f"{API}/routing-rules/{rule['id']}", {"if-match": '"1"'}
    both = admin.patch(url, json={"team_id": str(desk.team.id)}, headers=match)
    assert "one of the two" in refused(both, 422, "user_id")
    moved = admin.patch(url, json={"user_id": None, "team_id": str(desk.team.id)}, headers=match)
    assert (moved.json()["user_id"], moved.json()["team_id"]) == (None, str(desk.team.id))
    refused(
        admin.patch(url, json={"conditions": {"field": "mood"}}, headers={"if-match": '"2"'}), 422, "conditions"
    )
    no_rep = RULE | {"user_id": str(desk.aes[0].id)}
    assert "role 'rep'" in refused(admin.post(f"{API}/routing-rules", json=no_rep), 422, "user_id")


def test_turns_are_counted_pool_by_pool(admin: TestClient, desk: Desk, begin: Begin) -> None:
    with begin() as tx:
        for _ in range(4):
            respond(tx, desk.campaign)
    turns = [one for page in pages(admin, "/routing-turns") for one in page]
    assert {one["pool"] for one in turns} == {"rep:*"}
    assert sorted(one["assigned"] for one in turns) == [1, 1, 2]


def test_a_lead_waits_in_the_pool_for_the_teams_first(
    admin: TestClient, sign_in: SignIn, desk: Desk, begin: Begin
) -> None:
    with begin() as tx:
        lead_id = respond(tx, desk.campaign).lead_id
        inquiry = respond(tx, desk.campaign, is_mql=False).lead_id
    url = f"{API}/leads/{lead_id}"
    pooled = made(admin, f"/leads/{lead_id}/assign", {"team_id": str(desk.team.id)})
    assert (pooled["owner_id"], pooled["team_id"]) == (None, str(desk.team.id))
    stranger = sign_in(Role.REP)
    assert "team" in refused(stranger.post(f"{url}/take"), 403)
    taken = stranger.post(f"{API}/leads/{inquiry}/take").json()
    assert taken["stage"] == "mql", "an inquiry is anybody's"
    assert "works no leads" in refused(
        admin.post(f"{url}/assign", json={"user_id": str(desk.aes[0].id)}), 422, "user_id"
    )
    both = {"user_id": str(desk.reps[0].id), "team_id": str(desk.team.id)}
    refused(admin.post(f"{url}/assign", json=both), 422, "team_id")
    told = admin.get(f"{url}/assignments").json()["items"]
    assert [one["because"] for one in told] == ["manual", "round_robin"]


def test_what_made_the_score_is_told_and_the_threshold_decides(
    admin: TestClient, desk: Desk, begin: Begin
) -> None:
    put = admin.put(f"{API}/scoring-model", json=MODEL, headers={"if-match": '"0"'})
    assert (put.status_code, put.headers["etag"]) == (200, '"1"')
    plain = made(admin, "/campaigns", {"name": "Plain webinar", "kind": "webinar"})
    with begin() as tx:
        webinar = campaign(tx, UUID(plain["id"]))
        boss, clerk = respond(tx, webinar, title="CEO"), respond(tx, webinar, title="Clerk")
    told = admin.get(f"{API}/leads/{boss.lead_id}").json()
    assert (told["stage"], told["score"], told["fit"], told["engagement"]) == ("mql", 35, 20, 15)
    assert [(one["name"], one["kind"], one["points"]) for one in told["score_reasons"]] == [
        ("boss", "fit", 20),
        ("webinar", "engagement", 15),
    ]
    assert admin.get(f"{API}/leads/{clerk.lead_id}").json()["stage"] == "inquiry"
    figures = admin.get(f"{API}/campaigns/{plain['id']}/figures").json()
    assert (figures["leads"], figures["mqls"]) == (2, 1)


def test_a_promise_presses_until_it_is_kept(admin: TestClient, desk: Desk, begin: Begin, clock: SetClock) -> None:
    made(admin, "/sla-policies", POLICY | {"team_id": str(desk.team.id)})
    with begin() as tx:
        leads = [str(respond(tx, desk.campaign).lead_id) for _ in range(3)]
        other = a_team(tx)
    clock.advance(timedelta(minutes=25))
    with begin() as tx:
        sweep(tx)
    warned = [one for page in pages(admin, "/promises") for one in page]
    assert sorted(one["lead_id"] for one in warned) == sorted(leads)
    assert {one["state"] for one in warned} == {"warned"}
    assert admin.get(f"{API}/promises", params={"only_broken": True}).json()["items"] == []
    clock.advance(timedelta(minutes=10))
    with begin() as tx:
        sweep(tx)
    made(admin, "/activities", {"lead_id": leads[0], "kind": "call", "disposition": "no_answer"})
    broken = [one for page in pages(admin, "/promises", only_broken=True, team_id=desk.team.id) for one in page]
    assert sorted(one["lead_id"] for one in broken) == sorted(leads[1:])
    assert admin.get(f"{API}/promises", params={"team_id": other.id}).json()["items"] == []
    ended = admin.get(f"{API}/leads/{leads[0]}/promises").json()["items"]
    assert [(one["promise"], one["state"]) for one in ended] == [("first_attempt", "breached")]
    assert ended[0]["ended_at"]


def test_one_promise_has_one_policy_for_all_and_one_a_team(admin: TestClient, desk: Desk) -> None:
    url = f"{API}/sla-policies"
    listed = [(one["promise"], one["version"]) for one in admin.get(url).json()["items"]]
    assert listed == [("first_attempt", 0), ("hand_off_decision", 0)], "the defaults hold"
    general = made(admin, "/sla-policies", POLICY)
    team = made(admin, "/sla-policies", POLICY | {"team_id": str(desk.team.id)})
    for again in (POLICY, POLICY | {"team_id": str(desk.team.id)}):
        assert "already" in refused(admin.post(url, json=again), 409, "promise")
    refused(admin.post(url, json=POLICY | {"team_id": str(uuid4())}), 404)
    found = [one for page in pages(admin, "/sla-policies") for one in page]
    assert [one["id"] for one in found if one["version"]] == sorted([general["id"], team["id"]])
    off = admin.patch(f"{url}/{team['id']}", json={"is_active": False}, headers={"if-match": '"1"'})
    assert off.json()["is_active"] is False
    gone = admin.delete(f"{url}/{general['id']}", headers={"if-match": '"1"'})
    assert (gone.status_code, gone.json()["id"]) == (200, general["id"])
    left = {(one["promise"], one["version"]) for one in admin.get(url).json()["items"]}
    assert left == {("first_attempt", 0), ("first_attempt", 2), ("hand_off_decision", 0)}, "the default is back"


def test_a_leads_story_is_told_from_response_to_reopening(
    admin: TestClient, desk: Desk, begin: Begin, clock: SetClock
) -> None:
    with begin() as tx:
        lead_id = respond(tx, desk.campaign).lead_id
    path = f"/leads/{lead_id}"
    made(admin, "/activities", {"lead_id": str(lead_id), "kind": "note", "body": "Looks promising"})
    made(admin, "/activities", {"lead_id": str(lead_id), "kind": "call", "disposition": "no_answer"})
    lines = admin.get(f"{API}/activities", params={"lead_id": str(lead_id)}).json()["items"]
    assert [one["kind"] for one in lines] == ["call", "note"]
    recycled = made(admin, f"{path}/recycle", {"reason": "not_now", "until": "2026-09-30"})
    assert (recycled["stage"], recycled["recycle_until"]) == ("recycled", "2026-09-30")
    for way, body in (
        ("recycle", {"reason": "not_now", "until": "2026-09-30"}),
        ("disqualify", {"reason": "no_need"}),
        ("assign", {"user_id": str(desk.reps[2].id)}),
        ("take", None),
    ):
        answer = admin.post(f"{API}{path}/{way}", json=body)
        assert answer.status_code == 409, (way, answer.text)
    assert made(admin, f"{path}/reopen", {})["stage"] == "working"
    refused(admin.post(f"{API}{path}/reopen", json={}), 409)
    past = admin.post(f"{API}{path}/recycle", json={"reason": "not_now", "until": "2025-01-01"})
    refused(past, 422, "until")
    assert made(admin, f"{path}/disqualify", {"reason": "no_need"})["stage"] == Stage.DISQUALIFIED
