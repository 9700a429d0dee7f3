"""The SIP user agent: calls set up and ended a second, on one core; two of ours in memory, and against sipp.

A call is INVITE, 100, 180, 200, ACK, BYE, 200. In memory one process does both ends, so that a stack alone does
twice as many. Rates are per second of processor time of this process, so that neighbours do not count. sipp, where
it is installed, calls a `SipSignalling` by loopback as fast as it takes calls.
"""

import asyncio
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from offhook.bench.model import Figure, at_least, fact
from offhook.voice.signalling import Hop, Incoming
from offhook.voice.sip import Settings, SipSignalling, Trunk
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.endpoint import Endpoint
from offhook.voice.sip.limiter import Rate
from offhook.voice.sip.outbound import Placing

CALLS = 3_000
GOAL = 300
SIPP_CALLS = 3_000
SIPP_RATE = 600
LOCAL = "127.0.0.1"
SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)


def figures() -> Iterable[Figure]:
    """Calls a second in memory, and against sipp if there is one."""
    pair = _in_memory()
    detail = f"{CALLS:,} calls between two endpoints in one process: {pair:,.0f} calls/s of both ends"
    yield at_least("sip: calls a second, one stack", 2 * pair, "calls/s", GOAL, detail)
    yield fact("sip: calls a second, both ends on one core", pair, "calls/s", "the same run")
    if shutil.which("sipp") is None:
        yield fact("sip: calls a second against sipp", 0, "calls/s", "not measured: sipp (sip-tester) is missing")
        return
    rate, done, wall = asyncio.run(_against_sipp())
    told = f"{done:,} of {SIPP_CALLS:,} calls of sipp's in {wall:.1f} s by udp, through sockets and event loop"
    yield at_least("sip: calls a second against sipp", rate, "calls/s", GOAL, told)


def _in_memory() -> float:
    places = {host: Address("udp", host, 5060) for host in ("192.0.2.1", "192.0.2.2")}
    us, them = places
    wide = Rate(1e6, 1e6)
    ends = {
        host: Endpoint(
            Settings(host, 5060, trunk_rate=wide),
            [Trunk(Hop("peer", other, 5060), ping_every=0)],
            random.Random(seed),
            0.0,
        )
        for seed, (host, other) in enumerate([(us, them), (them, us)])
    }
    hop = Hop("peer", them, 5060)
    begun = time.process_time()
    for n in range(CALLS):
        now = n / GOAL  # the pace of the goal: what a finished call leaves behind is kept as long as it would be
        _one_call(ends[us], ends[them], Placing(f"leg{n}", "+15550100", hop, "+15550199", "Ada", SDP), places, now)
        for end in ends.values():
            end.wake(now)
    return CALLS / (time.process_time() - begun)


def _one_call(us: Endpoint, them: Endpoint, placing: Placing, places: dict[str, Address], now: float) -> None:
    here, there = places.values()
    us.place(placing, now)
    _deliver(us, them, here, now)
    leg = next(event.leg for event in them.take_events() if isinstance(event, Incoming))
    them.ring(leg, None, now)
    them.answer(leg, SDP, now)
    _deliver(them, us, there, now)
    us.hang_up(placing.leg, now)
    _deliver(us, them, here, now)
    _deliver(them, us, there, now)
    us.take_events()
    them.take_events()


def _deliver(sender: Endpoint, receiver: Endpoint, source: Address, now: float) -> None:
    for send in sender.take_sends():
        receiver.receive(send.data, source, now)


async def _against_sipp() -> tuple[float, int, float]:
    """Calls a second of our processor time, calls done, seconds it took."""
    wide = Settings(trunk_rate=Rate(1e6, 1e6))
    trunk = Trunk(Hop("sipp", LOCAL, 5060), ping_every=0)
    async with SipSignalling([trunk], bind=(LOCAL, 0), settings=wide) as ours:
        answering = asyncio.create_task(_answer_all(ours))
        begun, clock = time.process_time(), time.perf_counter()
        done = await _run_sipp(ours.port)
        used, wall = time.process_time() - begun, time.perf_counter() - clock
        answering.cancel()
    return done / used, done, wall


async def _answer_all(ours: SipSignalling) -> None:
    async for event in ours.events():
        if isinstance(event, Incoming):
            await ours.ring(event.leg)
            await ours.answer(event.leg, SDP)


async def _run_sipp(port: int) -> int:
    """Let sipp's own caller call us; how many of its calls succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            "sipp", "-sn", "uac", "-i", LOCAL, "-m", str(SIPP_CALLS), "-r", str(SIPP_RATE), "-l", str(SIPP_CALLS),
            "-d", "0", "-nostdin", "-timeout", "60s", "-trace_screen", "-screen_file", "screen", f"{LOCAL}:{port}",
            cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await process.wait()
        text = (Path(folder) / "screen").read_text()
    found = re.findall(r"Successful call\s*\|\s*\d+\s*\|\s*(\d+)", text)
    return int(found[-1]) if found else 0
