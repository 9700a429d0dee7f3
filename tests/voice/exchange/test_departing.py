"""A window that closed for good gives its connection back; one that is loaded again, or in a call, keeps it."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.ids import new_id
from offhook.voice.exchange.departing import GRACE_SECONDS, departed, see_off
from offhook.voice.exchange.devices import Device, Devices, party_of
from offhook.voice.media.janus import Refused
from voice.exchange.conftest import Floor
from voice.exchange.handset import Handset
from voice.exchange.in_memory import RITA, a_desk, until
from voice.exchange.test_calls import talking
from voice.exchange.world import World

users = st.sampled_from([UUID(int=one) for one in range(5)])


@given(st.dictionaries(users, st.floats(0, 1000)), st.frozensets(users), st.floats(0, 2000))
def test_whoever_is_seen_off_was_away_long_enough_and_is_in_no_call(
    left: dict[UUID, float], in_calls: frozenset[UUID], now: float
) -> None:
    gone = departed(left, in_calls, now, GRACE_SECONDS)
    for user_id, at in left.items():
        assert (user_id in gone) == (now - at >= GRACE_SECONDS and user_id not in in_calls)
    assert gone <= left.keys()


def test_a_window_that_opens_again_in_time_has_not_left() -> None:
    async def run() -> None:
        devices, loop = Devices(), asyncio.get_running_loop()
        first, second = Device(new_id(), RITA, loop), Device(new_id(), RITA, loop)
        devices.add(first)
        assert devices.left() == {}
        devices.remove(first, at=10.0)
        assert devices.left() == {RITA: 10.0}
        devices.add(second)
        assert devices.left() == {}
        assert not devices.remove(first, at=11.0), "an older window's end is not the phone's"
        assert devices.left() == {}

    asyncio.run(run())


def test_who_left_while_in_a_call_is_kept_until_it_is_over() -> None:
    with a_desk() as desk:
        device = desk.connect(RITA)
        live = desk.dial()
        desk.exchange.devices.remove(device, at=0.0)
        desk.exchange.begin(lambda: see_off(desk.exchange, grace=0.0, every=0.01))
        until(lambda: desk.signalling.invited, "the call")
        assert party_of(RITA) not in desk.media.released
        desk.exchange.end_all()
        assert live.call.is_over
        until(lambda: party_of(RITA) in desk.media.released, "the release")
        assert desk.media.released.count(party_of(RITA)) == 1


@pytest.mark.slow
def test_a_closed_windows_connection_is_gone_from_the_engine_and_a_new_one_works(
    handset: Callable[[str], Handset], world: World, floor: Floor
) -> None:
    phone, exchange = handset("rep"), floor.telephone.exchange()
    media = exchange.media
    party = party_of(world.users["rep"].id)
    seated = media._parties.find(party)
    bridge = media.supervisor.bridge
    parking, handle = seated.parking, seated.handle

    def within(room: str) -> int:
        asked = bridge.client.message(handle_of_ours, {"request": "listparticipants", "room": room})
        return len(exchange.ask(asked).data["participants"])

    handle_of_ours = exchange.ask(bridge.attach())
    assert within(parking) == 1
    exchange.begin(lambda: see_off(exchange, grace=0.5, every=0.1))
    phone.close()
    phone.wait(lambda: media._parties.find(party) is None, "the release")
    phone.wait(lambda: within(parking) == 0, "the room to be empty")
    with pytest.raises(Refused):
        exchange.ask(bridge.client.message(handle, {"request": "list"}))
    exchange.ask(bridge.client.detach(handle_of_ours))
    phone.told.clear()
    phone.open()
    talking(phone, world)
    phone.wait(lambda: phone.loudness() > 200, "a person, over the new connection")
