"""Campaigns, leads, routing, scoring and promises over HTTP, as those who set them up meet them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from conftest import Begin
from leads.factories import a_desk, respond
from offhook.identity import Role, add_absence, change_user
from web.conftest import SignIn

API = "/api/v1"


@pytest.fixture
def admin(sign_in: SignIn) -> TestClient:
    return sign_in(Role.ADMIN)


def problem(answer: object, status: int) -> list[str]:
    """The fields that a problem names."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [one["field"] for one in answer.json().get("errors", [])]


def test_a_campaign_is_added_changed_by_version_and_found_in_pages(admin: TestClient) -> None:
    key = {"idempotency-key": str(uuid4())}
    webinar = {"name": "Webinar", "kind": "webinar", "default_region": "DE", "attributes": {"topic": "calls"}}
    made = admin.post(f"{API}/campaigns", json=webinar, headers=key)
    assert made.status_code == 201
    assert admin.post(f"{API}/campaigns", json=webinar, headers=key).json() == made.json()
    assert admin.post(f"{API}/campaigns", json={"name": "webinar"}).status_code == 409
    url = f"{API}/campaigns/{made.json()['id']}"
    assert problem(admin.patch(url, json={"name": "Spring"}), 428) == []
    changed = admin.patch(url, json={"name": "Spring"}, headers={"if-match": '"1"'})
    assert (changed.json()["name"], changed.json()["kind"], changed.headers["etag"]) == (
        "Spring",
        "webinar",
        '"2"',
    )
    problem(admin.patch(url, json={"name": "Summer"}, headers={"if-match": '"1"'}), 412)
    for n in range(3):
        admin.post(f"{API}/campaigns", json={"name": f"Show {n}"})
    first = admin.get(f"{API}/campaigns", params={"limit": 2}).json()
    second = admin.get(f"{API}/campaigns", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert {one["name"] for one in first["items"] + second["items"]} == {"Spring", "Show 0", "Show 1", "Show 2"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "smoke signal"}, "kind"),
        ({"default_region": "XX"}, "default_region"),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "ends_on"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_campaign_is_refused_by_field(
    admin: TestClient, wrong: dict[str, object], field: str
) -> None:
    assert problem(admin.post(f"{API}/campaigns", json={"name": "Webinar"} | wrong), 422) == [field]


def test_figures_and_responses_of_a_campaign(admin: TestClient, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        leads = {str(respond(tx, desk.campaign).lead_id) for _ in range(3)}
    url = f"{API}/campaigns/{desk.campaign.id}"
    figures = admin.get(f"{url}/figures").json()
    assert (figures["responses"], figures["leads"], figures["mqls"], figures["sals"]) == (3, 3, 3, 0)
    first = admin.get(f"{url}/responses", params={"limit": 2}).json()
    second = admin.get(f"{url}/responses", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert {one["lead_id"] for one in first["items"] + second["items"]} == leads
    problem(admin.get(f"{API}/campaigns/{uuid4()}/figures"), 404)


def test_leads_are_found_by_what_they_are(admin: TestClient, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        mql = respond(tx, desk.campaign, owner_id=desk.reps[0].id)
        inquiry = respond(tx, desk.campaign, is_mql=False)
    wanted: list[tuple[dict[str, object], UUID]] = [
        ({"stage": "inquiry"}, inquiry.lead_id),
        ({"owner_id": desk.reps[0].id}, mql.lead_id),
        ({"campaign_id": desk.campaign.id, "stage": "mql"}, mql.lead_id),
    ]
    for params, lead_id in wanted:
        assert [one["id"] for one in admin.get(f"{API}/leads", params=params).json()["items"]] == [str(lead_id)]
    assert len(admin.get(f"{API}/leads", params={"campaign_id": desk.campaign.id}).json()["items"]) == 2
    assert problem(admin.get(f"{API}/leads", params={"stage": "asleep"}), 422) == ["query stage"]
    problem(admin.get(f"{API}/leads/{uuid4()}"), 404)


def test_why_me_is_told_of_every_hand_that_a_lead_went_through(
    admin: TestClient, sign_in: SignIn, begin: Begin
) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        lead_id = respond(tx, desk.campaign).lead_id
    url = f"{API}/leads/{lead_id}"
    rehearsed = admin.get(f"{url}/routing").json()
    assert rehearsed["explanation"]["text"]
    other = str(desk.reps[2].id)
    given = admin.post(f"{url}/assign", json={"user_id": other, "note": "She knows them"})
    assert given.json()["owner_id"] == other
    told = admin.get(f"{url}/assignments").json()["items"]
    assert [one["because"] for one in told][:1] == ["manual"]
    assert "She knows them" in str(told[0]["explanation"])
    assert len(told) == 2
    assert [one["state"] for one in admin.get(f"{url}/promises").json()["items"]][-1] in {"running", "cancelled"}
    assert len(admin.get(f"{url}/responses").json()["items"]) == 1
    problem(sign_in(Role.AE).post(f"{url}/assign", json={"user_id": other}), 403)
    problem(admin.post(f"{url}/assign", json={"user_id": str(uuid4())}), 404)


def test_a_routing_rule_decides_until_it_is_removed(admin: TestClient, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
    rep = str(desk.reps[1].id)
    rule = {"name": "Everybody", "conditions": {"field": "title", "has_word": ["director"]}, "user_id": rep}
    made = admin.post(f"{API}/routing-rules", json=rule)
    assert made.status_code == 201
    with begin() as tx:
        owner = respond(tx, desk.campaign).rep_id
    assert str(owner) == rep
    url = f"{API}/routing-rules/{made.json()['id']}"
    problem(admin.patch(url, json={"position": 5}, headers={"if-match": '"9"'}), 412)
    paused = admin.patch(url, json={"is_active": False}, headers={"if-match": '"1"'})
    assert (paused.json()["is_active"], paused.json()["name"]) == (False, "Everybody")
    assert [one["id"] for one in admin.get(f"{API}/routing-rules").json()["items"]] == [made.json()["id"]]
    assert admin.delete(url, headers={"if-match": '"2"'}).status_code == 200
    problem(admin.get(url), 404)
    assert admin.get(f"{API}/routing-turns").status_code == 200


def test_rules_are_put_in_another_order_at_once(admin: TestClient, sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        team = str(a_desk(tx).reps[0].team_id)
    rules = [
        admin.post(f"{API}/routing-rules", json={"name": name, "conditions": {}, "team_id": team}).json()
        for name in ("first", "second", "third")
    ]
    ids = [one["id"] for one in sorted(rules, key=lambda one: (one["position"], one["id"]))]
    wanted = {"purpose": "rep", "rule_ids": [ids[2], ids[0], ids[1]]}
    placed = admin.post(f"{API}/routing-rules/order", json=wanted).json()["items"]
    assert [one["id"] for one in placed] == wanted["rule_ids"]
    assert admin.get(f"{API}/routing-rules").json()["items"] == placed
    again = admin.post(f"{API}/routing-rules/order", json=wanted).json()["items"]
    assert again == placed, "what stands where it should is not changed"
    problem(admin.post(f"{API}/routing-rules/order", json=wanted | {"rule_ids": ids[:2]}), 409)
    problem(admin.post(f"{API}/routing-rules/order", json=wanted | {"rule_ids": [*ids[:2], ids[0]]}), 409)
    problem(admin.post(f"{API}/routing-rules/order", json=wanted | {"purpose": "ae"}), 409)
    problem(sign_in(Role.REP).post(f"{API}/routing-rules/order", json=wanted), 403)


def test_who_is_given_leads_is_told_with_their_load_and_why_they_are_given_none(
    admin: TestClient, begin: Begin
) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        for _ in range(3):
            respond(tx, desk.campaign)
        full, away = desk.reps[0], desk.reps[1]
        change_user(tx, full.id, full.version, {"capacity": 1})
        add_absence(tx, away.id, tx.now, tx.now + timedelta(days=2))
    told = {one["user_id"]: one for one in admin.get(f"{API}/routing-members").json()["items"]}
    assert (told[str(full.id)]["load"], told[str(full.id)]["refusal"]) == (1, "is at capacity (1)")
    assert (told[str(away.id)]["is_away"], told[str(away.id)]["refusal"]) == (True, "is away")
    free = told[str(desk.reps[2].id)]
    assert (free["load"], free["capacity"], free["refusal"]) == (1, None, None)
    aes = admin.get(f"{API}/routing-members", params={"purpose": "ae"}).json()["items"]
    assert {one["user_id"] for one in aes} == {str(one.id) for one in desk.aes}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"conditions": {"field": "mood", "is": "good"}}, "conditions"),
        ({"conditions": {"field": "country", "resembles": "DE"}}, "conditions"),
        ({"user_id": None}, "user_id"),
        ({"position": -1}, "position"),
        ({"name": ""}, "name"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_by_field(
    admin: TestClient, begin: Begin, wrong: dict[str, object], field: str
) -> None:
    with begin() as tx:
        rep = str(a_desk(tx).reps[0].id)
    rule = {"name": "DACH", "conditions": {"field": "country", "in": ["DE"]}, "user_id": rep} | wrong
    told = problem(admin.post(f"{API}/routing-rules", json=rule), 422)
    assert [one.partition(".")[0] for one in told] == [field]


def test_a_scoring_model_replaces_the_one_in_force(admin: TestClient, sign_in: SignIn) -> None:
    url = f"{API}/scoring-model"
    before = admin.get(url)
    assert before.json()["version"] == 0
    model = {
        "mql_threshold": 30,
        "half_life_days": 14,
        "rules": [{"name": "boss", "kind": "fit", "points": 40, "when": {"field": "title", "has_word": ["ceo"]}}],
    }
    put = admin.put(url, json=model, headers={"if-match": before.headers["etag"]})
    assert (put.json()["version"], put.json()["mql_threshold"]) == (1, 30)
    problem(admin.put(url, json=model, headers={"if-match": before.headers["etag"]}), 412)
    wrong = model | {"rules": [model["rules"][0] | {"when": {"field": "title", "smells": "nice"}}]}
    assert "rules" in str(problem(admin.put(url, json=wrong, headers={"if-match": put.headers["etag"]}), 422))
    problem(sign_in(Role.REP).put(url, json=model, headers={"if-match": put.headers["etag"]}), 403)


def test_promises_are_agreed_changed_and_pressing_ones_listed(admin: TestClient, sign_in: SignIn) -> None:
    url = f"{API}/sla-policies"
    policy = {"name": "Within the hour", "promise": "first_attempt", "minutes": 60, "warn_minutes": 45}
    made = admin.post(url, json=policy)
    assert made.status_code == 201
    own = f"{url}/{made.json()['id']}"
    changed = admin.patch(own, json={"minutes": 90}, headers={"if-match": '"1"'})
    assert (changed.json()["minutes"], changed.json()["warn_minutes"]) == (90, 45)
    problem(admin.patch(own, json={"minutes": 120}, headers={"if-match": '"1"'}), 412)
    assert problem(admin.patch(own, json={"minutes": 9}, headers={"if-match": '"2"'}), 422) == ["warn_minutes"]
    assert problem(admin.post(url, json=policy | {"warn_minutes": 60}), 422) == ["warn_minutes"]
    assert made.json()["id"] in [one["id"] for one in admin.get(url).json()["items"]]
    assert admin.get(f"{API}/promises").json()["items"] == []
    problem(sign_in(Role.REP).post(url, json=policy), 403)
