"""Who could receive a lead and when, as the hand-off dialog asks it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_qualified_lead, a_rep
from offhook import identity
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.ids import new_id
from offhook.leads.hand_off.model import Mode
from offhook.leads.hand_off.service import hand_off
from offhook.leads.routing.model import Purpose
from offhook.leads.routing.service import add_rule
from web.conftest import SignIn

HOUR = timedelta(hours=1)


def options(client: TestClient, lead_id: UUID, **asked: object) -> dict[str, Any]:
    """Who could receive the lead."""
    answer = client.get(f"/api/v1/leads/{lead_id}/hand-off-options", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_name(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each AE by name."""
    return {one["user"]["name"]: one for one in told["items"]}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Generator[list[object]]:
    """The statements that are run meanwhile."""
    said: list[object] = []
    execute = psycopg.Cursor.execute

    def noting(self: psycopg.Cursor, query: object, *rest: object, **named: object) -> object:
        said.append(query)
        return execute(self, query, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noting)
        yield said


def test_the_ae_whose_turn_it_is_comes_first_and_is_whom_a_hand_off_goes_to(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        aes = [a_user(tx, Role.AE) for _ in range(3)]
        lead = a_qualified_lead(tx, a_rep(tx))
        others = [a_qualified_lead(tx) for _ in range(4)]
    client = sign_in(Role.MANAGER)
    for one in [lead, *others]:
        told = options(client, one.id)
        assert [option["is_chosen"] for option in told["items"]] == [True, False, False]
        assert told["items"][0]["explanation"] == told["choice"]["explanation"]["text"]
        assert options(client, one.id) == told, "asking takes nobody's turn"
        made = client.post(f"/api/v1/leads/{one.id}/hand-off", json={"mode": "live"}).json()
        assert made["ae_id"] == told["items"][0]["user"]["id"] == told["choice"]["user_id"]
    assert {option["user"]["id"] for option in told["items"]} == {str(ae.id) for ae in aes}


def test_a_rule_makes_its_team_the_pool(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        team = a_team(tx)
        inside, _ = a_user(tx, Role.AE, team_id=team.id), a_user(tx, Role.AE)
        add_rule(tx, name="All", conditions={}, purpose=Purpose.AE, team_id=team.id)
        lead = a_qualified_lead(tx)
    client = sign_in(Role.REP)
    assert [one["user"]["id"] for one in options(client, lead.id)["items"]] == [str(inside.id)]
    with begin() as tx:
        identity.change_user(tx, inside.id, 1, {"routing_weight": 0})
    told = options(client, lead.id)
    assert (told["choice"]["user_id"], [one["is_chosen"] for one in told["items"]]) == (None, [False])
    assert told["items"][0]["explanation"] == f"{inside.name} takes no leads."


def test_each_aes_time_is_told_by_both_clocks(begin: Begin, sign_in: SignIn, clock: SetClock) -> None:
    """Monday 09:00 UTC: 04:00 in New York, whose AEs begin at 14:00 UTC."""
    with begin() as tx:
        east = a_team(tx, time_zone="America/New_York")
        hours = identity.weekdays("America/New_York")
        identity.set_business_hours(tx, east.id, hours, 0)
        early = a_user(tx, Role.AE)
        identity.add_user(
            tx, email="late@acme.example", name="Late", role=Role.AE, team_id=east.id, time_zone="America/New_York"
        )
        away = a_user(tx, Role.AE)
        identity.add_absence(tx, away.id, tx.now - HOUR, tx.now + 30 * HOUR, "Skiing")
        busy = a_user(tx, Role.AE)
        hand_off(tx, a_qualified_lead(tx).id, Mode.SCHEDULED, tx.now + HOUR, ae_id=busy.id, meeting_minutes=60)
        identity.change_user(tx, busy.id, 1, {"capacity": 1})
        lead = a_qualified_lead(tx, time_zone="Europe/Berlin")
    told = by_name(options(sign_in(Role.REP), lead.id, days=1, slots=100))
    now = {name: (one["is_in_working_hours_now"], one["can_join_now"]) for name, one in told.items()}
    assert now == {
        early.name: (True, True),
        "Late": (False, False),
        away.name: (True, False),
        busy.name: (True, False),
    }
    first = told["Late"]["next_free"][0]
    assert first == {
        "starts_at": "2026-03-02T14:00:00Z",
        "ends_at": "2026-03-02T14:30:00Z",
        "ae_local": "2026-03-02T09:00:00-05:00",
        "person_local": "2026-03-02T15:00:00+01:00",
        "is_in_person_hours": True,
    }
    assert (told[away.name]["is_away"], told[away.name]["next_free"]) == (True, [])
    assert told[away.name]["absences"] == [
        {"starts_at": "2026-03-02T08:00:00Z", "ends_at": "2026-03-03T15:00:00Z"}
    ]
    assert (told[busy.name]["undecided"], told[busy.name]["is_full"]) == (1, True)
    taken = [slot["starts_at"][11:16] for slot in told[busy.name]["next_free"][:2]]
    assert taken == ["09:30", "11:00"], "not from ten to eleven"


def test_a_slot_is_booked_and_not_offered_again(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        a_user(tx, Role.AE)
        first, second, third = (a_qualified_lead(tx) for _ in range(3))
    client = sign_in(Role.MANAGER)
    slot = options(client, first.id, minutes=60)["items"][0]["next_free"][0]
    wanted = {"mode": "scheduled", "meeting_at": slot["starts_at"], "meeting_minutes": 60}
    booked = client.post(f"/api/v1/leads/{first.id}/hand-off", json=wanted)
    assert (booked.status_code, booked.json()["meeting_minutes"]) == (201, 60)
    assert slot not in options(client, second.id, minutes=60)["items"][0]["next_free"]
    half_past = datetime.fromisoformat(slot["starts_at"]) + timedelta(minutes=30)
    late = {"mode": "scheduled", "meeting_at": half_past.isoformat()}
    refused = client.post(f"/api/v1/leads/{second.id}/hand-off", json=late)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:offhook:problem:meeting-overlaps")
    assert refused.json()["errors"][0]["field"] == "meeting_at"
    allowed = client.post(f"/api/v1/leads/{second.id}/hand-off", json={**late, "allow_overlap": True})
    assert allowed.status_code == 201, allowed.text
    after = {**late, "meeting_at": (half_past + timedelta(minutes=30)).isoformat()}
    other = client.post(f"/api/v1/leads/{third.id}/hand-off", json=after).json()
    moved = {"meeting_at": half_past.isoformat()}
    assert client.post(f"/api/v1/hand-offs/{other['id']}/reschedule", json=moved).status_code == 409
    moved["allow_overlap"] = True
    assert client.post(f"/api/v1/hand-offs/{other['id']}/reschedule", json=moved).status_code == 200


def test_an_ae_who_gave_the_lead_back_is_not_chosen_again(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        a_user(tx, Role.AE), a_user(tx, Role.AE)
        lead = a_qualified_lead(tx)
    client = sign_in(Role.MANAGER)
    made = client.post(f"/api/v1/leads/{lead.id}/hand-off", json={"mode": "live"}).json()
    client.post(f"/api/v1/hand-offs/{made['id']}/reject", json={"reason": "not_my_territory"})
    chosen = options(client, lead.id)["items"][0]
    assert chosen["is_chosen"]
    assert chosen["user"]["id"] != made["ae_id"]


def test_many_aes_cost_no_more_statements_than_one(
    begin: Begin, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin() as tx:
        a_user(tx, Role.AE)
        lead = a_qualified_lead(tx)
    client = sign_in(Role.REP)
    options(client, lead.id)
    with counted(monkeypatch) as few:
        options(client, lead.id)
    with begin() as tx:
        for _ in range(9):
            ae = a_user(tx, Role.AE)
            identity.add_absence(tx, ae.id, tx.now + HOUR, tx.now + 2 * HOUR)
            hand_off(tx, a_qualified_lead(tx).id, Mode.SCHEDULED, tx.now + 4 * HOUR, ae_id=ae.id)
    with counted(monkeypatch) as many:
        assert len(options(client, lead.id)["items"]) == 10
    assert len(many) == len(few) > 0


def test_what_makes_no_sense_is_refused(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        lead = a_qualified_lead(tx)
    client = sign_in(Role.REP)
    assert options(client, lead.id)["items"] == []
    path = f"/api/v1/leads/{lead.id}/hand-off-options"
    for wrong in ({"days": 0}, {"minutes": 1}, {"from": "2026-03-02T09:00:00"}, {"from": "2099-01-01T00:00:00Z"}):
        assert client.get(path, params=wrong).status_code == 422, wrong
    assert client.get(f"/api/v1/leads/{new_id()}/hand-off-options").status_code == 404
