"""sipp called by us, by udp and tcp: what carriers do to our calls."""

import asyncio

import pytest

from offhook.voice.signalling import (
    Answered,
    Ended,
    Hop,
    ReferProgress,
    Refused,
    ReofferRefused,
    TrunkChanged,
    Trying,
)
from offhook.voice.sip import SipSignalling, Trunk
from voice.sip.sides import LOCAL, Side, a_free_port
from voice.sip.sipp_peer import (
    KEPT,
    USED,
    against,
    answer,
    answer_kept,
    ask_kept,
    both,
    end_by_us,
    hear,
    keep,
    must_hold,
    needed,
    pause,
    place,
    place_and_answer,
    sdp,
    sipp,
)
from voice.sip.world import ACCOUNT, an_sdp

pytestmark = needed


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


@both
def test_called_it_sends_us_on_to_itself(transport: str) -> None:
    steps = [
        hear("INVITE"),
        answer(
            302, "Elsewhere", retrans=500, Contact="<sip:+15550100@[local_ip]:[local_port];transport=[transport]>"
        ),
        hear("ACK"),
        hear("INVITE"),
        answer(180, "Ringing"),
        answer(200, "OK", body=sdp(), retrans=500),
        *end_by_us(),
    ]

    async def scene(side: Side, hop: Hop) -> None:
        await place_and_answer(side, hop)
        assert not any(isinstance(event, Refused) for event in side.told)
        await side.signalling.hang_up("leg")

    against(steps, scene, transport=transport)


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
