"""Routing: the order of deciding, fair turns over very many leads, and reasons that are true."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Begin
from leads.factories import a_desk, respond
from offhook.identity import Role, User, actor_of, add_team, add_user
from offhook.kernel.errors import Conflict, Forbidden, Invalid
from offhook.kernel.events import Json
from offhook.kernel.ids import new_id
from offhook.leads import Because, Purpose, Stage, add_rule, assign, assignments, choose_ae, load_lead, take
from offhook.leads.conditions import LeadFacts
from offhook.leads.routing.model import Member, NamedOwner, RoutingRule
from offhook.leads.routing.rules import Rotation, Router
from offhook.people import PersonFacts

WEST, EAST = UUID(int=100), UUID(int=200)
ANYBODY = LeadFacts(PersonFacts(new_id(), country="DE"))


def member(n: int, weight: int = 1, **known: object) -> Member:
    """A rep of team West."""
    told: dict[str, object] = {"team_id": WEST, "capacity": None, "is_away": False} | known
    return Member(UUID(int=n), f"Rep {n}", weight=weight, **told)  # pyright: ignore[reportArgumentType]


def a_router(*members: Member, rules: list[RoutingRule] | None = None) -> Router:
    """A router for reps with a fresh rotation."""
    return Router(Purpose.REP, members, rules or [], {WEST: "West", EAST: "East"}, Rotation())


def a_rule(conditions: Json, position: int = 1, **to: UUID) -> RoutingRule:
    """An active rule."""
    return RoutingRule(
        new_id(), Purpose.REP, position, f"rule {position}", conditions, to.get("team"), to.get("user"), True, 1
    )


def test_turns_are_fair_over_100_000_leads_and_at_every_moment() -> None:
    weights = {1: 1, 2: 3, 3: 2, 4: 0, 5: 4}
    router = a_router(*(member(n, weight) for n, weight in weights.items()))
    given_to: Counter[int] = Counter()
    total = sum(weights.values())
    for nth in range(1, 100_001):
        chosen = router.choose(ANYBODY).user_id
        assert chosen
        given_to[chosen.int] += 1
        if nth % 997 == 0:
            assert all(abs(given_to[n] - nth * weight / total) <= 1 for n, weight in weights.items())
    assert given_to == {n: weight * 100_000 // total for n, weight in weights.items() if weight}


@given(
    weights=st.lists(st.integers(0, 7), min_size=1, max_size=8),
    away=st.lists(st.booleans(), min_size=8, max_size=8),
    leads=st.integers(1, 300),
)
def test_nobody_is_ever_more_than_one_turn_from_their_share(
    weights: list[int], away: list[bool], leads: int
) -> None:
    members = [member(n, weight, is_away=away[n]) for n, weight in enumerate(weights)]
    router = a_router(*members)
    share = {m.user_id: m.weight for m in members if not m.is_away and m.weight}
    given_to: Counter[UUID | None] = Counter(router.choose(ANYBODY).user_id for _ in range(leads))
    if not share:
        assert given_to == {None: leads}
        return
    for user, weight in share.items():
        assert abs(given_to[user] - leads * weight / sum(share.values())) <= 1
    assert sum(given_to[user] for user in share) == leads


def test_whoever_comes_back_is_not_swamped() -> None:
    rotation = Rotation()
    team = {WEST: "West"}
    for _ in range(1_000):
        Router(Purpose.REP, [member(1), member(2, is_away=True)], [], team, rotation).choose(ANYBODY)
    back = Router(Purpose.REP, [member(1), member(2)], [], team, rotation)
    assert Counter(str(back.choose(ANYBODY).user_id) for _ in range(10)) == {str(UUID(int=n)): 5 for n in (1, 2)}


def test_the_named_accounts_owner_comes_first_then_rules_by_position_then_turns() -> None:
    rules = [
        a_rule({"field": "country", "is": "DE"}, 2, user=UUID(int=2)),
        a_rule({"field": "country", "is": "FR"}, 1, user=UUID(int=3)),
    ]
    router = a_router(member(1), member(2), member(3), rules=rules)
    named = router.choose(ANYBODY, NamedOwner("Top 50", UUID(int=1), None))
    assert (named.user_id, named.because) == (UUID(int=1), Because.NAMED_ACCOUNT)
    assert named.explanation["text"] == "The account is on the named list 'Top 50' of Rep 1."
    by_rule = router.choose(ANYBODY)
    assert (by_rule.user_id, by_rule.because) == (UUID(int=2), Because.TERRITORY)
    assert by_rule.explanation["text"] == "Rule 'rule 2' (country is DE) gives it to Rep 2."
    assert router.choose(LeadFacts(PersonFacts(new_id()))).because is Because.ROUND_ROBIN


def test_a_rule_for_a_team_takes_turns_there_and_fills_its_pool_when_nobody_can() -> None:
    rule = a_rule({}, team=EAST)
    router = a_router(member(1), member(2, team_id=EAST), rules=[rule])
    chosen = router.choose(ANYBODY)
    assert chosen.user_id == UUID(int=2)
    assert chosen.explanation["text"] == (
        "Rule 'rule 1' (always) gives it to team East; it was Rep 2's turn there (1 of 1 turns)."
    )
    pooled = a_router(member(1), member(2, team_id=EAST, is_away=True), rules=[rule]).choose(ANYBODY)
    assert (pooled.user_id, pooled.team_id, pooled.because) == (None, EAST, Because.POOL)
    assert pooled.explanation["passed_over"] == ["Rep 2 is away"]


def test_whoever_was_named_and_passed_over_is_told_with_the_reason() -> None:
    rule = a_rule({}, user=UUID(int=2))
    router = a_router(member(1, is_away=True), member(2, capacity=1, load=1), member(3), rules=[rule])
    chosen = router.choose(ANYBODY, NamedOwner("Top 50", UUID(int=1), None))
    assert (chosen.user_id, chosen.because) == (UUID(int=3), Because.ROUND_ROBIN)
    assert chosen.explanation["passed_over"] == ["Rep 1 is away", "Rep 2 is at capacity (1)"]
    nobody = a_router(member(1, is_away=True), member(2, weight=0)).choose(ANYBODY)
    assert nobody.explanation["passed_over"] == ["Rep 1 is away", "Rep 2 takes no leads"]


def test_a_full_member_is_passed_over_within_one_batch() -> None:
    router = a_router(member(1, capacity=3, load=1), member(2, capacity=1))
    chosen = [router.choose(ANYBODY).user_id for _ in range(5)]
    assert Counter(str(user.int) if user else "pool" for user in chosen) == {"1": 2, "2": 1, "pool": 2}


def test_somebody_may_be_excluded() -> None:
    router = a_router(member(1), member(2), rules=[a_rule({}, user=UUID(int=1))])
    assert {str(router.choose(ANYBODY, excluding=UUID(int=1)).user_id) for _ in range(4)} == {str(UUID(int=2))}


def test_turns_are_remembered_from_one_transaction_to_the_next(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx, reps=3)
    given_to: Counter[UUID | None] = Counter()
    for _ in range(6):
        with begin() as tx:
            given_to[respond(tx, desk.campaign).rep_id] += 1
    assert given_to == {rep.id: 2 for rep in desk.reps}


def manager(begin: Begin) -> User:
    """Somebody who may assign."""
    with begin() as tx:
        return add_user(tx, email="boss@offhook.example", name="Boss", role=Role.MANAGER)


def test_a_manager_assigns_by_hand_and_the_lead_says_who_did(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        lead = load_lead(tx, respond(tx, desk.campaign).lead_id)
        other = next(rep for rep in desk.reps if rep.id != lead.owner_id)
    boss = manager(begin)
    with begin(actor_of(boss)) as tx:
        moved = assign(tx, lead.id, user_id=other.id, note="knows them")
        assert moved.owner_id == other.id
        last = assignments(tx, lead.id)[0]
        assert (last.because, last.explanation["text"]) == (Because.MANUAL, f"Boss gave it to {other.name}.")
        with pytest.raises(Invalid, match="works no leads"):
            assign(tx, lead.id, user_id=desk.aes[0].id)
        pooled = assign(tx, lead.id, team_id=desk.team.id)
        assert (pooled.owner_id, pooled.team_id) == (None, desk.team.id)
    with begin(actor_of(desk.reps[0])) as tx, pytest.raises(Forbidden):
        assign(tx, lead.id, user_id=other.id)


def test_a_rep_takes_from_the_pool_but_not_from_a_colleague(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        owned = respond(tx, desk.campaign)
        pooled = assign(tx, respond(tx, desk.campaign).lead_id, team_id=desk.team.id)
        inquiry = respond(tx, desk.campaign, is_mql=False)
    rep = next(rep for rep in desk.reps if rep.id != owned.rep_id)
    with begin(actor_of(rep)) as tx:
        assert take(tx, pooled.id, rep.id).owner_id == rep.id
        assert take(tx, inquiry.lead_id, rep.id).stage is Stage.MQL
        with pytest.raises(Conflict, match="Another rep"):
            take(tx, owned.lead_id, rep.id)


def test_hand_offs_of_one_account_go_to_one_ae_else_in_turn(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx, aes=2)
        west = add_team(tx, name="Key accounts")
        key = add_user(tx, email="key@offhook.example", name="Key", role=Role.AE, team_id=west.id)
        add_rule(
            tx, name="big", conditions={"field": "employees", "at_least": 5000}, purpose=Purpose.AE, user_id=key.id
        )
        leads = [load_lead(tx, respond(tx, desk.campaign).lead_id) for _ in range(3)]
        chosen = [choose_ae(tx, lead).user_id for lead in leads]
        assert set(chosen) == {key.id, *(ae.id for ae in desk.aes)}
        big = load_lead(tx, respond(tx, desk.campaign, employees="9000").lead_id)
        assert choose_ae(tx, big).user_id == key.id


def test_rules_that_cannot_be_meant_are_refused(begin: Begin) -> None:
    with begin() as tx:
        desk = a_desk(tx)
        for wrong in (
            {"name": "", "conditions": {}, "user_id": desk.reps[0].id},
            {"name": "x", "conditions": {"field": "x", "is": 1}, "user_id": desk.reps[0].id},
            {"name": "x", "conditions": {}},
            {"name": "x", "conditions": {}, "user_id": desk.aes[0].id},
        ):
            with pytest.raises(Invalid):
                add_rule(tx, **wrong)  # pyright: ignore[reportArgumentType]
