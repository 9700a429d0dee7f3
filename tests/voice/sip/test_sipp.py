"""Our user agent against sipp, called and calling, by udp and tcp."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from offhook.voice.signalling import (
    Answered,
    Ended,
    Hop,
    Incoming,
    ReferProgress,
    Referred,
    Refused,
    Reoffered,
    ReofferRefused,
    TrunkChanged,
    Trying,
)
from offhook.voice.sip import Settings, SipSignalling, Timing, Trunk
from voice.sip.sides import LOCAL, Side, a_free_port
from voice.sip.sipp_peer import (
    KEPT,
    SIPP,
    USED,
    answer,
    answer_kept,
    ask,
    ask_kept,
    end_by_us,
    hear,
    keep,
    must_hold,
    pause,
    sdp,
    sipp,
)
from voice.sip.world import ACCOUNT, a_permit, an_sdp

pytestmark = pytest.mark.skipif(SIPP is None, reason="sipp (Debian: sip-tester) is not installed")
both = pytest.mark.parametrize("transport", ["udp", "tcp"])
Scene = Callable[[Side, Hop], Awaitable[None]]
T = TypeVar("T")


def against(
    steps: list[str], scene: Scene, *, transport: str = "udp", options: tuple[str, ...] = (), **hop_options: object
) -> None:
    """Run a scenario of sipp's and ours together; both must come to their end."""

    async def run() -> None:
        port = a_free_port()
        hop = Hop("sipp", LOCAL, port, transport, **hop_options)  # type: ignore[arg-type]
        settings = Settings(timing=Timing(t1=0.1, t4=0.5))
        async with SipSignalling([Trunk(hop, ping_every=0)], bind=(LOCAL, 0), settings=settings) as ours:
            side = Side(ours)
            listening = asyncio.create_task(side.listen())
            async with sipp(steps, port, ours=ours.port, transport=transport, options=options):
                await scene(side, hop)
            await ours.close()
            await listening

    asyncio.run(run())


async def place(side: Side, hop: Hop) -> None:
    await side.signalling.invite(
        "leg", a_permit("+15550100"), hop, caller="+15550199", caller_name="Ada", sdp=an_sdp(LOCAL)
    )


async def place_and_answer(side: Side, hop: Hop) -> None:
    await place(side, hop)
    await side.wait_for(Answered)


async def take_call(side: Side) -> str:
    incoming = await side.wait_for(Incoming)
    await side.signalling.answer(incoming.leg, an_sdp(LOCAL))
    return incoming.leg


@both
def test_called_it_rings_with_early_media_answers_and_is_hung_up(transport: str) -> None:
    steps = [
        hear("INVITE"),
        answer(180, "Ringing"),
        answer(183, "Progress", body=sdp()),
        answer(200, "OK", body=sdp(), retrans=500),
        *end_by_us(),
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        codes = [event.code for event in side.told if isinstance(event, Trying)]
        assert codes == [180, 183]
        await side.signalling.hang_up("leg")

    against(steps, scene, transport=transport)


@both
@pytest.mark.parametrize("code", [302, 404, 486, 488, 500, 503, 603])
def test_called_it_refuses(code: int, transport: str) -> None:
    more = {"Retry_After": "17"} if code == 503 else {}
    steps = [hear("INVITE"), answer(code, "No", retrans=500, **more), hear("ACK")]

    async def scene(side: Side, hop: Hop) -> None:
        await place(side, hop)
        refused = await side.wait_for(Refused)
        assert refused.code == code
        assert refused.retry_after == (17 if code == 503 else None)
        assert len(refused.contacts) == (1 if code < 400 else 0)

    against(steps, scene, transport=transport)


@both
@pytest.mark.parametrize(("code", "asked"), [(401, "WWW_Authenticate"), (407, "Proxy_Authenticate")])
def test_called_it_asks_for_credentials_and_verifies_them(code: int, asked: str, transport: str) -> None:
    name, secret = ACCOUNT["username"], ACCOUNT["password"]
    challenge = 'Digest realm="sipp", nonce="47ebe028cda119c35d4877b383027d28", qop="auth", algorithm=MD5'
    steps = [
        hear("INVITE"),
        answer(code, "Who", retrans=500, **{asked: challenge}),
        hear("ACK"),
        hear("INVITE", actions=f'<verifyauth assign_to="ok" username="{name}" password="{secret}"/>'),
        '  <nop condexec="ok" next="good"/>',
        answer(403, "Wrong"),
        '  <label id="good"/>',
        answer(200, "OK", body=sdp(), retrans=500),
        *end_by_us(),
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        await side.signalling.hang_up("leg")

    against(steps, scene, transport=transport, **ACCOUNT)


def test_called_it_prefers_sha_256() -> None:
    challenges = [f'Digest realm="s", nonce="n1", qop="auth", algorithm={name}' for name in ("SHA-256", "MD5")]
    steps = [
        hear("INVITE"),
        answer(401, "Who", retrans=500, WWW_Authenticate="\n      WWW-Authenticate: ".join(challenges)),
        hear("ACK"),
        hear("INVITE", actions=must_hold("Authorization", "algorithm=SHA-256")),
        USED,
        answer(486, "Busy", retrans=500),
        hear("ACK"),
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place(side, hop)
        assert (await side.wait_for(Refused)).code == 486

    against(steps, scene, **ACCOUNT)


@pytest.mark.slow
def test_called_it_never_answers() -> None:
    async def scene(side: Side, hop: Hop) -> None:
        await place(side, hop)
        assert (await side.wait_for(Refused, 10)).code == 408

    against([hear("INVITE"), pause(7500)], scene)


@both
def test_called_it_is_cancelled(transport: str) -> None:
    steps = [
        keep(),
        answer(180, "Ringing"),
        hear("CANCEL"),
        answer(200, "OK", tag=""),
        answer_kept(487, "Request Terminated"),
        hear("ACK"),
        KEPT,
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place(side, hop)
        await side.wait_for(Trying)
        await side.signalling.hang_up("leg")
        assert (await side.wait_for(Refused)).code == 487

    against(steps, scene, transport=transport)


@both
def test_called_it_answers_as_we_cancel(transport: str) -> None:
    steps = [
        keep(),
        answer(180, "Ringing"),
        hear("CANCEL"),
        answer_kept(200, "OK", body=sdp()),
        hear("ACK"),
        hear("BYE"),
        answer(200, "OK", tag=""),
        KEPT,
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place(side, hop)
        await side.wait_for(Trying)
        await side.signalling.hang_up("leg")
        assert (await side.wait_for(Refused)).code == 487
        assert not any(isinstance(event, Answered) for event in side.told)

    against(steps, scene, transport=transport)


def test_called_it_forks_and_two_answer() -> None:
    steps = [
        keep(),
        answer(180, "Ringing", tag="one"),
        answer(180, "Ringing", tag="two"),
        answer_kept(200, "OK", body=sdp(), tag="two"),
        hear("ACK"),
        answer_kept(200, "OK", body=sdp(), tag="one"),
        hear("ACK"),
        hear("BYE"),
        answer(200, "OK", tag=""),
        hear("BYE"),
        answer(200, "OK", tag=""),
        KEPT,
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        await asyncio.sleep(0.3)
        assert not any(isinstance(event, Answered) for event in side.told)
        await side.signalling.hang_up("leg")

    against(steps, scene)


@both
def test_called_it_says_bye_as_we_offer_anew(transport: str) -> None:
    steps = [
        keep(),
        answer(200, "OK", body=sdp(), retrans=500),
        hear("ACK"),
        hear("INVITE", actions='<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="again"/>'),
        ask_kept("BYE", 1, Reason='Q.850;cause=16;text="done"'),
        hear(200),
        _late_487(),
        hear("ACK"),
        KEPT,
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        await side.signalling.reoffer("leg", an_sdp(LOCAL, version=2))
        assert await side.wait_for(Ended) == Ended("leg", 200, "done")
        assert not any(isinstance(event, ReofferRefused) for event in side.told)

    against(steps, scene, transport=transport)


def _late_487() -> str:
    text = answer_kept(487, "Request Terminated")
    return text.replace("Via:[$via]", "Via:[$again]").replace("CSeq:[$cseq]", "CSeq: 2 INVITE")


def test_called_it_is_transferred() -> None:
    notify = {"Event": "refer"}
    steps = [
        keep(),
        answer(200, "OK", body=sdp(), retrans=500),
        hear("ACK"),
        hear("REFER"),
        answer(202, "Accepted", tag=""),
        ask_kept("NOTIFY", 1, body="SIP/2.0 100 Trying", Subscription_State="active;expires=60", **notify),
        hear(200),
        ask_kept("NOTIFY", 2, body="SIP/2.0 200 OK", Subscription_State="terminated;reason=noresource", **notify),
        hear(200),
        hear("BYE"),
        answer(200, "OK", tag=""),
        KEPT,
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        await side.signalling.refer("leg", "sip:ae@sales.example")
        assert (await side.wait_for(ReferProgress)).code == 200
        await side.signalling.hang_up("leg")

    against(steps, scene)


def test_called_it_is_refreshed_by_update() -> None:
    steps = [
        hear("INVITE"),
        answer(200, "OK", body=sdp(), retrans=500, Session_Expires="90;refresher=uac", Allow="INVITE, UPDATE"),
        hear("ACK"),
        hear("UPDATE"),
        answer(200, "OK", tag="", Session_Expires="90;refresher=uac"),
        hear("BYE"),
        answer(200, "OK", tag=""),
    ]
    leap = [0.0]

    async def run() -> None:
        port = a_free_port()
        hop = Hop("sipp", LOCAL, port)
        loop = asyncio.get_running_loop()
        trunk = Trunk(hop, ping_every=0)
        async with SipSignalling([trunk], bind=(LOCAL, 0), ticks=lambda: loop.time() + leap[0]) as ours:
            side = Side(ours)
            listening = asyncio.create_task(side.listen())
            async with sipp(steps, port, ours=ours.port):
                await place_and_answer(side, hop)
                await asyncio.sleep(0.2)
                leap[0] = 45.1
                ours._wake()
                await asyncio.sleep(0.5)
                await ours.hang_up("leg")
            await ours.close()
            await listening

    asyncio.run(run())


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
        hear(202),
        hear("NOTIFY"),
        answer(200, "OK", tag=""),
        hear("NOTIFY"),
        answer(200, "OK", tag=""),
        hear("BYE"),
        answer(200, "OK", tag=""),
    ]

    async def scene(side: Side, _: Hop) -> None:
        leg = await take_call(side)
        assert (await side.wait_for(Referred)).target == "sip:ae@sales.example"
        await side.signalling.report_refer(leg, 200)
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


@both
def test_it_answers_our_pings(transport: str) -> None:
    async def run() -> None:
        port = a_free_port()
        trunk = Trunk(Hop("sipp", LOCAL, port, transport), ping_every=1)
        steps = [hear("OPTIONS"), answer(200, "OK")]
        async with sipp(steps, port, ours=9, transport=transport), SipSignalling([trunk], bind=(LOCAL, 0)) as ours:
            side = Side(ours)
            listening = asyncio.create_task(side.listen())
            assert (await side.wait_for(TrunkChanged)).is_up
            await ours.close()
            await listening

    asyncio.run(run())


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
