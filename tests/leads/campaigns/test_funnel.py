"""How far those came who responded to campaigns, checked against what was done with each of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_user
from leads.factories import Desk, a_desk, respond
from leads.work_factories import QUALIFYING, agreed_criteria
from offhook.activities import Disposition, Kind
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.ids import new_id
from offhook.leads import add_campaign, confirm, disqualify, hand_off, recycle
from offhook.leads.hand_off.model import Mode
from offhook.leads.hand_off.service import accept
from offhook.leads.qualification.service import answer_all
from offhook.leads.touch import log_activity
from web.conftest import SignIn

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """Somebody of demand generation."""
    return sign_in(Role.DEMAND_GENERATION)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many statements were run since it was last asked."""
    said: list[object] = []
    execute = psycopg.Cursor.execute

    def noting(self: psycopg.Cursor, query: object, *rest: object, **named: object) -> object:
        said.append(query)
        return execute(self, query, *rest, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", noting)

    def count() -> int:
        found = len(said)
        said.clear()
        return found

    return count


def funnels(client: TestClient, **asked: object) -> dict[str, Any]:
    """The funnels."""
    answer = client.get("/api/v1/campaigns/funnel", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(funnel: dict[str, Any], *names: str) -> tuple[int, ...]:
    """These counts of a funnel."""
    return tuple(funnel[name] for name in names)


def played(begin: Begin, clock: SetClock) -> tuple[Desk, UUID]:
    """A campaign whose eight responders came how far the tests say, and another that one of them answered too.

    Called after 10, 20 and 60 minutes; handed off and confirmed the first, handed off the second, disqualified the
    third; one recycled; two await their first call; one responder is no MQL; one lead is in a pool.
    """
    with begin() as tx:
        desk = a_desk(tx, reps=1)
        rep = desk.reps[0].id
        a_user(tx, Role.AE)
        agreed_criteria(tx)
        other = add_campaign(tx, "Trade show")
        leads = [respond(tx, desk.campaign, email=f"p{n}@acme{n}.example", owner_id=rep).lead_id for n in range(6)]
        respond(tx, desk.campaign, is_mql=False)
        pooled = respond(tx, desk.campaign).lead_id
        tx.execute("UPDATE lead SET owner_id = NULL WHERE id = %(id)s", id=pooled)
        respond(tx, other, email="p0@acme0.example")
    for minutes, lead in zip((10, 10, 40), leads, strict=False):
        clock.advance(minutes * MINUTE)
        with begin() as tx:
            log_activity(
                tx,
                kind=Kind.CALL,
                lead_id=lead,
                disposition=Disposition.CONVERSATION,
                seconds=90,
                user_id=rep,
            )
    with begin() as tx:
        for lead in leads[:2]:
            answer_all(tx, lead, QUALIFYING)
            offered = hand_off(tx, lead, Mode.LIVE)
            if lead == leads[0]:
                accept(tx, offered.id)
                confirm(tx, offered.id)
        disqualify(tx, leads[2], "no_need")
        recycle(tx, leads[3], "not_now", tx.now.date() + 90 * DAY)
    return desk, other.id


def test_each_campaign_and_all_together_are_counted(begin: Begin, clock: SetClock, client: TestClient) -> None:
    desk, other_id = played(begin, clock)
    told = funnels(client)
    by_id = {one["campaign"]["id"]: one for one in told["items"]}
    webinar, show = by_id[str(desk.campaign.id)], by_id[str(other_id)]
    assert webinar["campaign"] == {"id": str(desk.campaign.id), "name": desk.campaign.name, "kind": "webinar"}
    assert counts(webinar, "responses", "persons", "leads") == (8, 8, 8)
    assert counts(webinar, "mql", "sal", "sql") == (7, 2, 1)
    assert counts(webinar, "recycled", "disqualified", "open", "without_rep") == (1, 1, 5, 2)
    assert counts(webinar, "attempted", "median_minutes") == (3, 20)
    assert counts(show, "responses", "leads", "mql", "median_minutes") == (1, 0, 0, None)
    total = told["total"]
    assert counts(total, "responses", "persons", "leads", "sql", "median_minutes") == (9, 8, 8, 1, 20)
    assert told["time_zone"] == "UTC"
    one = funnels(client, campaign_id=other_id)
    assert one["items"] == [show]
    assert one["total"] == {name: value for name, value in show.items() if name != "campaign"}


def test_a_cohort_is_of_the_days_on_which_people_responded(
    begin: Begin, clock: SetClock, client: TestClient
) -> None:
    with begin() as tx:
        tx.execute("UPDATE organisation SET time_zone = 'America/New_York'")
        desk = a_desk(tx)
        for hours in (3, 4, 27, 28, 52):
            respond(tx, desk.campaign, at=tx.now.replace(hour=0) - 5 * DAY + timedelta(hours=hours, minutes=59))
    days = ("2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27")
    assert [funnels(client, **{"from": day, "to": day})["total"]["responses"] for day in days] == [2, 2, 1, 0]
    assert funnels(client, **{"from": "2026-02-25"})["total"]["responses"] == 3
    assert funnels(client, to="2026-02-25")["total"]["responses"] == 4
    wrong = client.get("/api/v1/campaigns/funnel", params={"from": "2026-03-02", "to": "2026-03-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "to")
    for edge in ("0001-01-01", "9999-12-31"):
        assert client.get("/api/v1/campaigns/funnel", params={"from": edge, "to": edge}).status_code == 200


def test_a_campaign_that_nobody_responded_to_is_shown(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        lonely = add_campaign(tx, "Nobody came")
    told = funnels(client)
    assert [(one["campaign"]["id"], one["responses"]) for one in told["items"]] == [(str(lonely.id), 0)]
    assert told["total"]["last_response_at"] is None
    assert client.get("/api/v1/campaigns/funnel", params={"campaign_id": str(new_id())}).status_code == 404


def test_many_campaigns_cost_no_more_statements_than_one(
    begin: Begin, client: TestClient, statements: Callable[[], int]
) -> None:
    with begin() as tx:
        respond(tx, a_desk(tx).campaign)
    funnels(client)
    statements()
    funnels(client)
    few = statements()
    with begin() as tx:
        for _ in range(6):
            respond(tx, a_desk(tx).campaign)
    statements()
    assert len(funnels(client)["items"]) == 7
    assert statements() == few


def test_what_became_of_my_leads_is_told_row_by_row(
    begin: Begin, clock: SetClock, client: TestClient, statements: Callable[[], int]
) -> None:
    desk, other_id = played(begin, clock)
    url = f"/api/v1/campaigns/{desk.campaign.id}/leads"
    statements()
    whole = client.get(url).json()["items"]
    assert statements() < 10
    assert len(whole) == 8
    sql = next(row for row in whole if row["stage"] == "sql")
    assert (sql["account_name"].endswith("Engines"), sql["attempts"]) == (True, 1)
    assert sql["person_name"]
    assert (sql["owner_name"], sql["team_name"]) == ("Rep 1", desk.team.name)
    assert all(sql[name] for name in ("mql_at", "sal_at", "sql_at", "last_activity_at", "ae_name"))
    assert (sql["because"], sql["because_text"]) == ("import", "Marketing gave it to Rep 1.")
    recycled = client.get(url, params={"stage": ["recycled", "disqualified"]}).json()["items"]
    assert {row["close_reason"] for row in recycled} == {"not_now", "no_need"}
    read: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(url, params={"limit": 3, **cursor}).json()
        read += [row["response_id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert read == [row["response_id"] for row in whole]
    fed = client.get(f"/api/v1/campaigns/{other_id}/leads").json()["items"]
    assert [(row["lead_id"], row["is_opened_by_it"]) for row in fed] == [(sql["lead_id"], False)]
    assert client.get(f"/api/v1/campaigns/{new_id()}/leads").status_code == 404
