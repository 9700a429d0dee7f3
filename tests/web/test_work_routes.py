"""The main job over HTTP: queue, activities, answers, hand-off, named accounts; by a rep, an AE and a manager."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_team, a_token, a_user
from leads.work_factories import QUALIFYING, a_lead, a_person, an_account
from offhook.identity import Role, User
from offhook.kernel.clock import SetClock
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead

Floor = dict[str, TestClient]


@pytest.fixture
def users(begin: Begin) -> dict[str, User]:
    with begin() as tx:
        team = a_team(tx)
        return {
            "rep": a_user(tx, Role.REP, team_id=team.id),
            "ae": a_user(tx, Role.AE, team_id=a_team(tx).id),
            "manager": a_user(tx, Role.MANAGER, team_id=team.id),
        }


@pytest.fixture
def floor(app: FastAPI, begin: Begin, users: dict[str, User]) -> Floor:
    """A client for each of them."""
    made: Floor = {}
    for role, user in users.items():
        with begin() as tx:
            text = a_token(tx, user)
        headers = {"authorization": f"Bearer {text}"}
        made[role] = TestClient(app, base_url="http://testserver/api/v1", headers=headers)
    return made


@pytest.fixture
def lead(begin: Begin, users: dict[str, User]) -> Lead:
    """A lead of the rep, on Ada of Acme."""
    with begin() as tx:
        account = an_account(tx, "Acme", domain="acme.example")
        return a_lead(tx, users["rep"], person_id=a_person(tx, account_id=account), account_id=account)


def done(client: TestClient, path: str, **body: object) -> dict[str, object]:
    """POST it and insist that it was done."""
    answer = client.post(path, json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def agree(floor: Floor) -> None:
    drafted = done(floor["manager"], "/criteria/from-ready-made", framework="BANT")
    done(floor["manager"], f"/criteria/{drafted['id']}/publish", agreed_with="Head of Sales")


def test_from_the_queue_to_sql(floor: Floor, lead: Lead, users: dict[str, User], clock: SetClock) -> None:
    agree(floor)
    rep, ae = floor["rep"], floor["ae"]
    item = done(rep, "/queue/next")["item"]
    assert item["lead"]["id"] == str(lead.id)  # pyright: ignore # JSON
    call = done(rep, "/activities", lead_id=str(lead.id), kind="call", disposition="conversation", seconds=180)
    judged = done(rep, f"/leads/{lead.id}/answers", answers=QUALIFYING, activity_id=call["id"])
    assert (judged["verdict"], judged["next_question"]) == ("in", None)
    meeting = (clock.now() + timedelta(days=1)).isoformat()
    offered = done(rep, f"/leads/{lead.id}/hand-off", mode="scheduled", meeting_at=meeting)
    assert offered["ae_id"] == str(users["ae"].id)
    assert offered["briefing"]["who"]["company"] == "Acme"  # pyright: ignore # JSON
    waiting = ae.get("/hand-offs", params={"ae_id": offered["ae_id"], "status": "offered"}).json()["items"]
    assert [one["id"] for one in waiting] == [offered["id"]]
    done(ae, f"/hand-offs/{offered['id']}/accept")
    clock.advance(timedelta(days=1, hours=1))
    assert done(ae, f"/hand-offs/{offered['id']}/meeting", outcome="held")["meeting_outcome"] == "held"
    assert done(ae, f"/hand-offs/{offered['id']}/confirm")["status"] == "confirmed"
    assert rep.get(f"/leads/{lead.id}").json()["stage"] == "sql"
    entries = rep.get("/activities", params={"lead_id": str(lead.id)}).json()["items"]
    assert [entry["kind"] for entry in entries] == ["meeting", "call"]


def test_a_request_that_is_repeated_logs_once(floor: Floor, lead: Lead) -> None:
    body = {"lead_id": str(lead.id), "kind": "call", "disposition": "no_answer"}
    key = {"idempotency-key": str(new_id())}
    first, again = (floor["rep"].post("/activities", json=body, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert floor["rep"].get(f"/leads/{lead.id}").json()["attempts"] == 1


def test_what_a_role_may_not_do_is_refused(floor: Floor, lead: Lead) -> None:
    assert floor["ae"].post("/queue/next", json={}).status_code == 403
    assert floor["rep"].post("/criteria/from-ready-made", json={"framework": "BANT"}).status_code == 403
    assert floor["ae"].post(f"/leads/{lead.id}/hand-off", json={"mode": "live"}).status_code == 403
    refused = floor["rep"].post(f"/leads/{lead.id}/hand-off", json={"mode": "live"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:offhook:problem:not-qualified")


def test_the_queue_is_claimed_given_back_and_put_off(floor: Floor, lead: Lead, clock: SetClock) -> None:
    rep = floor["rep"]
    assert len(rep.get("/queue").json()["items"]) == 1
    done(rep, f"/leads/{lead.id}/claim", minutes=30)
    assert rep.get("/queue/claims").json()["items"][0]["claimed_until"]
    assert done(rep, f"/leads/{lead.id}/give-back")["lead_ids"] == [str(lead.id)]
    done(rep, "/queue/next")
    assert done(rep, "/queue/give-back")["lead_ids"] == [str(lead.id)]
    until = (clock.now() + timedelta(hours=4)).isoformat()
    assert done(rep, f"/leads/{lead.id}/snooze", until=until)["next_touch_because"] == "snoozed"
    assert done(rep, "/queue/next")["item"] is None


def test_an_entry_is_corrected_by_a_later_one(floor: Floor, lead: Lead) -> None:
    rep = floor["rep"]
    call = done(rep, "/activities", lead_id=str(lead.id), kind="call", disposition="conversation")
    later = done(rep, f"/activities/{call['id']}/correct", disposition="no_answer")
    assert later["corrects"] == call["id"]
    assert rep.get(f"/activities/{call['id']}").json()["is_conversation"] is True, "nothing is changed"
    shown = rep.get("/activities", params={"lead_id": str(lead.id), "with_corrected": True}).json()["items"]
    assert len(shown) == 2
    assert floor["rep"].get("/activities").status_code == 422


def test_criteria_are_drafted_changed_published_and_discarded(floor: Floor) -> None:
    manager = floor["manager"]
    question = {"key": "fit", "text": "Does it fit?", "kind": "yes_no", "disqualifying": ["no"]}
    draft = manager.post("/criteria", json={"name": "Ours", "questions": [question]})
    path = f"/criteria/{draft.json()['id']}"
    put = {"questions": [question | {"points": {"yes": 5}}], "minimum_points": 5, "agreed_with": "Sales"}
    changed = manager.put(path, json=put, headers={"if-match": draft.headers["etag"]})
    assert (changed.status_code, changed.json()["minimum_points"]) == (200, 5)
    assert manager.put(path, json=put, headers={"if-match": draft.headers["etag"]}).status_code == 412
    bad = manager.put(path, json=put | {"minimum_points": 6}, headers={"if-match": changed.headers["etag"]})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "minimum_points")
    stale = manager.post(f"{path}/publish", json={"version": 1})
    assert stale.status_code == 412, "what was read is not what would be published"
    assert done(manager, f"{path}/publish", version=2)["status"] == "published"
    second = manager.post("/criteria", json={"name": "Ours", "questions": [question]})
    assert second.json()["edition"] == 2
    gone = manager.delete(f"/criteria/{second.json()['id']}", headers={"if-match": second.headers["etag"]})
    assert gone.status_code == 200
    listed = manager.get("/criteria", params={"status": "published"}).json()["items"]
    assert [one["edition"] for one in listed] == [1]
    assert manager.get("/criteria/ready-made/MEDDICC").json()["sources"]


def test_criteria_are_tried_out_before_anybody_is_judged_by_them(floor: Floor) -> None:
    manager = floor["manager"]
    fit = {"key": "fit", "text": "Does it fit?", "kind": "yes_no", "disqualifying": ["no"], "points": {"yes": 5}}
    seats = {"key": "seats", "text": "How many seats?", "kind": "number", "at_least": 10}
    tried: dict[str, object] = {"questions": [fit, seats], "minimum_points": 5}
    assert done(manager, "/criteria/rehearse", **tried)["next_question"]["key"] == "fit"  # pyright: ignore # JSON
    halfway = done(manager, "/criteria/rehearse", **tried, answers={"fit": True})
    assert (halfway["verdict"], halfway["points"]) == ("open", 5)
    assert done(manager, "/criteria/rehearse", **tried, answers={"fit": True, "seats": 12})["verdict"] == "in"
    out = done(manager, "/criteria/rehearse", **tried, answers={"seats": 9})
    assert (out["verdict"], out["explanation"]) == ("out", "Qualified out. How many seats? 9: is below 10.")
    wrong = manager.post("/criteria/rehearse", json=tried | {"answers": {"mood": True}})
    assert wrong.status_code == 422
    assert manager.get("/criteria").json()["items"] == [], "nothing was kept"


def test_a_lead_is_recycled_reopened_and_disqualified(floor: Floor, lead: Lead, clock: SetClock) -> None:
    rep = floor["rep"]
    until = (clock.now().date() + timedelta(days=30)).isoformat()
    assert done(rep, f"/leads/{lead.id}/recycle", reason="not_now", until=until)["stage"] == "recycled"
    assert done(rep, f"/leads/{lead.id}/reopen")["stage"] == "mql"
    wrong = rep.post(f"/leads/{lead.id}/disqualify", json={"reason": "boring"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "reason")
    assert done(rep, f"/leads/{lead.id}/disqualify", reason="no_need")["close_reason"] == "no_need"
    words = {one["reason"] for one in rep.get("/reasons").json()["items"] if one["purpose"] == "disqualify"}
    assert "no_need" in words


def test_named_accounts_over_http(floor: Floor, lead: Lead, users: dict[str, User], begin: Begin) -> None:
    manager, rep = floor["manager"], floor["rep"]
    made = manager.post("/named-lists", json={"name": "Targets", "user_id": str(users["rep"].id)})
    path = f"/named-lists/{made.json()['id']}"
    assert done(manager, f"{path}/accounts", domains=["acme.example", "x.example"])["unknown"] == ["x.example"]
    with begin() as tx:
        a_person(tx, "Grace Hopper", account_id=lead.account_id)
    assert len(done(rep, f"{path}/leads", per_account=5)["leads"]) == 1  # pyright: ignore # JSON
    done(rep, "/activities", lead_id=str(lead.id), kind="call", disposition="conversation")
    until = {"until": "2026-03-03T00:00:00Z"}
    assert rep.get("/named-lists/reach", params=until).json()["coverage"] == 1.0
    shown = rep.get(f"{path}/accounts", params=until).json()["items"]
    assert (shown[0]["name"], shown[0]["is_covered"], shown[0]["people"]) == ("Acme", True, 2)
    renamed = manager.patch(path, json={"name": "Aims"}, headers={"if-match": made.headers["etag"]})
    assert renamed.json()["name"] == "Aims"
    assert done(manager, f"{path}/accounts/remove", account_ids=[str(lead.account_id)])["account_ids"]
    assert manager.delete(path, headers={"if-match": renamed.headers["etag"]}).status_code == 200
    assert manager.get("/named-lists").json()["items"] == []
