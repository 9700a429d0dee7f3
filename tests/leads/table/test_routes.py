"""The table of leads over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest

from conftest import Begin
from leads.work_factories import a_lead, a_person, a_rep
from offhook.identity import Role
from offhook.leads.model import Stage
from web.conftest import SignIn, app, sign_in

__all__ = ["app", "sign_in"]

TABLE = "/api/v1/leads/table"


def test_the_table_is_read_page_by_page_in_any_order(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        due = [a_lead(tx, due_at=tx.now + timedelta(hours=n // 2)).id for n in range(5)]
        never = [a_lead(tx).id for _ in range(3)]
    rep = sign_in(Role.REP)
    for sort, wanted in (("due_at", due + never), ("-due_at", due[::-1] + never[::-1])):
        found: list[str] = []
        cursor = None
        while True:
            params = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            answer = rep.get(TABLE, params=params)
            assert answer.status_code == 200, answer.text
            found += [row["id"] for row in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                break
        assert found == [str(one) for one in wanted]


def test_filters_are_query_parameters_and_count_alike(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        ann, ben = a_rep(tx), a_rep(tx)
        of_ann = a_lead(tx, ann, score=70.0).id
        of_nobody = a_lead(tx, score=40.0, person_id=a_person(tx, "Robert Koch")).id
        a_lead(tx, ben, stage=Stage.WORKING)
        closed = a_lead(tx, ben, stage=Stage.RECYCLED).id
    rep = sign_in(Role.REP)
    wanted: list[tuple[dict[str, object], list[object]]] = [
        ({"owner_id": [str(ann.id), "none"]}, [of_ann, of_nobody]),
        ({"owner_id": "none", "q": "robert k"}, [of_nobody]),
        ({"stage": ["recycled", "sql"]}, [closed]),
        ({"closed": "true", "owner_id": str(ben.id), "stage": "recycled"}, [closed]),
        ({"score_from": 50, "untouched": "true"}, [of_ann]),
    ]
    for params, leads in wanted:
        answer = rep.get(TABLE, params=params)
        assert [row["id"] for row in answer.json()["items"]] == [str(one) for one in leads], answer.text
        assert rep.get(f"{TABLE}/count", params=params).json() == {"count": len(leads), "is_exact": True}
    assert rep.get(f"{TABLE}/count").json()["count"] == 3
    assert rep.get(f"{TABLE}/count", params={"closed": "true"}).json()["count"] == 4


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"stage": "asleep"}, "query stage[0]"),
        ({"owner_id": "nobody"}, "query owner_id[0]"),
        ({"score_from": "101"}, "query score_from"),
        ({"opened_from": "yesterday"}, "query opened_from"),
        ({"country": "Germany"}, "query country"),
        ({"sort": "mood"}, "query sort"),
        ({"sort": "--score"}, "query sort"),
        ({"colour": "red"}, "query colour"),
        ({"q": "x" * 201}, "query q"),
        ({"q": "a\x00b"}, "q"),
        ({"cursor": "WzFd"}, "cursor"),
    ],
)
def test_a_wrong_filter_is_named(sign_in: SignIn, params: dict[str, str], field: str) -> None:
    answer = sign_in(Role.REP).get(TABLE, params=params)
    assert answer.status_code == 422, answer.text
    assert [one["field"].removesuffix(".uuid") for one in answer.json()["errors"]][:1] == [field]


def test_a_cursor_goes_on_in_its_own_order_alone(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        for _ in range(3):
            a_lead(tx)
    rep = sign_in(Role.REP)
    cursor = rep.get(TABLE, params={"limit": 1}).json()["next_cursor"]
    assert rep.get(TABLE, params={"limit": 1, "cursor": cursor}).status_code == 200
    assert rep.get(TABLE, params={"limit": 1, "cursor": cursor, "sort": "score"}).status_code == 422


def test_hostile_text_finds_nothing_and_breaks_nothing(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        a_lead(tx)
    rep = sign_in(Role.REP)
    for text in ("'; DROP TABLE lead; --", "%", "_", "\\", "\u202e", "💥" * 60, "{},\"'", "ﬁ"):
        assert rep.get(TABLE, params={"q": text}).json()["items"] == [], text
    assert rep.get(TABLE, params={"account_id": str(uuid4())}).json()["items"] == []


def test_the_table_needs_leave_to_read_leads(sign_in: SignIn) -> None:
    stranger = sign_in(Role.ADMIN, "people:read")
    assert stranger.get(TABLE).status_code == 403
    assert stranger.get(f"{TABLE}/count").status_code == 403
