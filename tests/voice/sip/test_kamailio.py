"""Two of our user agents through a real Kamailio: registered with it, and calling each other along its route."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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
)
from offhook.voice.sip import SipSignalling, Trunk
from voice.sip.sides import LOCAL, Side, a_free_port
from voice.sip.world import a_permit, an_sdp

KAMAILIO = shutil.which("kamailio")
MODULES = next(Path("/usr/lib").glob("*/kamailio/modules"), None)
CONFIGURATION = Path(__file__).parent / "kamailio.cfg"
pytestmark = pytest.mark.skipif(KAMAILIO is None or MODULES is None, reason="Kamailio is not installed")


@asynccontextmanager
async def kamailio(folder: Path) -> AsyncIterator[int]:
    """A running proxy; its port."""
    port = a_free_port()
    text = CONFIGURATION.read_text().replace("PORT", str(port)).replace("MODULES", f"{MODULES}/")
    (folder / "k.cfg").write_text(text)
    process = await asyncio.create_subprocess_exec(
        str(KAMAILIO), "-DD", "-f", "k.cfg", "-m", "64", "-M", "8", "-Y", str(folder), cwd=folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield port
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


@asynccontextmanager
async def registered(port: int, user: str) -> AsyncIterator[tuple[Side, Hop]]:
    """One of our user agents, registered at the proxy as `user`."""
    hop = Hop("proxy", LOCAL, port, username=user, password=user)
    async with SipSignalling([Trunk(hop, ping_every=1, registers=True)], bind=(LOCAL, 0)) as signalling:
        side = Side(signalling)
        listening = asyncio.create_task(side.listen())
        assert (await side.wait_for(TrunkChanged, 20)).is_up
        yield side, hop
        await signalling.close()
        await listening


async def call(side: Side, hop: Hop, leg: str, number: str) -> None:
    await side.signalling.invite(
        leg, a_permit(number), hop, caller="alice", caller_name="Alice", sdp=an_sdp(LOCAL)
    )


def test_calls_through_a_proxy_that_stays_on_the_way(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            kamailio(tmp_path) as port,
            registered(port, "alice") as (alice, hop),
            registered(port, "bob") as (bob, _),
        ):
            await call(alice, hop, "leg", "bob")
            incoming = await bob.wait_for(Incoming)
            assert (incoming.called, incoming.caller) == ("bob", "alice")
            await bob.signalling.ring(incoming.leg)
            await bob.signalling.answer(incoming.leg, an_sdp(LOCAL))
            await alice.wait_for(Answered)
            await _offer_and_transfer(alice, bob, incoming.leg)
            await bob.signalling.hang_up(incoming.leg)
            assert await alice.wait_for(Ended) == Ended("leg", 200, "hung up")

    asyncio.run(run())


async def _offer_and_transfer(alice: Side, bob: Side, leg: str) -> None:
    await alice.signalling.reoffer("leg", an_sdp(LOCAL, version=2))
    await bob.wait_for(Reoffered)
    await bob.signalling.answer_reoffer(leg, an_sdp(LOCAL, version=2))
    await alice.wait_for(Answered)
    await bob.signalling.reoffer(leg, an_sdp(LOCAL, version=3))
    await alice.wait_for(Reoffered)
    await alice.signalling.refuse_reoffer("leg")
    assert (await bob.wait_for(ReofferRefused)).code == 488
    await bob.signalling.refer(leg, "sip:ae@sales.example")
    assert (await alice.wait_for(Referred)).target == "sip:ae@sales.example"
    assert (await bob.wait_for(ReferProgress)).code == 603


def test_a_call_given_up_and_one_to_nobody_through_a_proxy(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            kamailio(tmp_path) as port,
            registered(port, "alice") as (alice, hop),
            registered(port, "bob") as (bob, _),
        ):
            await call(alice, hop, "first", "bob")
            incoming = await bob.wait_for(Incoming)
            await bob.signalling.ring(incoming.leg)
            await alice.signalling.hang_up("first")
            assert (await alice.wait_for(Refused)).code == 487
            assert (await bob.wait_for(Ended)).leg == incoming.leg
            await call(alice, hop, "second", "nobody")
            assert (await alice.wait_for(Refused)).code == 404

    asyncio.run(run())


def test_a_call_whose_process_is_gone_is_ended_by_another(tmp_path: Path) -> None:
    async def run() -> None:
        async with kamailio(tmp_path) as port, registered(port, "bob") as (bob, _):
            async with registered(port, "alice") as (alice, hop):
                await call(alice, hop, "leg", "bob")
                incoming = await bob.wait_for(Incoming)
                await bob.signalling.answer(incoming.leg, an_sdp(LOCAL))
                await alice.wait_for(Answered)
                snapshot = alice.signalling.snapshot("leg")
                assert snapshot is not None
            async with registered(port, "alice") as (other, _):
                await other.signalling.end_orphan(snapshot)
                assert (await bob.wait_for(Ended)).leg == incoming.leg

    asyncio.run(run())
