"""What another scoring model would make of recent leads, before it is put in force."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from conftest import Begin
from leads.factories import a_desk, respond
from offhook.identity import Role
from offhook.leads.rule_building.rescoring import Rescored, compare
from offhook.leads.rule_building.store import RecentLead
from web.conftest import SignIn

URL = "/api/v1/scoring-model/preview"
NONE: Any = None
LEAD = RecentLead(NONE, NONE, "Ada", None, NONE, 0.0, NONE, None, None, None, None)
SCORE = st.floats(0, 100)


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """Demand generation."""
    return sign_in(Role.DEMAND_GENERATION)


def tried(client: TestClient, **changes: object) -> dict[str, Any]:
    """What the model in force with these changes comes to."""
    model = client.get("/api/v1/scoring-model").json()
    del model["version"]
    answer = client.post(URL, json=model | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_model_in_force_changes_nothing(client: TestClient, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        for _ in range(4):
            respond(tx, desk.campaign)
    told = tried(client)
    assert told["tried"] == 4
    assert (told["gained"], told["lost"]) == (0, 0)
    assert told["mqls_before"] == told["mqls_after"]
    assert all(band["before"] == band["after"] for band in told["bands"])
    assert sum(band["after"] for band in told["bands"]) == 4


def test_who_becomes_an_mql_by_the_other_model_only_is_named(client: TestClient, begin: Begin) -> None:
    rule = {"name": "anybody", "kind": "fit", "points": 60, "when": {}}
    with begin() as tx:
        desk = a_desk(tx)
        lead_id = str(respond(tx, desk.campaign).lead_id)
    none = tried(client, rules=[], mql_threshold=1)
    all_of_them = tried(client, rules=[rule], mql_threshold=60)
    assert (none["mqls_after"], all_of_them["mqls_after"]) == (0, 1)
    named = none["lost_examples"] + all_of_them["gained_examples"]
    assert {one["lead_id"] for one in named} <= {lead_id}
    assert none["lost"] + all_of_them["gained"] >= 1
    high = tried(client, rules=[rule], mql_threshold=100)
    assert high["bands"][6] == {"start": 60, "before": high["bands"][6]["before"], "after": 1}


def test_every_response_counts_and_fades_by_the_half_life(client: TestClient, begin: Begin) -> None:
    rule = {"name": "came", "kind": "engagement", "points": 40, "when": {}}
    with begin() as tx:
        first, second = a_desk(tx).campaign, a_desk(tx).campaign
        respond(tx, first, email="ada@acme.example", at=tx.now - timedelta(days=30))
        respond(tx, second, email="ada@acme.example", at=tx.now)
    fading = tried(client, rules=[rule], mql_threshold=50, half_life_days=30)
    quick = tried(client, rules=[rule], mql_threshold=50, half_life_days=0.5)
    assert (fading["tried"], fading["mqls_after"], quick["mqls_after"]) == (1, 1, 0)


def test_a_model_that_cannot_be_meant_is_refused_at_the_rule(client: TestClient, sign_in: SignIn) -> None:
    wrong = {"name": "x", "kind": "fit", "points": 5, "when": {"field": "mood", "is": "good"}}
    model = {"mql_threshold": 50, "half_life_days": 30, "rules": [wrong]}
    told = client.post(URL, json=model)
    assert told.status_code == 422
    assert told.json()["errors"][0]["field"].startswith("rules[0].when")
    assert sign_in(Role.REP).post(URL, json=model | {"rules": []}).status_code == 200, "who reads leads may look"


def test_the_same_few_statements_serve_any_number_of_leads(
    client: TestClient, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> int:
        sent: list[object] = []
        execute = psycopg.Cursor[Any].execute

        def counting(self: psycopg.Cursor[Any], query: Any, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
            sent.append(query)
            return execute(self, query, *args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(psycopg.Cursor, "execute", counting)
            tried(client)
        return len(sent)

    with begin() as tx:
        desk = a_desk(tx)
        respond(tx, desk.campaign)
    one = statements()
    with begin() as tx:
        for _ in range(10):
            respond(tx, desk.campaign)
    assert statements() <= one


@given(st.lists(st.tuples(SCORE, SCORE)), st.floats(1, 100), st.floats(1, 100))
def test_what_is_gained_and_lost_adds_up(scores: list[tuple[float, float]], before: float, after: float) -> None:
    told = compare([Rescored(LEAD, *pair) for pair in scores], before, after)
    assert told.mqls_after == told.mqls_before + len(told.gained) - len(told.lost)
    assert sum(band.before for band in told.bands) == sum(band.after for band in told.bands) == told.tried
