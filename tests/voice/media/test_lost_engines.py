"""Engines that are killed, killed with us, not there at all, or full."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from offhook.voice.media import watching
from offhook.voice.media.engine import EngineBack, EngineLost, Group, MediaUnavailable, PartyLost
from offhook.voice.media.janus_engine import JanusEngine
from voice.media.conftest import Floor, settings, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LOUD = 2500


@pytest.fixture
async def own(anyio_backend: str, tmp_path: Path) -> AsyncGenerator[Floor]:
    """An engine of the test's own."""
    floor = Floor(JanusEngine(replace(settings(tmp_path / "engine"), silent_after=3.0)))
    try:
        await floor.engine.start()
    except MediaUnavailable as missing:
        pytest.skip(str(missing))
    listening = asyncio.create_task(floor.listen())
    yield floor
    listening.cancel()
    for peer in floor.peers:
        peer.close()
    await floor.engine.shut_down()
    assert floor.engine.supervisor.pids == (None, None)


async def test_when_janus_is_killed_the_loss_is_told_and_it_comes_back(own: Floor) -> None:
    room = await own.engine.open_room()
    await own.phone("in", room)
    tap = await own.engine.tap(room, Group.OUTSIDE)
    janus, _ = own.engine.supervisor.pids
    assert janus
    os.kill(janus, signal.SIGKILL)
    await own.tell_when(EngineLost, 2)
    async for _ in tap.frames():
        pass
    with pytest.raises(MediaUnavailable):
        await own.engine.open_room()
    await own.tell_when(EngineBack, 5)
    again = await own.engine.open_room()
    caller, rep = await own.phone("in", again), await own.phone("rep", again, Group.INSIDE)
    caller.frequency = 440
    await until(lambda: rep.hears(440) > LOUD)


async def test_when_the_relay_is_killed_legs_are_lost_and_rooms_stay(own: Floor) -> None:
    room = await own.engine.open_room()
    await own.phone("in", room)
    _, relay = own.engine.supervisor.pids
    assert relay
    os.kill(relay, signal.SIGKILL)
    lost = await own.tell_when(PartyLost, 2)
    assert isinstance(lost, PartyLost)
    assert lost.party == "in"
    assert not own.told_of(EngineLost)
    await until(lambda: own.engine.supervisor.pids[1] not in (None, relay))
    caller = rep = None
    for _ in range(50):
        try:
            caller = caller or await own.phone("new", room)
            rep = rep or await own.phone("rep", room, Group.INSIDE)
            break
        except MediaUnavailable:
            await asyncio.sleep(0.1)
    assert caller
    assert rep
    caller.frequency = 440
    await until(lambda: rep.hears(440) > LOUD)


async def test_a_janus_that_hangs_is_ended_and_comes_back(own: Floor) -> None:
    janus, _ = own.engine.supervisor.pids
    assert janus
    os.kill(janus, signal.SIGSTOP)
    await asyncio.sleep(0.1)
    await own.engine.supervisor.check()
    await own.tell_when(EngineLost, 2)
    await own.tell_when(EngineBack, 5)
    await own.engine.open_room()


async def test_a_carrier_that_falls_silent_is_lost_unless_it_holds(own: Floor) -> None:
    room = await own.engine.open_room()
    silent, holding = await own.phone("silent", room), await own.phone("holding", room)
    await asyncio.sleep(0.5)
    await own.engine.reoffered("holding", holding.sdp("inactive"))
    silent.is_sending = holding.is_sending = False
    await asyncio.sleep(8)
    assert [event.party for event in own.told_of(PartyLost) if isinstance(event, PartyLost)] == ["silent"]


async def test_a_janus_that_holds_much_memory_is_renewed_when_no_call_needs_it(own: Floor) -> None:
    room = await own.engine.open_room()
    await own.phone("in", room)
    full = replace(own.engine._settings, rss_soft=1)
    watching._renew_janus(own.engine.supervisor, own.engine._parties, full)
    await asyncio.sleep(0.3)
    assert not own.told_of(EngineLost)
    await own.engine.close_room(room)
    watching._renew_janus(own.engine.supervisor, own.engine._parties, full)
    await own.tell_when(EngineBack, 5)


async def test_no_room_is_opened_beyond_the_memory_limit(own: Floor) -> None:
    own.engine._settings = replace(own.engine._settings, rss_hard=1)
    with pytest.raises(MediaUnavailable, match="memory"):
        await own.engine.open_room()


_RUN = """
import asyncio, pathlib, sys
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.janus_engine import JanusEngine

async def main():
    engine = JanusEngine(MediaSettings(folder=pathlib.Path(sys.argv[1]), rooms_ahead=1))
    await engine.start()
    print(*engine.supervisor.pids, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_no_process_outlives_us_when_we_are_killed(own: Floor, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(tmp_path / "theirs")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pids = [int(one) for one in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()
        parent.wait()
    until_time = time.monotonic() + 3
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < until_time:
        await asyncio.sleep(0.05)
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


async def test_what_is_not_installed_is_named_with_its_package(anyio_backend: str, tmp_path: Path) -> None:
    engine = JanusEngine(replace(settings(tmp_path), janus="janus-that-is-not-there"))
    with pytest.raises(MediaUnavailable, match="install"):
        await engine.start()
