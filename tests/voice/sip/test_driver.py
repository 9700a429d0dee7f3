"""`SipSignalling` on real sockets: two of them on loopback, by udp and tcp."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from offhook.kernel.clock import SetClock
from offhook.kernel.errors import Forbidden, Unavailable
from offhook.voice.signalling import (
    Answered,
    Ended,
    Hop,
    Incoming,
    Refused,
    TrunkChanged,
    Trying,
)
from offhook.voice.sip import SipSignalling, Trunk
from offhook.voice.sip.agent import Settings
from offhook.voice.sip.machines import Timing
from voice.sip.sides import LOCAL, Side, a_free_port
from voice.sip.world import a_permit, an_sdp


def a_trunk(port: int, transport: str = "udp", **options: object) -> Trunk:
    hop = Hop("peer", LOCAL, port, transport, large_by_tcp=bool(options.pop("large", False)))
    return Trunk(hop, **({"ping_every": 0} | options))  # type: ignore[arg-type]


@asynccontextmanager
async def two_sides(transport: str = "udp", **options: object) -> AsyncIterator[tuple[Side, Side]]:
    ports = a_free_port(), a_free_port()
    timing = Settings(timing=Timing(t1=0.1))
    async with (
        SipSignalling([a_trunk(ports[1], transport, **options)], bind=(LOCAL, ports[0]), settings=timing) as one,
        SipSignalling([a_trunk(ports[0], transport, **options)], bind=(LOCAL, ports[1]), settings=timing) as two,
    ):
        sides = Side(one), Side(two)
        async with asyncio.TaskGroup() as listeners:
            for side in sides:
                listeners.create_task(side.listen())
            yield sides
            await one.close()
            await two.close()


def play(scene: Callable[[Side, Side], Awaitable[None]], transport: str = "udp", **options: object) -> None:
    async def run() -> None:
        async with two_sides(transport, **options) as (one, two):
            await scene(one, two)

    asyncio.run(run())


async def place(side: Side, other: Side, *, transport: str = "udp", sdp: str = "", large: bool = False) -> None:
    hop = Hop("peer", LOCAL, other.signalling.port, transport, large_by_tcp=large)
    await side.signalling.invite(
        "leg", a_permit("+15550100"), hop, caller="+15550199", caller_name="Ada", sdp=sdp or an_sdp()
    )


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_call_is_set_up_and_ended(transport: str) -> None:
    async def scene(one: Side, two: Side) -> None:
        await place(one, two, transport=transport)
        incoming = await two.wait_for(Incoming)
        assert (incoming.called, incoming.caller, incoming.trunk) == ("+15550100", "+15550199", "peer")
        await two.signalling.ring(incoming.leg)
        await one.wait_for(Trying)
        await two.signalling.answer(incoming.leg, an_sdp(LOCAL))
        assert await one.wait_for(Answered) == Answered("leg", an_sdp(LOCAL))
        assert one.signalling.snapshot("leg") is not None
        await one.signalling.hang_up("leg")
        assert await two.wait_for(Ended) == Ended(incoming.leg, 200, "hung up")

    play(scene, transport)


def test_a_long_invite_goes_by_tcp() -> None:
    async def scene(one: Side, two: Side) -> None:
        await place(one, two, sdp=an_sdp(extra="a=x:" + "y" * 3000 + "\r\n"), large=True)
        incoming = await two.wait_for(Incoming)
        await two.signalling.refuse(incoming.leg, 486)
        refused = await one.wait_for(Refused)
        assert refused.code == 486

    play(scene)


def test_nobody_at_the_other_end_of_a_connection_is_503_at_once() -> None:
    async def scene(one: Side, two: Side) -> None:
        hop = Hop("peer", LOCAL, a_free_port(), "tcp")
        await one.signalling.invite("leg", a_permit("+1"), hop, caller="", caller_name="", sdp=an_sdp())
        refused = await one.wait_for(Refused)
        assert refused.code == 503
        assert two.told == []

    play(scene)


def test_a_name_that_nobody_knows_is_503() -> None:
    async def scene(one: Side, _: Side) -> None:
        hop = Hop("peer", "no-such-host.invalid", 5060)
        await one.signalling.invite("leg", a_permit("+1"), hop, caller="", caller_name="", sdp=an_sdp())
        refused = await one.wait_for(Refused)
        assert refused.code == 503

    play(scene)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_trunks_are_pinged(transport: str) -> None:
    async def scene(one: Side, two: Side) -> None:
        assert await one.wait_for(TrunkChanged) == TrunkChanged("peer", True, "answers")
        await two.signalling.close()
        changed = await one.wait_for(TrunkChanged)
        assert not changed.is_up

    play(scene, transport, ping_every=0.1, misses=2)


def test_an_expired_permit_places_no_call() -> None:
    async def run() -> None:
        clock = SetClock()
        permit = a_permit("+1", now=clock.now())
        async with SipSignalling([], bind=(LOCAL, 0), clock=clock) as signalling:
            clock.advance(timedelta(minutes=2))
            with pytest.raises(Forbidden, match="expired"):
                await signalling.invite("leg", permit, Hop("t", LOCAL, 9), caller="", caller_name="", sdp=an_sdp())
            assert signalling.load.legs == 0

    asyncio.run(run())


def test_before_the_start_nothing_can_be_done() -> None:
    with pytest.raises(Unavailable, match="not started"):
        SipSignalling([]).snapshot("leg")


def test_a_port_in_use_is_an_error() -> None:
    async def run() -> None:
        async with SipSignalling([], bind=(LOCAL, 0)) as first:
            with pytest.raises(OSError, match="in use"):
                await SipSignalling([], bind=(LOCAL, first.port)).start()

    asyncio.run(run())


def test_a_connection_that_talks_nonsense_is_closed_and_a_keep_alive_answered() -> None:
    async def run() -> None:
        async with SipSignalling([], bind=(LOCAL, 0)) as signalling:
            reader, writer = await asyncio.open_connection(LOCAL, signalling.port)
            writer.write(b"\r\n\r\n")
            assert await asyncio.wait_for(reader.readexactly(2), 5) == b"\r\n"
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()

    asyncio.run(run())


def test_a_wildcard_is_shown_as_the_address_that_packets_leave_by() -> None:
    async def run() -> None:
        trunk = Trunk(Hop("t", LOCAL, 5999), ping_every=0)
        async with SipSignalling([trunk], bind=("0.0.0.0", 0)) as signalling:  # noqa: S104
            assert signalling._open.agent.settings.host == LOCAL

    asyncio.run(run())
