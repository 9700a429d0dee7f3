"""sipp calling us, by udp and tcp: what carriers ask of a callee."""

import asyncio

import pytest

from offhook.voice.signalling import Answered, Ended, Hop, Incoming, Referred, Reoffered
from voice.sip.sides import LOCAL, Side
from voice.sip.sipp_peer import (
    USED,
    against,
    answer,
    ask,
    both,
    hear,
    must_hold,
    needed,
    pause,
    sdp,
    take_call,
)
from voice.sip.world import an_sdp

pytestmark = needed


@both
def test_calling_it_is_answered_and_hangs_up(transport: str) -> None:
    steps = [
        ask("INVITE", 1, body=sdp()),
        hear(100),
        hear(180),
        hear(183),
        hear(200),
        ask("ACK", 1, in_call=True),
        pause(50),
        ask("BYE", 2, in_call=True),
        hear(200),
    ]

    async def scene(side: Side, _: Hop) -> None:
        incoming = await side.wait_for(Incoming)
        assert (incoming.called, incoming.caller, incoming.caller_name) == ("+15550199", "+15550123", "sipp")
        await side.signalling.ring(incoming.leg)
        await side.signalling.ring(incoming.leg, sdp=an_sdp(LOCAL))
        await side.signalling.answer(incoming.leg, an_sdp(LOCAL))
        assert await side.wait_for(Ended) == Ended(incoming.leg, 200, "hung up")

    against(steps, scene, transport=transport)


@both
@pytest.mark.parametrize("code", [480, 486, 503, 603])
def test_calling_it_is_refused(code: int, transport: str) -> None:
    steps = [ask("INVITE", 1, body=sdp()), hear(100), hear(code), _ack_of_failure()]

    async def scene(side: Side, _: Hop) -> None:
        incoming = await side.wait_for(Incoming)
        await side.signalling.refuse(incoming.leg, code)
        async with asyncio.timeout(5):
            while side.signalling.load.transactions:
                await asyncio.sleep(0.02)

    against(steps, scene, transport=transport)


def _ack_of_failure() -> str:
    """Within the INVITE's transaction: the same branch."""
    return ask("ACK", 1, in_call=True).replace("branch=[branch]", "branch=[branch-3]")


def test_calling_it_gives_up() -> None:
    cancel = ask("CANCEL", 1, Reason='SIP;cause=200;text="elsewhere"').replace(
        "branch=[branch]", "branch=[branch-3]"
    )
    steps = [
        ask("INVITE", 1, body=sdp()),
        hear(100),
        hear(180),
        cancel,
        hear(200),
        hear(487),
        ask("ACK", 1, in_call=True).replace("branch=[branch]", "branch=[branch-6]"),
    ]

    async def scene(side: Side, _: Hop) -> None:
        incoming = await side.wait_for(Incoming)
        await side.signalling.ring(incoming.leg)
        assert await side.wait_for(Ended) == Ended(incoming.leg, 200, "elsewhere")

    against(steps, scene)


def test_calling_it_loses_its_ack() -> None:
    steps = [
        ask("INVITE", 1, body=sdp()),
        hear(100),
        hear(200),
        pause(350),
        ask("ACK", 1, in_call=True),
        pause(50),
        ask("BYE", 2, in_call=True),
        hear(200),
    ]

    async def scene(side: Side, _: Hop) -> None:
        leg = await take_call(side)
        assert await side.wait_for(Ended) == Ended(leg, 200, "hung up")

    against(steps, scene)


@both
def test_calling_it_offers_late(transport: str) -> None:
    steps = [
        ask("INVITE", 1),
        hear(100),
        hear(200),
        ask("ACK", 1, body=sdp(7), in_call=True),
        pause(50),
        ask("BYE", 2, in_call=True),
        hear(200),
    ]

    async def scene(side: Side, _: Hop) -> None:
        leg = await take_call(side)
        answered = await side.wait_for(Answered)
        assert answered.leg == leg
        assert answered.sdp is not None
        assert "o=sipp 1 7" in answered.sdp
        await side.wait_for(Ended)

    against(steps, scene, transport=transport)


def test_calling_it_holds_the_call_then_refreshes_it() -> None:
    timer = {"Session_Expires": "90;refresher=uac", "Supported": "timer"}
    steps = [
        ask("INVITE", 1, body=sdp(), **timer),
        hear(100),
        hear(200, actions=must_hold("Session-Expires", "90;refresher=uac")),
        USED,
        ask("ACK", 1, in_call=True),
        ask("INVITE", 2, body=sdp(2, "sendonly"), in_call=True),
        hear(100),
        hear(200),
        ask("ACK", 2, in_call=True),
        ask("INVITE", 3, body=sdp(2, "sendonly"), in_call=True, **timer),
        hear(200),
        ask("ACK", 3, in_call=True),
        ask("INFO", 4, in_call=True),
        hear(200),
        ask("BYE", 5, in_call=True),
        hear(200),
    ]

    async def scene(side: Side, _: Hop) -> None:
        leg = await take_call(side)
        reoffered = await side.wait_for(Reoffered)
        assert "a=sendonly" in reoffered.sdp
        await side.signalling.answer_reoffer(leg, an_sdp(LOCAL, version=2, extra="a=recvonly\r\n"))
        await side.wait_for(Ended)
        assert not any(isinstance(event, Reoffered) for event in side.told)

    against(steps, scene)


def test_calling_it_asks_for_a_transfer() -> None:
    steps = [
        ask("INVITE", 1, body=sdp()),
        hear(100),
        hear(200),
        ask("ACK", 1, in_call=True),
        ask("REFER", 2, in_call=True, Refer_To="<sip:ae@sales.example>"),
        hear(603),
        hear("BYE"),
        answer(200, "OK", tag=""),
    ]

    async def scene(side: Side, _: Hop) -> None:
        leg = await take_call(side)
        assert (await side.wait_for(Referred)).target == "sip:ae@sales.example"
        await asyncio.sleep(0.2)
        await side.signalling.hang_up(leg)

    against(steps, scene)


@both
def test_calling_it_asks_what_we_do_not_do(transport: str) -> None:
    steps = [
        ask("OPTIONS", 1),
        hear(200),
        ask("OPTIONS", 2, Require="teleport"),
        hear(420),
        ask("MESSAGE", 3),
        hear(405),
        ask("FROBNICATE", 4),
        hear(501),
        ask("BYE", 5),
        hear(481),
    ]

    async def scene(side: Side, _: Hop) -> None:
        assert side.told == []

    against(steps, scene, transport=transport)


@pytest.mark.slow
@both
def test_it_calls_two_hundred_times_and_every_fifth_packet_is_lost(transport: str) -> None:
    steps = [
        ask("INVITE", 1, body=sdp(), retrans=100),
        hear(100, optional=True),
        hear(180, optional=True),
        hear(200),
        ask("ACK", 1, in_call=True),
        pause(300),
        ask("BYE", 2, in_call=True, retrans=100),
        hear(200),
    ]
    lossy = ("-lost", "20") if transport == "udp" else ()

    async def scene(side: Side, _: Hop) -> None:
        for _ in range(200):
            incoming = await side.wait_for(Incoming, 20)
            await side.signalling.ring(incoming.leg)
            await side.signalling.answer(incoming.leg, an_sdp(LOCAL))
        async with asyncio.timeout(20):
            while side.signalling.load.legs:
                await asyncio.sleep(0.05)

    options = ("-m", "200", "-r", "40", "-l", "200", *lossy)
    against(steps, scene, transport=transport, options=options)
