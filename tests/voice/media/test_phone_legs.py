"""Phone legs through a real Janus and a real rtpengine, judged by tones."""

import asyncio

import pytest

from offhook.voice.media.engine import BadOffer, DigitPressed, Group, PartyLost
from voice.media.conftest import Floor, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LOUD = 2500
QUIET = 300


async def test_two_phones_in_a_room_hear_each_other_but_not_themselves(floor: Floor) -> None:
    room = await floor.engine.open_room()
    outside = await floor.phone("a", room)
    inside = await floor.phone("b", room, Group.INSIDE, codec="pcma")
    outside.frequency, inside.frequency = 440, 700
    await asyncio.sleep(1.2)
    await until(lambda: outside.hears(700) > LOUD)
    await until(lambda: inside.hears(440) > LOUD)
    await until(lambda: outside.hears(440) < QUIET)
    await floor.engine.close_room(room)


async def test_packets_of_30_ms_are_understood_and_answered(floor: Floor) -> None:
    room = await floor.engine.open_room()
    outside = await floor.phone("a", room, codec="pcma", ptime=30)
    inside = await floor.phone("b", room, Group.INSIDE, ptime=30)
    outside.frequency, inside.frequency = 440, 700
    await asyncio.sleep(1.2)
    await until(lambda: inside.hears(440) > LOUD)
    await until(lambda: outside.hears(700) > LOUD)


async def test_an_outbound_leg_hears_early_media_and_is_heard_after_the_answer(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    carrier = await floor.peer(codec="pcma")
    invite = await floor.engine.offer("out", room, Group.OUTSIDE)
    assert "m=audio" in invite
    assert "RTP/AVP 0 8 101" in invite
    carrier.connect(invite)
    await floor.engine.answered("out", carrier.sdp())
    carrier.frequency, rep.frequency = 425, 700
    await asyncio.sleep(1.2)
    await until(lambda: rep.hears(425) > LOUD)
    phone = await floor.peer(codec="pcmu")
    phone.connect(invite)
    phone.frequency = 900
    carrier.close()
    await floor.engine.answered("out", phone.sdp())
    await asyncio.sleep(1.2)
    await until(lambda: rep.hears(900) > LOUD)
    await until(lambda: phone.hears(700) > LOUD)


async def test_a_carrier_that_waits_for_our_first_packet_gets_it(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    rep.frequency = 700
    carrier = await floor.peer()
    invite = await floor.engine.offer("out", room, Group.OUTSIDE)
    await floor.engine.answered("out", carrier.sdp())
    await asyncio.sleep(1.2)
    await until(lambda: carrier.hears(700) > LOUD)
    carrier.connect(invite)
    carrier.frequency = 440
    await asyncio.sleep(0.8)
    await until(lambda: rep.hears(440) > LOUD)


async def test_a_carrier_behind_nat_is_answered_where_its_packets_come_from(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    rep.frequency = 700
    carrier = await floor.peer()
    carrier.connect(await floor.engine.accept("in", carrier.sdp(address="192.0.2.77"), room, Group.OUTSIDE))
    await asyncio.sleep(1.2)
    await until(lambda: carrier.hears(700) > LOUD)


async def test_a_carrier_that_holds_hears_nothing_and_then_again(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    carrier = await floor.phone("in", room)
    rep.frequency = 700
    await asyncio.sleep(1.0)
    await until(lambda: carrier.hears(700) > LOUD)
    held = await floor.engine.reoffered("in", carrier.sdp("sendonly"))
    assert "a=recvonly" in held
    await asyncio.sleep(0.3)
    count = len(carrier.packets)
    await asyncio.sleep(0.4)
    assert len(carrier.packets) == count
    assert "a=inactive" in await floor.engine.reoffered("in", carrier.sdp("inactive"))
    assert "a=sendrecv" in await floor.engine.reoffered("in", carrier.sdp("sendrecv"))
    await asyncio.sleep(0.6)
    await until(lambda: carrier.hears(700) > LOUD)


async def test_a_re_offer_moves_the_media_without_moving_ours(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    rep.frequency = 700
    first = await floor.phone("in", room)
    await asyncio.sleep(0.6)
    second = await floor.peer(codec="pcma")
    answer = await floor.engine.reoffered("in", second.sdp())
    second.connect(answer)
    assert second._to == first._to
    second.frequency = 900
    first.close()
    await asyncio.sleep(1.2)
    await until(lambda: second.hears(700) > LOUD)
    await until(lambda: rep.hears(900) > LOUD)


async def test_a_re_offer_without_sdp_is_answered_with_our_own(floor: Floor) -> None:
    room = await floor.engine.open_room()
    peer = await floor.phone("in", room)
    ours = await floor.engine.reoffered("in", None)
    peer_to = peer._to
    peer.connect(ours)
    assert peer._to == peer_to
    await floor.engine.answered("in", peer.sdp())


async def test_other_streams_of_an_offer_are_refused_in_their_place(floor: Floor) -> None:
    room = await floor.engine.open_room()
    peer = await floor.peer()
    offer = peer.sdp() + "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
    answer = await floor.engine.accept("in", offer, room, Group.OUTSIDE)
    assert [line for line in answer.splitlines() if line.startswith("m=")][1] == "m=video 0 RTP/AVP 96"


async def test_an_offer_without_a_codec_in_common_is_refused(floor: Floor) -> None:
    room = await floor.engine.open_room()
    offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9000 RTP/AVP 99\r\n"
    with pytest.raises(BadOffer):
        await floor.engine.accept("in", offer, room, Group.OUTSIDE)
    await floor.engine.accept("in", (await floor.peer()).sdp(), room, Group.OUTSIDE)


async def test_a_moved_leg_hears_its_new_room_only(floor: Floor) -> None:
    first, second = await floor.engine.open_room(), await floor.engine.open_room()
    rep = await floor.phone("rep", first, Group.INSIDE)
    other = await floor.phone("other", second, Group.INSIDE)
    caller = await floor.phone("in", first)
    caller.frequency, rep.frequency, other.frequency = 440, 700, 900
    await asyncio.sleep(0.8)
    await floor.engine.move("in", second)
    await asyncio.sleep(1.0)
    await until(lambda: caller.hears(900) > LOUD)
    await until(lambda: caller.hears(700) < QUIET)
    await until(lambda: other.hears(440) > LOUD)
    await until(lambda: rep.hears(440) < QUIET)


async def test_a_muted_leg_is_not_heard_but_hears_also_after_a_move(floor: Floor) -> None:
    first, second = await floor.engine.open_room(), await floor.engine.open_room()
    caller = await floor.phone("in", first)
    rep = await floor.phone("rep", first, Group.INSIDE)
    caller.frequency, rep.frequency = 440, 700
    await floor.engine.mute("in", is_muted=True)
    await asyncio.sleep(1.0)
    await until(lambda: rep.hears(440) < QUIET)
    await until(lambda: caller.hears(700) > LOUD)
    await floor.engine.move("in", second)
    await floor.engine.move("rep", second)
    await asyncio.sleep(0.8)
    await until(lambda: rep.hears(440) < QUIET)
    await floor.engine.mute("in", is_muted=False)
    await asyncio.sleep(0.8)
    await until(lambda: rep.hears(440) > LOUD)


async def test_keys_are_heard_from_the_carrier_and_pressed_towards_it(floor: Floor) -> None:
    room = await floor.engine.open_room()
    carrier = await floor.phone("in", room)
    rep = await floor.phone("rep", room, Group.INSIDE)
    carrier.frequency, rep.frequency = 440, 700
    await asyncio.sleep(0.6)
    await carrier.press("5#")
    await until(lambda: len(floor.told_of(DigitPressed)) == 2)
    assert [event.digit for event in floor.told_of(DigitPressed)] == ["5", "#"]
    assert {event.party for event in floor.told_of(DigitPressed)} == {"in"}
    await floor.engine.send_digits("in", "42")
    await until(lambda: carrier.keys() == "42")
    await asyncio.sleep(0.6)
    await until(lambda: carrier.hears(700) > LOUD)
    await until(lambda: rep.hears(440) > LOUD)


async def test_a_released_leg_is_gone_and_its_room_can_be_used_again(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    rep = await floor.phone("rep", room, Group.INSIDE)
    rep.frequency = 700
    await asyncio.sleep(0.6)
    await floor.engine.release("in")
    await floor.engine.release("in")
    await asyncio.sleep(0.3)
    count = len(caller.packets)
    await asyncio.sleep(0.3)
    assert len(caller.packets) == count
    await floor.engine.close_room(room)
    assert not floor.told_of(PartyLost)


async def test_statistics_count_packets_and_their_loss(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller = await floor.peer()
    caller.lose_every = 5
    caller.connect(await floor.engine.accept("in", caller.sdp(), room, Group.OUTSIDE))
    await asyncio.sleep(7)
    found = await floor.engine.statistics("in")
    assert found is not None
    assert found.received > 200
    assert found.sent > 200
    assert 0.12 < found.loss < 0.28


async def test_packets_of_a_length_nobody_told_us_are_understood_soon(floor: Floor) -> None:
    room = await floor.engine.open_room()
    rep = await floor.phone("rep", room, Group.INSIDE)
    caller = await floor.peer()
    caller.connect(await floor.engine.accept("in", caller.sdp(), room, Group.OUTSIDE))
    caller.ptime, caller.frequency = 40, 440
    await until(lambda: rep.hears(440) > LOUD, seconds=8)
