"""Goals and KPIs over HTTP: set, replaced, ended, told; what is wrong is named."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from offhook.identity import Role
from web.conftest import SignIn

GOALS = "/api/v1/goals"


@pytest.fixture
def manager(sign_in: SignIn) -> TestClient:
    return sign_in(Role.MANAGER)


def mine(client: TestClient, **changes: object) -> dict[str, object]:
    """A goal for whoever asks."""
    return {
        "counter": "dials",
        "period": "week",
        "target": 40,
        "user_id": client.get("/api/v1/me").json()["id"],
    } | changes


def test_a_goal_is_set_once_and_ended_by_version(manager: TestClient) -> None:
    key = {"idempotency-key": str(uuid4())}
    made = manager.post(GOALS, json=mine(manager), headers=key)
    assert (made.status_code, made.json()["starts_on"], made.headers["etag"]) == (201, "2026-03-02", '"1"')
    assert manager.post(GOALS, json=mine(manager), headers=key).json() == made.json()
    url = f"{GOALS}/{made.json()['id']}"
    assert manager.get(url).json() == made.json()
    assert manager.patch(url, json={"ends_on": "2026-03-06"}).status_code == 428
    assert manager.patch(url, json={"ends_on": "2026-03-06"}, headers={"if-match": '"7"'}).status_code == 412
    ended = manager.patch(url, json={"ends_on": "2026-03-06"}, headers={"if-match": '"1"'})
    assert (ended.json()["ends_on"], ended.headers["etag"]) == ("2026-03-06", '"2"')
    assert manager.delete(url, headers={"if-match": '"1"'}).status_code == 412
    assert manager.delete(url, headers={"if-match": '"2"'}).json() == ended.json()
    assert manager.get(url).status_code == 404


def test_progress_is_told_for_the_goals_of_a_day(manager: TestClient) -> None:
    manager.post(GOALS, json=mine(manager))
    manager.post(GOALS, json=mine(manager, period="day", target=8))
    told = manager.get(f"{GOALS}/progress").json()["items"]
    assert {(one["goal"]["target"], one["actual"], one["attainment"]) for one in told} == {(40, 0, 0), (8, 0, 0)}
    only = manager.get(f"{GOALS}/progress", params={"period": "day"}).json()["items"]
    assert [one["goal"]["period"] for one in only] == ["day"]
    assert manager.get(f"{GOALS}/progress", params={"on": "2026-03-01"}).json()["items"] == []


def test_goals_come_in_pages(manager: TestClient) -> None:
    for target in range(1, 6):
        manager.post(GOALS, json=mine(manager, target=target, starts_on=f"2026-03-{target * 5:02}"))
    first = manager.get(GOALS, params={"limit": 3}).json()
    second = manager.get(GOALS, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [goal["target"] for goal in first["items"] + second["items"]] == [1, 2, 3, 4, 5]
    assert second["next_cursor"] is None
    assert manager.get(GOALS, params={"cursor": "nonsense"}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"counter": "mqls"}, "counter"),
        ({"counter": "smiles"}, "counter"),
        ({"target": 0}, "target"),
        ({"period": "year"}, "period"),
        ({"user_id": None}, "user_id"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_goal_is_refused_by_field(manager: TestClient, wrong: dict[str, object], field: str) -> None:
    answer = manager.post(GOALS, json=mine(manager, **wrong))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_days_beyond_the_calendar_are_refused_and_not_stumbled_over(manager: TestClient) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        manager.post(GOALS, json=mine(manager, starts_on=day))
        asked = (
            manager.get(f"{GOALS}/progress", params={"on": day}),
            manager.get("/api/v1/kpis", params={"from": day, "to": day}),
            manager.get("/api/v1/kpis/daily", params={"counter": "dials", "from": day, "to": day}),
        )
        assert all(answer.status_code in {200, 422} for answer in asked), day


def test_nobody_and_nothing_unknown_is_found(manager: TestClient) -> None:
    assert manager.get(f"{GOALS}/{uuid4()}").status_code == 404
    assert manager.post(GOALS, json=mine(manager, user_id=str(uuid4()))).status_code == 404
    gone = manager.patch(f"{GOALS}/{uuid4()}", json={"ends_on": "2026-03-06"}, headers={"if-match": '"1"'})
    assert gone.status_code == 404


def test_a_rep_reads_goals_and_sets_none(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    assert rep.post(GOALS, json=mine(rep)).status_code == 403
    assert rep.get(f"{GOALS}/progress").status_code == 200


def test_kpis_are_told_with_both_counts_of_every_ratio(manager: TestClient) -> None:
    march = {"from": "2026-03-01", "to": "2026-03-31"}
    told = manager.get("/api/v1/kpis", params=march).json()["items"]
    assert [row["name"] for row in told] == ["all"]
    assert {"connect_rate", "show_rate"} <= {kpi["name"] for kpi in told[0]["kpis"]}
    assert all({"numerator", "denominator", "value"} <= kpi.keys() for kpi in told[0]["kpis"])
    daily = manager.get("/api/v1/kpis/daily", params={"counter": "dials", **march}).json()["items"]
    assert len(daily) == 31
    for wrong in ({"from": "2026-03-31", "to": "2026-03-01"}, {**march, "by": "mood"}):
        assert manager.get("/api/v1/kpis", params=wrong).status_code == 422
