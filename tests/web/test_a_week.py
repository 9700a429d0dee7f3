"""A week of a team of three reps and two AEs, played over the API alone, from the file to the KPIs.

Whatever they do is told by the routes they use; at the end the counts are what was done, and nothing else.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.kernel.delivery import deliver
from offhook.kernel.jobs import run_job
from offhook.kernel.settings import Settings
from offhook.web.consumers import CONSUMERS
from offhook.web.jobs import jobs_of
from web.conftest import SignIn

EXAMPLE = Path(__file__).parents[2] / "examples" / "responders.csv"
MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)
ANSWERS = {"budget": "planned", "authority": "decides", "need": "urgent", "timeline": "within_3_months"}


@dataclass
class Office:
    """Who works here this week, what the server does by itself, and what was done so far."""

    admin: TestClient
    manager: TestClient
    marketing: TestClient
    reps: list[TestClient]
    aes: list[TestClient]
    done: Counter[str] = field(default_factory=Counter[str])


def said(client: TestClient, method: str, path: str, **told: Any) -> Any:
    """What a route answers; anything but a success fails the test with the problem's own words."""
    answer = client.request(method, f"/api/v1{path}", **told)
    assert answer.is_success, f"{method} {path} {told.get('json')}: {answer.status_code} {answer.text}"
    return answer.json()


@pytest.fixture
def office(sign_in: SignIn, clock: SetClock) -> Office:
    """Monday morning: three reps of one team, two AEs, criteria agreed, a goal set."""
    clock.at = MONDAY
    admin = sign_in(Role.ADMIN)
    made = Office(
        admin,
        sign_in(Role.MANAGER),
        sign_in(Role.DEMAND_GENERATION),
        [sign_in(Role.REP) for _ in range(3)],
        [sign_in(Role.AE) for _ in range(2)],
    )
    team = said(admin, "POST", "/teams", json={"name": "Inbound", "time_zone": "America/Denver"})
    for rep in made.reps:
        me = said(rep, "GET", "/me")
        said(
            admin,
            "PATCH",
            f"/users/{me['id']}",
            json={"team_id": team["id"]},
            headers={"if-match": f'"{me["version"]}"'},
        )
        said(
            made.manager,
            "POST",
            "/goals",
            json={"counter": "sals", "period": "week", "target": 2, "user_id": me["id"]},
        )
    drafted = said(made.manager, "POST", "/criteria/from-ready-made", json={"framework": "BANT"})
    said(made.manager, "POST", f"/criteria/{drafted['id']}/publish", json={"agreed_with": "the AEs"})
    return made


def tick(database: Database, organisation: UUID, settings: Settings) -> None:
    """What the server does by itself."""
    for job in jobs_of(settings):
        run_job(database, job, organisation)
    deliver(database, CONSUMERS, organisation)


def bring_in(office: Office) -> str:
    """Demand generation sends the file and, later in the week, one response by itself."""
    campaign = said(office.marketing, "POST", "/campaigns", json={"name": "Autumn webinar", "kind": "webinar"})
    run = said(
        office.marketing,
        "POST",
        f"/imports?campaign_id={campaign['id']}&file_name=responders.csv",
        content=EXAMPLE.read_bytes(),
    )
    assert run["status"] == "running"
    return campaign["id"]


def worked(rep: TestClient) -> Iterator[dict[str, Any]]:
    """The leads that the queue offers a rep, one after the other, until nothing is due that may be called."""
    for _ in range(6):
        item = said(rep, "POST", "/queue/next", json={})["item"]
        if item is None or not item["may_call"]:
            return
        yield item["lead"]


def call(office: Office, rep: TestClient, lead: dict[str, Any], nth: int) -> None:
    """Call somebody: most do not answer, some talk, and one in four who talk is qualified and handed off."""
    ends = ("no_answer", "conversation", "left_voicemail", "gatekeeper", "conversation", "no_answer")
    disposition = ends[nth % len(ends)]
    seconds = {"conversation": 240, "gatekeeper": 20}.get(disposition)
    entry = said(
        rep,
        "POST",
        "/activities",
        json={"kind": "call", "lead_id": lead["id"], "disposition": disposition, "seconds": seconds},
    )
    office.done["dials"] += 1
    office.done["connects"] += entry["is_connect"]
    office.done["conversations"] += entry["is_conversation"]
    if disposition == "conversation":
        qualify(office, rep, lead["id"], entry["id"], nth)


def qualify(office: Office, rep: TestClient, lead_id: str, activity_id: str, nth: int) -> None:
    """Ask the agreed questions; what is in is handed off, what is out is disqualified, the rest recycled."""
    answers = ANSWERS if nth % 3 else {"need": "none"}
    told = said(rep, "POST", f"/leads/{lead_id}/answers", json={"answers": answers, "activity_id": activity_id})
    if told["verdict"] == "out":
        said(rep, "POST", f"/leads/{lead_id}/disqualify", json={"reason": "no_need"})
        office.done["disqualified"] += 1
        return
    assert told["verdict"] == "in"
    made = said(rep, "POST", f"/leads/{lead_id}/hand-off", json={"mode": "live", "note": "Ready to buy"})
    office.done["sals"] += made["is_first"]
    office.done["hand_offs"] += 1


def decide(office: Office, ae: TestClient, nth: int) -> None:
    """An AE works through what was handed to them: accepts most, confirms them, sends one back."""
    me = said(ae, "GET", "/me")["id"]
    for offered in said(ae, "GET", f"/hand-offs?ae_id={me}&status=offered")["items"]:
        path = f"/hand-offs/{offered['id']}"
        office.done["hand_offs_decided"] += 1
        if nth % 4 == 3:
            said(ae, "POST", f"{path}/reject", json={"reason": "bad_timing"})
            continue
        said(ae, "POST", f"{path}/accept", json={})
        said(ae, "POST", f"{path}/confirm", json={})
        office.done["hand_offs_accepted"] += 1
        office.done["sqls"] += 1
        nth += 1


def test_a_week_of_three_reps_and_two_aes(
    app: FastAPI,
    office: Office,
    database: Database,
    organisation: UUID,
    settings: Settings,
    clock: SetClock,
    begin: Begin,
) -> None:
    campaign_id = bring_in(office)
    nth = 0
    for day in range(5):
        for hour in (0, 2, 5):
            clock.at = MONDAY + timedelta(days=day, hours=hour)
            tick(database, organisation, settings)
            for rep in office.reps:
                for lead in worked(rep):
                    nth += 1
                    call(office, rep, lead, nth)
            for ae in office.aes:
                decide(office, ae, nth)
        if day == 2:
            ada = {"email": "ada@late.example", "first_name": "Ada", "last_name": "Late", "company": "Late Ltd"}
            said(office.marketing, "POST", "/responses", json={"campaign_id": campaign_id, "record": ada})
    tick(database, organisation, settings)

    run = said(office.marketing, "GET", "/imports")["items"][0]
    assert (run["status"], run["rows"], run["imported"], run["merged"], run["rejected"]) == ("done", 36, 33, 2, 1)
    first, last = MONDAY.date().isoformat(), clock.now().date().isoformat()
    row = said(office.manager, "GET", f"/kpis?from={first}&to={last}")["items"][0]
    assert {name: row["counts"][name] for name in office.done} == dict(office.done)
    assert office.done["sqls"] >= 3
    assert office.done["dials"] > 20
    by_rep = said(office.manager, "GET", f"/kpis?from={first}&to={last}&by=user")["items"]
    assert sum(one["counts"]["sals"] for one in by_rep) == office.done["sals"]
    goals = said(office.manager, "GET", f"/goals/progress?on={last}")["items"]
    assert sum(one["actual"] for one in goals) == office.done["sals"]
    figures = said(office.marketing, "GET", f"/campaigns/{campaign_id}/figures")
    assert (figures["responses"], figures["sals"], figures["sqls"]) == (
        34,
        office.done["sals"],
        office.done["sqls"],
    )
    assert said(office.manager, "GET", "/leads?stage=sql")["items"]
