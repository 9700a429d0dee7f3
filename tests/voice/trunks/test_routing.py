"""Which trunks carry a call, and in which order they are tried."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.trunks import Health, HealthState, Line, Rate, emergency_hops, hops_for
from offhook.voice.trunks.routing import is_down, rate_for
from voice.trunks.lines import NOW, a_line, a_trunk

BERLIN = "+493012345678"
DOWN = Health(HealthState.DOWN, "503", NOW)

numbers = st.from_regex(r"\+[1-9][0-9]{6,13}", fullmatch=True)
prefixes = st.one_of(st.just(""), st.from_regex(r"[1-9][0-9]{0,5}", fullmatch=True))
rates = st.builds(
    Rate, prefixes, st.decimals(0, 2, allow_nan=False, allow_infinity=False, places=4), st.integers(1, 9)
)
trunks = st.builds(
    lambda found, active: a_line("t", rates=tuple({one.prefix: one for one in found}.values()), is_active=active),
    st.lists(rates, max_size=8),
    st.booleans(),
)
states = st.sampled_from(
    [None, Health(HealthState.UP), DOWN, Health(HealthState.DOWN, "busy", NOW, NOW + timedelta(seconds=30))]
)


def names(lines: list[Line], health: dict[UUID, Health] | None = None, number: str = BERLIN) -> list[str]:
    by_id = {str(one.trunk.id): one.trunk.name for one in lines}
    return [by_id[hop.trunk] for hop in hops_for(number, lines, health or {}, NOW)]


def test_the_cheapest_trunk_is_tried_first() -> None:
    assert names([a_line("dear", {"": "0.05"}), a_line("cheap", {"": "0.01"})]) == ["cheap", "dear"]


def test_a_longer_prefix_decides_the_price_even_if_it_is_dearer() -> None:
    lines = [a_line("world", {"": "0.001", "4930": "0.09"}), a_line("germany", {"49": "0.02"})]
    assert names(lines) == ["germany", "world"]


def test_equal_costs_are_decided_by_priority_and_then_by_name() -> None:
    def at(name: str, priority: int) -> Line:
        return a_line(name, rates=(Rate("49", Decimal("0.01"), priority),))

    assert names([at("c", 1), at("b", 2), at("a", 2)]) == ["c", "a", "b"]


def test_a_trunk_that_is_down_is_tried_last_and_is_not_left_out() -> None:
    cheap, dear = a_line("cheap", {"": "0.01"}), a_line("dear", {"": "0.05"})
    assert names([cheap, dear], {cheap.trunk.id: DOWN}) == ["dear", "cheap"]


def test_a_trunk_that_asked_for_a_pause_is_tried_in_turn_once_that_is_over() -> None:
    line = a_line()
    waiting = Health(HealthState.DOWN, "503", NOW, NOW + timedelta(seconds=1))
    assert is_down(waiting, NOW)
    assert not is_down(waiting, NOW + timedelta(seconds=1))
    assert names([line], {line.trunk.id: waiting}) == ["Carrier"]


def test_a_trunk_without_prices_carries_everything_after_those_whose_cost_is_known() -> None:
    assert names([a_line("any"), a_line("dear", {"49": "9"})]) == ["dear", "any"]


def test_nobody_carries_what_no_prefix_names() -> None:
    assert names([a_line("france", {"33": "0.01"}), a_line("off", is_active=False)]) == []


def test_a_hop_shows_the_carrier_who_we_are() -> None:
    line = a_line(domain="carrier.example", username="acme", asserts_identity=True, port=5080)
    (hop,) = hops_for(BERLIN, [line], {}, NOW)
    assert (hop.host, hop.port, hop.transport, hop.domain) == (
        "sip.carrier.example",
        5080,
        "udp",
        "carrier.example",
    )
    assert (hop.username, hop.password, hop.asserts_identity) == ("acme", "secret", True)


def test_emergency_calls_go_to_their_trunk_alone() -> None:
    line = a_line("e", {"33": "1"})
    assert [hop.trunk for hop in emergency_hops(line)] == [str(line.trunk.id)]
    assert emergency_hops(None) == []
    assert emergency_hops(a_line(is_active=False)) == []


def test_a_line_does_not_print_its_password() -> None:
    assert "secret" not in repr(a_line())


@given(numbers, st.lists(trunks, max_size=6), st.data())
def test_hops_are_just_the_active_trunks_that_have_a_price_the_well_ones_first_then_by_cost(
    number: str, lines: list[Line], data: st.DataObject
) -> None:
    health = {one.trunk.id: state for one in lines if (state := data.draw(states)) is not None}
    hops = [UUID(hop.trunk) for hop in hops_for(number, lines, health, NOW)]
    by_id = {one.trunk.id: one.trunk for one in lines}
    carrying = {one.id for one in by_id.values() if one.is_active and rate_for(number, one) is not None}
    assert len(hops) == len(set(hops))
    assert set(hops) == carrying
    order = [(is_down(health.get(one), NOW), *_cost(number, by_id[one])) for one in hops]
    assert order == sorted(order)


def _cost(number: str, trunk: object) -> tuple[Decimal, int]:
    rate = rate_for(number, trunk)  # pyright: ignore[reportArgumentType] # a trunk
    assert rate is not None
    return rate.cost_per_minute, rate.priority


@given(numbers, st.lists(rates, min_size=1, max_size=12))
def test_the_price_is_that_of_the_longest_prefix(number: str, found: list[Rate]) -> None:
    unique = tuple({one.prefix: one for one in found}.values())
    rate = rate_for(number, a_trunk(rates=unique))
    matching = [one for one in unique if number[1:].startswith(one.prefix)]
    assert (rate is None) is (not matching)
    if rate is not None:
        assert rate in matching
        assert len(rate.prefix) == max(len(one.prefix) for one in matching)


@given(numbers, st.lists(trunks, max_size=6), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_trunks_were_read(number: str, lines: list[Line], random: object) -> None:
    mixed = [*lines]
    random.shuffle(mixed)  # pyright: ignore[reportAttributeAccessIssue] # a Random
    assert hops_for(number, mixed, {}, NOW) == hops_for(number, lines, {}, NOW)
