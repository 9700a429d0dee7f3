"""What an editor of rules is told: what conditions may ask, and for which recent leads they hold."""

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_user
from leads.factories import a_desk, respond
from offhook.identity import Role
from offhook.leads.conditions import FIELDS, parse
from offhook.leads.rule_building.fields import OPERATORS, TOLD, Operator
from web.conftest import SignIn


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """A manager."""
    return sign_in(Role.MANAGER)


def tried(client: TestClient, conditions: object, **asked: int) -> dict[str, Any]:
    """What conditions come to."""
    answer = client.post("/api/v1/routing-rules/preview", json={"conditions": conditions, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def value_for(operator: str, field_type: str) -> object:
    """Something that may stand beside an operator."""
    takes = next(one.takes for one in OPERATORS if one.name == operator)
    one = {"text": "x", "number": 5, "boolean": True}[field_type]
    return {"value": one, "values": [one], "words": ["x"], "text": "x", "number": 5, "boolean": True}[takes]


def test_every_field_and_operator_of_the_language_is_told() -> None:
    assert [one.name for one in TOLD] == list(FIELDS)
    assert [one.name for one in OPERATORS] == list(Operator)


def test_all_that_is_offered_can_be_asked(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        respond(tx, a_desk(tx).campaign, country="Germany")
        tx.execute("""UPDATE person SET attributes = '{"Plan": "Gold"}'""")
    told = client.get("/api/v1/condition-fields").json()
    assert {one["name"] for one in told["operators"]} == set(Operator)
    assert [one["name"] for one in told["fields"]] == [*FIELDS, "attributes.Plan"]
    for field in told["fields"]:
        for operator in field["operators"]:
            parse({"field": field["name"], operator: value_for(operator, field["type"])})


def test_values_that_are_about_are_offered_the_most_frequent_first(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        for country in ("Germany", "France", "Germany"):
            respond(tx, desk.campaign, country=country)
    fields = {one["name"]: one for one in client.get("/api/v1/condition-fields").json()["fields"]}
    assert (fields["country"]["values"], fields["country"]["is_complete"]) == (["DE", "FR"], False)
    assert fields["campaign"]["values"] == [desk.campaign.name]
    assert fields["campaign_kind"]["is_complete"]
    assert "webinar" in fields["campaign_kind"]["values"]
    assert fields["employees"]["values"][0] == "10"


def test_conditions_are_tried_against_the_newest_leads(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        made = [respond(tx, desk.campaign, country=country) for country in ("Germany", "France") * 8]
        # Without a campaign there is none to ask for.
        tx.execute("UPDATE lead SET campaign_id = NULL WHERE id = %(id)s", id=made[0].lead_id)
    german = {"field": "country", "is": "DE"}
    told = tried(client, german)
    assert (told["text"], told["tried"], told["matched"]) == ("country is DE", 16, 8)
    newest = [str(one.lead_id) for one in reversed(made)]
    assert [one["lead_id"] for one in told["examples"]] == newest[1::2]
    assert told["examples"][0]["person_name"]
    assert told["examples"][0]["campaign"] == desk.campaign.name
    assert tried(client, german, leads=4)["matched"] == 2
    everybody = tried(client, {})
    assert (everybody["text"], everybody["matched"], len(everybody["examples"])) == ("always", 16, 10)
    webinar = {"all": [german, {"field": "campaign_kind", "is": "webinar"}]}
    assert tried(client, webinar)["matched"] == 7


def test_what_is_wrong_with_conditions_is_named(client: TestClient) -> None:
    for conditions, field in (
        ({"field": "colour", "is": "red"}, "conditions.field"),
        ({"all": [{"field": "country", "like": "D"}]}, "conditions.all[0]"),
        ({"any": [{"field": "country", "in": []}]}, "conditions.any[0].in"),
    ):
        answer = client.post("/api/v1/routing-rules/preview", json={"conditions": conditions})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["errors"][0]["reason"]


def test_a_thousand_leads_cost_no_more_statements_than_one(
    begin: Begin, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    execute = psycopg.Cursor.execute

    def noting(self: psycopg.Cursor, query: object, *rest: object, **named: object) -> object:
        said.append(query)
        return execute(self, query, *rest, **named)

    with begin() as tx:
        desk = a_desk(tx)
        respond(tx, desk.campaign)
    tried(client, {})
    monkeypatch.setattr(psycopg.Cursor, "execute", noting)
    tried(client, {})
    few = len(said)
    with begin() as tx:
        for _ in range(20):
            respond(tx, desk.campaign)
    said.clear()
    assert tried(client, {})["tried"] == 21
    assert len(said) == few


def test_reps_may_look_and_outsiders_may_not(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        a_user(tx)
    assert sign_in(Role.REP).get("/api/v1/condition-fields").status_code == 200
    narrow = sign_in(Role.ADMIN, "campaigns:read")
    assert narrow.get("/api/v1/condition-fields").status_code == 403
    assert narrow.post("/api/v1/routing-rules/preview", json={"conditions": {}}).status_code == 403
