"""Two endpoints of ours on a network that loses, doubles and reorders, in virtual time: both must agree."""

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.kernel.errors import Conflict
from offhook.voice.signalling import (
    Answered,
    Ended,
    Incoming,
    ReferProgress,
    Referred,
    Refused,
    Reoffered,
    SignallingEvent,
)
from offhook.voice.sip.endpoint import Endpoint
from voice.sip.world import THEM, US, Network, a_hop, a_placing, an_endpoint, an_sdp, hostile, perfect

LONG = 700.0
"""Seconds after which nothing may be left, whatever was lost."""


class Floor:
    """Both ends, and what the callee does by itself: answer or refuse calls, answer offers, follow transfers."""

    def __init__(self, seed: int, fate: object = hostile, refuse_with: int | None = None) -> None:
        quiet = {"session_seconds": 0}
        self.us = an_endpoint(US, THEM, seed=seed, settings=quiet)
        self.them = an_endpoint(THEM, US, seed=seed + 1, settings=quiet)
        self.network = Network({US: self.us, THEM: self.them}, fate, seed)  # type: ignore[arg-type]
        self.network.react = self.react
        self.refuse_with = refuse_with
        self.their_leg = ""

    def react(self, host: str, event: SignallingEvent) -> None:
        endpoint = self.network.endpoints[host]
        now = self.network.now
        match event:
            case Incoming(leg=leg):
                self.their_leg = leg
                endpoint.ring(leg, None, now)
                if self.refuse_with:
                    endpoint.refuse(leg, self.refuse_with, "", now)
                else:
                    endpoint.answer(leg, an_sdp(host), now)
            case Reoffered(leg=leg):
                endpoint.answer_reoffer(leg, an_sdp(host, version=int(now * 1000) + 2), now)
            case _:
                pass

    def place(self) -> None:
        self.us.place(a_placing(hop=a_hop(host=THEM)), self.network.now)

    def act(self, what: str, version: int) -> None:
        """One of the things that either side may do in a call."""
        now = self.network.now
        match what:
            case "ours":
                self.us.reoffer("leg", an_sdp(US, version=version), now)
            case "theirs":
                self.them.reoffer(self.their_leg, an_sdp(THEM, version=version), now)
            case "refer":
                self.us.refer("leg", "sip:ae@sales.example", now)
            case _:
                self.them.refer(self.their_leg, "sip:ae@sales.example", now)

    def told(self, host: str, kind: type[SignallingEvent]) -> list[SignallingEvent]:
        return [event for event in self.network.told[host] if isinstance(event, kind)]

    def assert_empty(self) -> None:
        for endpoint in (self.us, self.them):
            assert (endpoint.load.legs, endpoint.load.dialogs, endpoint.load.transactions) == (0, 0, 0)


@given(st.integers(0, 2**31))
@settings(max_examples=60)
def test_a_call_set_up_and_ended_is_known_so_at_both_ends(seed: int) -> None:
    floor = Floor(seed)
    floor.place()
    floor.network.run(100)
    answered, refused = floor.told(US, Answered), floor.told(US, Refused)
    assert len(answered) + len(refused) == 1
    if answered:
        floor.us.hang_up("leg", floor.network.now)

    floor.network.run(LONG)

    floor.assert_empty()
    assert len(floor.told(THEM, Incoming)) <= 1
    assert len(floor.told(THEM, Ended)) == len(floor.told(THEM, Incoming))


@given(st.integers(0, 2**31), st.sampled_from([302, 404, 486, 503, 603]))
@settings(max_examples=40)
def test_a_refusal_arrives_once(seed: int, code: int) -> None:
    floor = Floor(seed, refuse_with=code)
    floor.place()

    floor.network.run(LONG)

    [refused] = floor.told(US, Refused)
    assert isinstance(refused, Refused)
    assert refused.code in (code, 408)
    floor.assert_empty()


@given(st.integers(0, 2**31), st.floats(0, 1.5))
@settings(max_examples=80)
def test_a_call_given_up_at_any_moment_leaves_nothing_behind(seed: int, after: float) -> None:
    floor = Floor(seed)
    floor.place()
    floor.network.run(after)
    floor.us.hang_up("leg", floor.network.now)

    floor.network.run(LONG)

    floor.assert_empty()
    answered, refused = floor.told(US, Answered), floor.told(US, Refused)
    assert len(answered) + len(refused) == 1
    assert len(floor.told(THEM, Ended)) == len(floor.told(THEM, Incoming))


@given(st.integers(0, 2**31), st.lists(st.sampled_from(["us", "them"]), min_size=1, max_size=5))
@settings(max_examples=60)
def test_offers_of_both_sides_at_once_come_to_an_end(seed: int, acts: list[str]) -> None:
    floor = Floor(seed)
    chance = random.Random(seed)
    floor.place()
    floor.network.run(40)
    if not floor.told(US, Answered):
        return
    for version, act in enumerate(acts, 2):
        now = floor.network.now
        if act == "us":
            floor.us.reoffer("leg", an_sdp(US, version=version), now)
        elif act == "them" and floor.them.snapshot(floor.their_leg) is not None:
            floor.them.reoffer(floor.their_leg, an_sdp(THEM, version=version), now)
        floor.network.run(chance.uniform(0, 0.4))
    floor.network.run(150)
    ours, theirs = floor.us.agent.legs.get("leg"), floor.them.agent.legs.get(floor.their_leg)
    if ours is not None and theirs is not None:
        assert (ours.offering, theirs.offering) == ("none", "none")
        assert ours.remote_sdp == theirs.local_sdp
        assert theirs.remote_sdp == ours.local_sdp
    floor.us.hang_up("leg", floor.network.now)

    floor.network.run(LONG)

    floor.assert_empty()


@given(st.integers(0, 2**31))
@settings(max_examples=30)
def test_a_transfer_that_is_asked_for_ends_once(seed: int) -> None:
    floor = Floor(seed)
    floor.place()
    floor.network.run(40)
    if not floor.told(US, Answered):
        return
    floor.us.refer("leg", "sip:ae@sales.example", floor.network.now)

    floor.network.run(250)

    assert len(floor.told(US, ReferProgress)) + len(floor.told(US, Ended)) >= 1
    assert len(floor.told(US, ReferProgress)) <= 1
    assert len(floor.told(THEM, Referred)) <= 1


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A message with bytes changed, cut out, doubled, or a line moved."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) or 1)
        match chance.randint(0, 3):
            case 0 if found:
                found[at] = chance.choice(b'"<>;,:@=\r\n \x00\xff[]?0129azAZ')
            case 1:
                del found[at : at + chance.randint(1, 30)]
            case 2:
                found[at:at] = found[at : at + chance.randint(1, 30)]
            case _:
                start = found.find(b"\r\n", at)
                end = found.find(b"\r\n", start + 2)
                if 0 <= start < end:
                    found[at:at] = found[start:end]
    return bytes(found)


@given(st.integers(0, 2**31), st.lists(st.sampled_from(["ours", "theirs", "refer", "referred"]), max_size=4))
@settings(max_examples=100)
def test_a_network_that_damages_messages_neither_hurts_nor_leaves_anything(seed: int, acts: list[str]) -> None:
    floor = Floor(seed)
    chance = random.Random(seed)
    floor.network.damage = lambda data: damaged(data, chance) if chance.random() < 0.3 else data
    floor.place()
    floor.network.run(chance.uniform(0, 3))
    for version, act in enumerate(acts, 2):
        with contextlib.suppress(Conflict):
            floor.act(act, version)
        floor.network.run(chance.uniform(0, 2))
    for endpoint in (floor.us, floor.them):
        floor.network.run(LONG)
        for leg in list(endpoint.agent.legs):
            endpoint.hang_up(leg, floor.network.now)

    floor.network.run(LONG)

    floor.assert_empty()


def test_a_hundred_calls_at_once_on_a_bad_network() -> None:
    floor = Floor(7)
    for n in range(100):
        floor.us.place(a_placing(f"leg{n}", hop=a_hop(host=THEM)), floor.network.now)
        floor.network.run(0.01)
    floor.network.run(60)
    ended = {event.leg for event in floor.told(US, Refused) if isinstance(event, Refused)}
    answered = {event.leg for event in floor.told(US, Answered) if isinstance(event, Answered)}
    assert len(answered) + len(ended) == 100
    assert len(answered) > 95
    for leg in answered:
        floor.us.hang_up(leg, floor.network.now)

    floor.network.run(LONG)

    floor.assert_empty()


def test_on_a_good_network_a_call_takes_seven_messages_and_one_round_trip() -> None:
    floor = Floor(3, perfect)
    floor.place()
    floor.network.run(0.05)

    assert floor.told(US, Answered)
    floor.us.hang_up("leg", floor.network.now)
    floor.network.run(LONG)
    floor.assert_empty()


def test_both_refresh_a_long_call_and_it_stays_up() -> None:
    us, them = an_endpoint(US, THEM), an_endpoint(THEM, US, seed=5)
    network = Network({US: us, THEM: them}, perfect)
    floor = Floor(1)
    floor.network, floor.us, floor.them = network, us, them
    network.react = floor.react
    floor.place()

    network.run(4 * 3600)

    assert us.load.legs == them.load.legs == 1
    del network.endpoints[THEM]
    network.run(3600)
    assert isinstance(network.told[US][-1], Ended)
    assert us.load == type(us.load)(0, 0, 0)


@pytest.mark.parametrize("endpoint", [an_endpoint()])
def test_an_endpoint_with_nothing_to_do_never_wakes(endpoint: Endpoint) -> None:
    assert endpoint.next_wake is None
