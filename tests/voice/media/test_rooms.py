"""What happens in rooms: files, taps, recordings, judged by tones."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from offhook.kernel.errors import Invalid
from offhook.voice.media.engine import Group, PartyLost, PlayEnded, Tap
from offhook.voice.media.recording import pieces, write_recording
from offhook.voice.media.soundfile import SoundFormat
from voice.media.conftest import Floor, until
from voice.peer import RATE, amplitude

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LOUD = 2500
QUIET = 300


def tone(path: Path, hertz: float, seconds: float) -> Path:
    """A WAV file of one tone."""
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(int(16_000 * seconds)) / 16_000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.astype(np.int16).tobytes())
    return path


async def listened(tap: Tap, count: int) -> np.ndarray:
    """The next frames of a tap as one."""
    frames = []
    async for frame in tap.frames():
        frames.append(frame)
        if len(frames) == count:
            break
    return np.concatenate(frames)


async def test_a_file_is_heard_by_all_and_its_end_is_told_once(floor: Floor, tmp_path: Path) -> None:
    room = await floor.engine.open_room()
    caller, rep = await floor.phone("in", room), await floor.phone("rep", room, Group.INSIDE)
    await asyncio.sleep(0.4)
    playing = await floor.engine.play(room, tone(tmp_path / "hello.wav", 1000, 1.0))
    await asyncio.sleep(0.7)
    await until(lambda: caller.hears(1000) > LOUD)
    await until(lambda: rep.hears(1000) > LOUD)
    await until(lambda: PlayEnded(playing) in floor.told, 3)
    await asyncio.sleep(2.5)
    assert floor.told.count(PlayEnded(playing)) == 1
    await floor.engine.stop(room, playing)


async def test_music_goes_round_until_stopped(floor: Floor, tmp_path: Path) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    playing = await floor.engine.play(room, tone(tmp_path / "music.wav", 1000, 0.5), is_looped=True)
    await asyncio.sleep(1.6)
    await until(lambda: caller.hears(1000) > LOUD)
    await floor.engine.stop(room, playing)
    await asyncio.sleep(0.8)
    await until(lambda: caller.hears(1000) < QUIET)
    assert not floor.told_of(PlayEnded)


async def test_the_end_of_a_file_is_told_in_an_empty_room_too(floor: Floor, tmp_path: Path) -> None:
    room = await floor.engine.open_room()
    playing = await floor.engine.play(room, tone(tmp_path / "short.wav", 1000, 0.2))
    await until(lambda: PlayEnded(playing) in floor.told, 4)


async def test_what_is_no_sound_file_is_refused(floor: Floor, tmp_path: Path) -> None:
    room = await floor.engine.open_room()
    (tmp_path / "text.wav").write_text("no sound")
    for name in ("text.wav", "absent.wav"):
        with pytest.raises(Invalid):
            await floor.engine.play(room, tmp_path / name)


async def test_taps_keep_those_outside_and_inside_apart(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller, rep = await floor.phone("in", room), await floor.phone("rep", room, Group.INSIDE)
    caller.frequency, rep.frequency = 440, 700
    await asyncio.sleep(0.5)
    outside, inside = await floor.engine.tap(room, Group.OUTSIDE), await floor.engine.tap(room, Group.INSIDE)
    heard_outside, heard_inside = await listened(outside, 50), await listened(inside, 50)
    assert amplitude(heard_outside[-3200:], 440) > LOUD
    assert amplitude(heard_outside[-3200:], 700) < QUIET
    assert amplitude(heard_inside[-3200:], 700) > LOUD
    assert amplitude(heard_inside[-3200:], 440) < QUIET
    await outside.close()
    await outside.close()
    left = [frame async for frame in outside.frames()]
    assert len(left) < 100
    await inside.close()


async def test_a_recording_has_each_speaker_in_place_over_a_move_and_a_pause(floor: Floor, tmp_path: Path) -> None:
    first, second = await floor.engine.open_room(), await floor.engine.open_room()
    caller, rep = await floor.phone("in", first), await floor.phone("rep", first, Group.INSIDE)
    await asyncio.sleep(0.5)
    for party in ("in", "rep"):
        await floor.engine.record(party, tmp_path / party)
    await asyncio.sleep(1.0)  # silence
    caller.frequency = 440
    await asyncio.sleep(1.0)  # 1 to 2: the caller speaks
    caller.frequency = 0
    for party in ("in", "rep"):
        await floor.engine.move(party, second)
    rep.frequency = 700
    await asyncio.sleep(1.0)  # 2 to 3: the rep speaks, in another room
    for party in ("in", "rep"):
        await floor.engine.stop_recording(party)
    await asyncio.sleep(1.0)  # 3 to 4: paused, the rep speaks unheard
    for party in ("in", "rep"):
        await floor.engine.record(party, tmp_path / party)
    rep.frequency, caller.frequency = 0, 440
    await asyncio.sleep(1.0)  # 4 to 5: the caller speaks
    for party in ("in", "rep"):
        await floor.engine.stop_recording(party)
    await asyncio.sleep(0.2)
    assert len(pieces(tmp_path / "in")) == 3
    target = tmp_path / "call.wav"
    made = write_recording(
        pieces(tmp_path / "in"), pieces(tmp_path / "rep"), target, kind=SoundFormat.WAV, rate=RATE
    )
    assert made is not None
    assert 4.6 < made.seconds < 5.5
    with wave.open(str(target)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)

    def level(side: int, hertz: float, begin: float) -> float:
        return amplitude(sound[int(begin * RATE) : int((begin + 0.4) * RATE), side], hertz)

    assert level(0, 440, 0.3) < QUIET
    assert level(0, 440, 1.3) > LOUD
    assert level(1, 700, 1.3) < QUIET
    assert level(1, 700, 2.3) > LOUD
    assert level(0, 440, 2.3) < QUIET
    assert level(1, 700, 3.3) < QUIET
    assert level(0, 440, 4.3) > LOUD
    assert [round(span.begin) for span in made.outside] == [1, 4]


async def test_a_closed_room_is_empty_and_used_again(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    await asyncio.sleep(0.3)
    await floor.engine.close_room(room)
    await asyncio.sleep(0.3)
    count = len(caller.packets)
    await asyncio.sleep(0.3)
    assert len(caller.packets) == count
    again = {await floor.engine.open_room() for _ in range(5)}
    assert room in again
    for one in again:
        await floor.engine.close_room(one)
    assert not floor.told_of(PartyLost)


async def test_a_leg_that_the_relay_forgot_is_lost(floor: Floor) -> None:
    room = await floor.engine.open_room()
    caller = await floor.phone("in", room)
    await asyncio.sleep(0.5)
    await floor.engine.supervisor.relay.end(floor.engine._parties.leg("in"))
    caller.close()
    lost = await floor.tell_when(PartyLost, 6)
    assert isinstance(lost, PartyLost)
    assert lost.party == "in"
