"""Many leads assigned at once become what each would have become alone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from conftest import Begin
from identity.factories import a_team, a_user
from leads.factories import Desk, a_desk, respond
from leads.work_factories import a_lead, an_account, as_user
from offhook.identity import Role
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Forbidden, Invalid, OffhookError
from offhook.leads.lifecycle.model import Attempt
from offhook.leads.lifecycle.service import advance
from offhook.leads.model import Stage
from offhook.leads.named.service import add_named_list, name_accounts
from offhook.leads.routing.many import Many, assign_many
from offhook.leads.routing.service import add_rule, assign, assignments
from offhook.leads.sla.service import timers
from offhook.leads.store import load_lead
from web.conftest import SignIn, app, sign_in

__all__ = ["app", "sign_in"]

URL = "/api/v1/leads/assign-many"


def a_mixed_pile(tx: Transaction, desk: Desk) -> list[UUID]:
    """Leads of every stage, promised and not, worked and not, in pools and not, on a named account and by rule."""
    other = a_team(tx)
    account = an_account(tx, "Acme")
    named = add_named_list(tx, name="Top", user_id=desk.reps[1].id)
    name_accounts(tx, named.id, account_ids=[account])
    add_rule(
        tx,
        name="Directors",
        conditions={"field": "title", "has_word": ["director"]},
        user_id=desk.reps[2].id,
    )
    worked = respond(tx, desk.campaign, title="Clerk").lead_id
    advance(tx, load_lead(tx, worked), Attempt())
    return [
        *(respond(tx, desk.campaign, title=title).lead_id for title in ("Director", "Clerk", "Clerk", "Clerk")),
        respond(tx, desk.campaign, is_mql=False).lead_id,
        worked,
        a_lead(tx, account_id=account).id,
        *(a_lead(tx, stage=stage).id for stage in Stage),
        a_lead(tx, team_id=other.id).id,
        a_lead(tx, desk.reps[0]).id,
        a_lead(tx, desk.reps[0], claimed_by=desk.reps[0].id, claimed_until=tx.now + timedelta(hours=1)).id,
    ]


def singly(
    tx: Transaction, lead_ids: Sequence[UUID], *, user_id: UUID | None, team_id: UUID | None, note: str
) -> Many:
    """Assign one after the other."""
    refused: list[UUID] = []
    for lead_id in lead_ids:
        try:
            load_lead(tx, lead_id)
            assign(tx, lead_id, user_id=user_id, team_id=team_id, note=note)
        except OffhookError:
            refused.append(lead_id)
    return Many(len(lead_ids) - len(refused), [])


Told = tuple[object, ...]


def outcome(tx: Transaction, lead_ids: Sequence[UUID]) -> list[Told]:
    """All that is to be seen of leads afterwards."""
    seen: list[Told] = []
    for lead_id in lead_ids:
        lead = load_lead(tx, lead_id)
        history = [(a.user_id, a.team_id, a.at, a.because, a.explanation) for a in assignments(tx, lead_id)]
        events = [(e.kind, e.data, e.at) for e in tx.events if e.subject == f"lead:{lead_id}"]
        promised = sorted((t.promise, t.state, t.due_at, t.started_at) for t in timers(tx, lead_id))
        seen.append((lead, sorted(history, key=str), events, promised))
    return seen


@pytest.mark.parametrize("whom", ["rep", "team", "routing"])
@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=3)])
def test_each_becomes_what_it_would_have_become_alone(begin: Begin, whom: str, later: timedelta) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        manager = as_user(a_user(tx, Role.MANAGER))
        pile = a_mixed_pile(tx, desk)
        clock = tx.now
    receiver = {
        "user_id": desk.reps[1].id if whom == "rep" else None,
        "team_id": desk.team.id if whom == "team" else None,
        "note": "Holiday",
    }

    def told(way: Callable[..., Many]) -> tuple[int, list[Told]]:
        with begin(manager) as tx:
            assert tx.now == clock
            tx.now = moment(clock, later)
            done = way(tx, pile, **receiver)
            seen = outcome(tx, pile)
            tx.undo()
            return done.assigned, seen

    apart, together = told(one_transaction_each), told(assign_many)
    assert together[0] == apart[0]
    for lead_id, one, other in zip(pile, together[1], apart[1], strict=True):
        assert one == other, f"lead {lead_id} became {one} rather than {other}"


def moment(clock: datetime, later: timedelta) -> datetime:
    """When the assignment happens."""
    return clock + later


def one_transaction_each(tx: Transaction, lead_ids: Sequence[UUID], **receiver: object) -> Many:
    """Each by itself; those that would be refused are left out, as a refusal ends its own transaction."""
    closed = {Stage.SQL, Stage.RECYCLED, Stage.DISQUALIFIED}
    fit = [one for one in lead_ids if load_lead(tx, one).stage not in closed]
    return singly(tx, fit, **receiver)  # pyright: ignore[reportArgumentType] # passed on


def test_a_lead_that_moves_from_pool_to_pool_is_told_of(begin: Begin) -> None:
    with begin() as tx:
        first, second = a_team(tx), a_team(tx)
        alone, among_many = (a_lead(tx, team_id=first.id).id for _ in range(2))
        tx.events.clear()
        assign(tx, alone, team_id=second.id)
        assign_many(tx, [among_many], team_id=second.id)
        assert [(e.kind, e.subject, e.data["team_id"]) for e in tx.events] == [
            ("lead.assigned", f"lead:{lead}", str(second.id)) for lead in (alone, among_many)
        ]


def test_closed_and_unknown_leads_are_told_and_the_others_go_through(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        fit, closed, unknown = a_lead(tx).id, a_lead(tx, stage=Stage.DISQUALIFIED).id, uuid4()
        done = assign_many(tx, [unknown, fit, closed, fit], user_id=desk.reps[0].id)
        assert done.assigned == 1
        assert [(one.lead_id, one.code) for one in done.refused] == [
            (unknown, "not-found"),
            (closed, "stage-does-not-allow"),
        ]
        assert "Reopen it first" in done.refused[1].reason
        assert load_lead(tx, fit).owner_id == desk.reps[0].id


def test_nobody_and_everybody_are_no_receivers(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        lead = a_lead(tx).id
        with pytest.raises(Invalid):
            assign_many(tx, [lead], user_id=desk.aes[0].id)
        with pytest.raises(Invalid):
            assign_many(tx, [lead], user_id=desk.reps[0].id, team_id=desk.team.id)
    with begin(as_user(desk.reps[0])) as tx, pytest.raises(Forbidden):
        assign_many(tx, [lead], user_id=desk.reps[0].id)


def test_sixty_leads_take_no_more_statements_than_ten(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    connection = Transaction.connection

    def counted(self: Transaction) -> object:
        nonlocal asked
        asked += 1
        return connection.__get__(self)

    taken: list[int] = []
    for number in (10, 60):
        with begin() as tx:
            desk = a_desk(tx)
            leads = [a_lead(tx).id for _ in range(number)]
        with begin() as tx, monkeypatch.context() as patch:
            patch.setattr(Transaction, "connection", property(counted))
            asked = 0
            assert assign_many(tx, leads, user_id=desk.reps[0].id).assigned == number
            assert assign_many(tx, leads).assigned == number
            taken.append(asked)
    assert taken[1] <= taken[0]


def test_leads_are_assigned_over_http_by_ids_or_by_a_filter(sign_in: SignIn, begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        mine, pool = a_lead(tx, desk.reps[0]).id, a_lead(tx, team_id=desk.team.id).id
        closed = a_lead(tx, stage=Stage.RECYCLED).id
    manager, rep = sign_in(Role.MANAGER), str(desk.reps[1].id)
    done = manager.post(URL, json={"lead_ids": [str(mine), str(closed)], "user_id": rep})
    assert (done.status_code, done.json()["assigned"]) == (200, 1)
    assert [one["lead_id"] for one in done.json()["refused"]] == [str(closed)]
    unowned = {"filter": {"owner_id": ["none"]}, "user_id": rep, "note": "Take these"}
    assert manager.post(URL, json=unowned).json() == {"assigned": 1, "refused": []}
    with begin() as tx:
        assert {load_lead(tx, one).owner_id for one in (mine, pool)} == {desk.reps[1].id}
    key = {"idempotency-key": str(uuid4())}
    routed = {"filter": {"owner_id": [rep]}}
    first = manager.post(URL, json=routed, headers=key)
    assert first.json() == {"assigned": 2, "refused": []}
    assert manager.post(URL, json=routed, headers=key).json() == first.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lead_ids"),
        ({"lead_ids": [str(uuid4())], "filter": {}}, "lead_ids"),
        ({"lead_ids": []}, "lead_ids"),
        ({"lead_ids": [str(uuid4())] * 1_001}, "lead_ids"),
        ({"filter": {"colour": "red"}}, "filter.colour"),
        ({"filter": {}, "note": "x" * 501}, "note"),
    ],
)
def test_which_leads_must_be_said(sign_in: SignIn, body: dict[str, object], field: str) -> None:
    answer = sign_in(Role.MANAGER).post(URL, json=body)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_filter_that_means_too_many_is_refused(
    sign_in: SignIn, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offhook.leads.table.service.MOST_AT_ONCE", 1)
    with begin() as tx:
        desk = a_desk(tx)
        leads = [a_lead(tx, desk.reps[0]).id for _ in range(2)]
    answer = sign_in(Role.MANAGER).post(URL, json={"filter": {}, "team_id": str(desk.team.id)})
    assert answer.status_code == 422
    with begin() as tx:
        assert {load_lead(tx, one).owner_id for one in leads} == {desk.reps[0].id}


def test_reps_assign_nothing_in_bulk(sign_in: SignIn) -> None:
    assert sign_in(Role.REP).post(URL, json={"lead_ids": [str(uuid4())]}).status_code == 403
