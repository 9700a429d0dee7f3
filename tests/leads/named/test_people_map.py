"""Who is who at an account, and how far each list is reached, as a screen asks it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from starlette.testclient import TestClient

from activities.factories import a_call
from conftest import Begin
from identity.factories import a_team
from leads.work_factories import a_lead, a_person, a_rep, an_account
from offhook import activities, people
from offhook.activities import Disposition
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.leads.model import Stage
from offhook.leads.named import service
from offhook.leads.named.people_map import MOST_PEOPLE, Level, level_of
from web.conftest import SignIn

DAY = timedelta(days=1)


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """A rep."""
    return sign_in(Role.REP)


def the_map(client: TestClient, account_id: UUID, **asked: str) -> dict[str, Any]:
    """Who is who there."""
    answer = client.get(f"/api/v1/accounts/{account_id}/people-map", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("CEO & Founder", Level.DECIDES),
        ("Managing Director", Level.DECIDES),
        ("Head of Sales", Level.LEADS),
        ("Sales Manager", Level.MANAGES),
        ("Engineer", Level.OTHER),
        ("Cooper", Level.OTHER),
        ("", None),
        (None, None),
    ],
)
def test_a_title_tells_the_level(title: str | None, level: Level | None) -> None:
    assert level_of(title) is level


def test_the_map_tells_of_each_person_what_was_done_and_how_it_stands(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        rep = a_rep(tx)
        acme = an_account(tx, "Acme")
        boss = a_person(tx, "Ada Boss", account_id=acme, title="CTO", email="ada@acme.example")
        quiet = a_person(tx, "Quin Quiet", account_id=acme)
        old = a_person(tx, "Olaf Old", account_id=acme, title="Clerk", do_not_call=True)
        a_person(tx, "Elsewhere", account_id=an_account(tx, "Other"))
        a_lead(tx, rep, person_id=boss, account_id=acme, stage=Stage.RECYCLED, opened_at=tx.now - 90 * DAY)
        newest = a_lead(tx, rep, person_id=boss, account_id=acme, score=61)
        closed = a_lead(tx, person_id=old, account_id=acme, stage=Stage.DISQUALIFIED)
        for days in (2, 3, 40):
            activities.log(tx, a_call(boss, Disposition.NO_ANSWER, at=tx.now - days * DAY))
        activities.log(tx, a_call(boss, Disposition.CONVERSATION, at=tx.now - 4 * DAY))
        activities.log(tx, a_call(old, Disposition.CONVERSATION, at=tx.now - 50 * DAY))
        absorbed = a_person(tx, "Ada B.", account_id=acme)
        activities.log(tx, a_call(absorbed, Disposition.NO_ANSWER, at=tx.now - DAY))
        people.merge_persons(tx, boss, absorbed)
        yesterday = (tx.now - DAY).isoformat().replace("+00:00", "Z")
    told = the_map(client, acme)
    assert (told["account_name"], told["total"]) == ("Acme", 3)
    ada, olaf, quin = told["items"]
    assert (ada["person_id"], olaf["person_id"], quin["person_id"]) == (str(boss), str(old), str(quiet))
    assert (ada["level"], ada["emails"][0]) == ("decides", "ada@acme.example")
    assert ada["lead"] == {
        "id": str(newest.id),
        "stage": "mql",
        "is_open": True,
        "score": 61,
        "owner_id": str(rep.id),
        "owner_name": rep.name,
    }
    assert (ada["touches"], ada["last_touch_at"], ada["is_engaged"]) == (5, yesterday, True), (
        "the absorbed one's too"
    )
    assert (olaf["lead"]["id"], olaf["lead"]["is_open"], olaf["do_not_call"]) == (str(closed.id), False, True)
    assert (olaf["touches"], olaf["is_engaged"]) == (1, False), "that was before the period"
    assert (quin["lead"], quin["level"], quin["touches"], quin["last_touch_at"]) == (None, None, 0, None)
    long = the_map(client, acme, since="2026-01-01T00:00:00Z")
    assert [one["is_engaged"] for one in long["items"]] == [True, True, False]


def test_an_absorbed_account_answers_as_its_survivor(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        acme, twin = an_account(tx, "Acme"), an_account(tx, "ACME")
        a_person(tx, "Ada", account_id=acme), a_person(tx, "Bob", account_id=twin)
        people.merge_accounts(tx, acme, twin)
    assert the_map(client, twin) | {"until": "", "since": ""} == the_map(client, acme) | {"until": "", "since": ""}
    assert the_map(client, twin)["total"] == 2


def test_a_large_account_is_cut_and_costs_no_more_statements(
    begin: Begin, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin() as tx:
        acme = an_account(tx)
        _crowd(tx, acme, MOST_PEOPLE + 20)
        last = a_person(tx, "Zoe Zz", account_id=acme)
        a_lead(tx, person_id=last, account_id=acme)
    the_map(client, acme)
    said: list[object] = []
    execute = psycopg.Cursor.execute

    def noting(self: psycopg.Cursor, query: object, *rest: object, **named: object) -> object:
        said.append(query)
        return execute(self, query, *rest, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", noting)
    told = the_map(client, acme)
    assert len(said) <= 5, said
    assert (told["total"], len(told["items"])) == (MOST_PEOPLE + 21, MOST_PEOPLE)
    assert told["items"][0]["person_id"] == str(last), "who has a lead is there, whatever their name"


def _crowd(tx: Transaction, account_id: UUID, count: int) -> None:
    tx.execute(
        "INSERT INTO person (id, account_id, last_name, full_name, created_at, updated_at)"
        " SELECT gen_random_uuid(), %(account)s, 'P' || n, 'P' || n, %(now)s, %(now)s"
        " FROM generate_series(1, %(count)s) AS n",
        account=account_id,
        count=count,
        now=tx.now,
    )


def test_reach_is_told_of_each_list_and_of_all(begin: Begin, client: TestClient) -> None:
    with begin() as tx:
        team = a_team(tx)
        acme, globex = an_account(tx, "Acme"), an_account(tx, "Globex")
        first, second, empty = (
            service.add_named_list(tx, name=name, team_id=team.id) for name in ("One", "Two", "Three")
        )
        service.name_accounts(tx, first.id, account_ids=[acme])
        service.name_accounts(tx, second.id, account_ids=[globex])
        for name in ("Ada", "Bob"):
            at = tx.now - timedelta(hours=1)
            activities.log(tx, a_call(a_person(tx, name, account_id=acme), Disposition.CONVERSATION, at=at))
    told = client.get("/api/v1/named-lists/reach").json()
    assert (told["accounts"], told["touched"], told["penetrated"], told["coverage"]) == (2, 1, 1, 0.5)
    lists = {one["list_id"]: (one["accounts"], one["penetrated"], one["coverage"]) for one in told["lists"]}
    assert lists == {str(first.id): (1, 1, 1), str(second.id): (1, 0, 0), str(empty.id): (0, 0, None)}
    rows = client.get(f"/api/v1/named-lists/{first.id}/accounts").json()["items"]
    assert [(row["needed"], row["engaged"], row["is_penetrated"]) for row in rows] == [(2, 2, True)]


def test_who_may_not_see_leads_or_accounts_sees_no_map(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        acme = an_account(tx)
    for scope in ("leads:read", "people:read"):
        answer = sign_in(Role.ADMIN, scope).get(f"/api/v1/accounts/{acme}/people-map")
        assert answer.status_code == 403, scope
    assert sign_in().get(f"/api/v1/accounts/{new_id()}/people-map").status_code == 404
