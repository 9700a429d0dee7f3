"""Whose a call from outside is, where several organisations have trunks at one carrier's address."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.database import SYSTEM
from offhook.kernel.ids import new_id
from offhook.voice import trunks
from offhook.voice.exchange.arrivals import Claim, rightful
from voice.exchange.conftest import Floor
from voice.exchange.in_memory import until
from voice.exchange.test_calls import sip_address
from voice.exchange.world import OUR_NUMBER, World, a_world

THEIR_NUMBER = "+13125550177"


@given(st.lists(st.uuids(), unique=True, max_size=6).flatmap(lambda ids: st.permutations(ids)))
def test_a_call_is_theirs_who_have_had_the_number_longest(ids: list[UUID]) -> None:
    claims = [Claim(new_id(), "trunk", one) for one in ids]
    found = rightful(claims)
    assert (found.number_id if found else None) == min(ids, default=None)


def test_a_number_added_later_has_the_greater_id() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)


@contextmanager
def a_neighbour(floor: Floor, *, adds: str) -> Generator[World]:
    """Another organisation at the same carrier, which owns another number and adds one."""
    made = a_world(floor.database, floor.settings, floor.carrier)
    with floor.database.transaction(made.organisation_id, SYSTEM) as tx:
        if adds != OUR_NUMBER:
            trunks.add_number(tx, number=adds, trunk_id=made.trunk.id)
    until(lambda: floor.telephone.health(made.trunk.id).state == "up", "the neighbour's trunk", 20)
    try:
        yield made
    finally:
        with floor.database.transaction(made.organisation_id, SYSTEM) as tx:
            trunks.change_trunk(tx, trunks.seal_of(floor.settings), made.trunk.id, 1, {"is_active": False})


def calls_of(floor: Floor, world: World) -> list[str | None]:
    """Which of its numbers an organisation's running calls came to."""
    running = floor.telephone.exchange().running()
    return [live.about.own_number for live in running if live.organisation_id == world.organisation_id]


@pytest.mark.slow
def test_a_call_reaches_the_organisation_whose_number_it_is_though_another_one_shares_the_carrier(
    world: World, floor: Floor
) -> None:
    with a_neighbour(floor, adds=THEIR_NUMBER) as neighbour:
        theirs = floor.carrier.ring(THEIR_NUMBER, "+13035550111", to=sip_address(floor))
        until(lambda: calls_of(floor, neighbour) == [THEIR_NUMBER], "the neighbour's call", 15)
        assert calls_of(floor, world) == []
        floor.telephone.exchange().end_all()
        theirs.wait(15)


@pytest.mark.slow
def test_who_adds_a_number_that_another_one_has_at_the_same_carrier_takes_none_of_its_calls(
    world: World, floor: Floor
) -> None:
    with a_neighbour(floor, adds=OUR_NUMBER) as neighbour:
        ours = floor.carrier.ring(OUR_NUMBER, "+13035550112", to=sip_address(floor))
        until(lambda: calls_of(floor, world) == [OUR_NUMBER], "our call", 15)
        assert calls_of(floor, neighbour) == []
        floor.telephone.exchange().end_all()
        ours.wait(15)
