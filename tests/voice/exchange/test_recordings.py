"""What was said is kept: both sides in one file, paused where it was paused, for whoever may listen."""

import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from starlette.testclient import TestClient

from offhook.voice.recordings.api import objects_of
from offhook.voice.recordings.making import Maker
from offhook.voice.recordings.pieces import folder_of
from voice.exchange.conftest import Floor
from voice.exchange.handset import Handset
from voice.exchange.test_calls import on_record, talking
from voice.exchange.world import World
from voice.peer import Samples, amplitude

pytestmark = pytest.mark.slow

RATE = 48_000


def heard(sound: bytes, folder: Path) -> tuple[Samples, Samples]:
    """Both channels of a recording."""
    file = folder / "heard.opus"
    file.write_bytes(sound)
    with av.open(str(file)) as opened:
        evener = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
        frames = [made for frame in opened.decode(audio=0) for made in evener.resample(frame)]
    both = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames])
    return both[:, 0], both[:, 1]


def made(floor: Floor, world: World) -> None:
    """Have the recordings made that can be made."""
    Maker(folder_of(floor.settings), objects_of(floor.settings)).make_all(floor.database, world.organisation_id)


def loudness(samples: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples.astype(float))))) if len(samples) else 0.0


def test_both_sides_are_kept_apart_and_a_pause_is_silent(
    handset: Callable[[str], Handset],
    client: Callable[[str], TestClient],
    world: World,
    floor: Floor,
    tmp_path: Path,
) -> None:
    phone = handset("rep")
    call = talking(phone, world)
    phone.wait(lambda: (phone.call or {})["recording"] == "on", "the recording")
    phone.say(1_000)
    phone.wait(lambda: phone.loudness() > 200, "the person")
    time.sleep(2)
    phone.do("record", is_on=False)
    phone.say(2_000)
    time.sleep(1.5)
    phone.say(0)
    phone.do("hang-up")
    on_record(phone, lambda row: row["ended_at"])
    made(floor, world)

    shown = phone.client.get(f"/api/v1/calls/{call['id']}/recording").json()
    assert shown["is_playable"]
    assert 1.5 < shown["seconds"] < 6
    sound = phone.client.get(f"/api/v1/calls/{call['id']}/recording/sound")
    left, right = heard(sound.content, tmp_path)
    assert loudness(left) > 100, "the person's voice is on the left"
    assert amplitude(right, 1_000, RATE) > 500, "the rep's tone is on the right"
    assert amplitude(left, 1_000, RATE) < 100, "and there alone"
    assert amplitude(right, 2_000, RATE) < 60, "what was said in the pause is not kept"

    part = phone.client.get(f"/api/v1/calls/{call['id']}/recording/sound", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, sound.content[10:20])
    assert client("ae").get(f"/api/v1/calls/{call['id']}/recording").status_code == 403
    assert client("manager").get(f"/api/v1/calls/{call['id']}/recording/sound").status_code == 200
    told = phone.client.get("/api/v1/events", params={"kind": "recording.listened"}).json()["items"]
    assert len(told) >= 3, "every listening is on record"


def test_nothing_is_recorded_where_all_must_be_told_before_they_are(
    handset: Callable[[str], Handset], world: World, floor: Floor
) -> None:
    phone = handset("rep")
    call = talking(phone, world, "+14155550101")
    assert call["recording_consent"] == "announce"
    assert call["recording"] == "off"
    phone.wait(lambda: (phone.call or {})["recording"] == "on", "the recording, after the announcement")
