"""Browsers in rooms, played by aiortc."""

import asyncio
from pathlib import Path

import pytest

from offhook.voice.media.engine import BadOffer, DeviceConnected, PartyLost
from offhook.voice.media.processes import outside_interfaces
from offhook.voice.media.recording import pieces, write_recording
from voice.browser_peer import BrowserPeer
from voice.media.conftest import Floor, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not outside_interfaces(), reason="ICE needs a network interface besides loopback"),
]

LOUD = 2500
QUIET = 300


async def connected(floor: Floor, device: str) -> BrowserPeer:
    """A browser whose media flows."""
    told = len(floor.told_of(DeviceConnected))
    browser = BrowserPeer()
    await browser.accept(await floor.engine.connect_device(device, await browser.offer()))
    await until(lambda: len(floor.told_of(DeviceConnected)) > told and browser.state == "connected")
    return browser


async def test_a_browser_rests_speaks_in_a_room_and_rests_again(floor: Floor, tmp_path: Path) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    browser = await connected(floor, "rep")
    caller.frequency, browser.microphone.frequency = 440, 700
    await asyncio.sleep(0.8)
    await until(lambda: caller.hears(700) < QUIET)
    await until(lambda: browser.hears(440) < QUIET)
    await floor.engine.record("rep", tmp_path / "rep")
    await floor.engine.move("rep", room)
    await asyncio.sleep(1.5)
    await until(lambda: caller.hears(700) > LOUD)
    await until(lambda: browser.hears(440) > LOUD)
    await floor.engine.close_room(room)
    await asyncio.sleep(0.8)
    await until(lambda: browser.hears(440) < QUIET)
    assert browser.state == "connected"
    await floor.engine.release("rep")
    await browser.close()
    made = write_recording([], pieces(tmp_path / "rep"), tmp_path / "rep.opus")
    assert made is not None
    assert made.seconds > 1.5
    assert max(made.waveform.right) > 0.15
    assert made.inside


async def test_a_page_that_is_loaded_again_finds_its_user_in_the_same_call(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    caller.frequency = 440
    first = await connected(floor, "rep")
    await floor.engine.move("rep", room)
    await floor.engine.mute("rep", is_muted=True)
    second = await connected(floor, "rep")  # while the first still hangs on
    second.microphone.frequency = 900
    await asyncio.sleep(1.2)
    await until(lambda: second.hears(440) > LOUD)
    await until(lambda: caller.hears(900) < QUIET)
    await floor.engine.mute("rep", is_muted=False)
    await asyncio.sleep(0.8)
    await until(lambda: caller.hears(900) > LOUD)
    assert not floor.told_of(PartyLost)
    await second.close()
    await until(lambda: bool(floor.told_of(PartyLost)))
    third = await connected(floor, "rep")  # after it was gone
    await asyncio.sleep(1.0)
    await until(lambda: third.hears(440) > LOUD)
    await first.close()
    await third.close()


async def test_candidates_of_a_browser_are_taken(floor: Floor) -> None:
    browser = await connected(floor, "rep")
    candidate = {
        "candidate": "candidate:1 1 udp 2113937151 192.0.2.9 5000 typ host",
        "sdpMid": "0",
        "sdpMLineIndex": 0,
    }
    await floor.engine.add_candidate("rep", candidate)
    await floor.engine.add_candidate("rep", None)
    await browser.close()


async def test_an_offer_that_is_no_sdp_is_refused(floor: Floor) -> None:
    with pytest.raises(BadOffer):
        await floor.engine.connect_device("rep", "nonsense")
