"""What users record in their own voice: taken in as browsers send it, played on calls, taken away again."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_token, a_user
from offhook.identity import Role
from offhook.kernel.settings import Settings
from offhook.voice.calls.model import Sound
from offhook.voice.media.soundfile import SoundWriter, blocks
from offhook.voice.sounds import own_sound, sound_file
from offhook.web.app import create_app

RATE = 8_000
"""Samples a second: three minutes and more have less than 5 MB."""
GREETING = "/api/v1/phone/sounds/greeting"


@pytest.fixture
def app(session_database: object, settings: Settings) -> FastAPI:
    """The application."""
    return create_app(session_database, settings)  # pyright: ignore[reportArgumentType] # the suite's database


@pytest.fixture
def rep(app: FastAPI, begin: Begin) -> TestClient:
    """A rep's client."""
    with begin() as tx:
        text = a_token(tx, a_user(tx, Role.REP))
    return TestClient(app, headers={"authorization": f"Bearer {text}"})


def a_wav(seconds: float) -> bytes:
    """A tone as WAV."""
    file = io.BytesIO()
    samples = (8_000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def an_ogg(folder: Path, seconds: float) -> bytes:
    """A tone as Ogg Opus."""
    samples = (8_000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000)).astype(np.int16)
    with SoundWriter(folder / "sent.opus", 48_000, 1) as writer:
        writer.write(samples)
    return (folder / "sent.opus").read_bytes()


def test_until_one_records_a_greeting_the_installations_is_played(rep: TestClient) -> None:
    told = rep.get(GREETING).json()
    assert (told["is_own"], told["version"]) == (False, 0)
    assert told["seconds"] > 1
    assert rep.get(f"{GREETING}/sound").headers["content-type"] == "audio/ogg"


def test_ones_own_greeting_is_kept_as_opus_and_played_from_then_on(rep: TestClient, settings: Settings) -> None:
    kept = rep.put(GREETING, content=a_wav(1.5), headers={"if-match": '"0"', "content-type": "audio/wav"})
    assert kept.status_code == 200, kept.text
    assert kept.json()["is_own"]
    assert kept.json()["seconds"] == pytest.approx(1.5, abs=0.1)
    played = rep.get(f"{GREETING}/sound").content
    assert played.startswith(b"OggS")
    again = rep.get(GREETING)
    assert again.headers["etag"] == kept.headers["etag"]
    user_id = rep.get("/api/v1/me").json()["id"]
    file = sound_file(settings.data, user_id, Sound.GREETING)
    assert file == own_sound(settings.data, user_id, Sound.GREETING)
    loud = max(int(np.abs(block).max()) for block in blocks(file, 48_000))
    assert loud > 4_000


def test_what_browsers_record_may_be_ogg_as_well(rep: TestClient, tmp_path: Path) -> None:
    kept = rep.put(GREETING, content=an_ogg(tmp_path, 2), headers={"if-match": '"0"'})
    assert kept.status_code == 200, kept.text
    assert kept.json()["seconds"] == pytest.approx(2, abs=0.1)


def test_taken_away_the_installations_is_played_again(rep: TestClient) -> None:
    kept = rep.put(GREETING, content=a_wav(1), headers={"if-match": '"0"'})
    gone = rep.delete(GREETING, headers={"if-match": kept.headers["etag"]})
    assert gone.json()["is_own"] is False
    again = rep.delete(GREETING, headers={"if-match": '"0"'})
    assert (again.status_code, again.json()["type"]) == (404, "urn:offhook:problem:not-found")


def test_one_window_does_not_overwrite_what_another_recorded(rep: TestClient) -> None:
    rep.put(GREETING, content=a_wav(1), headers={"if-match": '"0"'})
    late = rep.put(GREETING, content=a_wav(2), headers={"if-match": '"0"'})
    assert late.status_code == 412
    assert rep.get(GREETING).json()["seconds"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no sound"),
        (b"<html>not a sound</html>", "no sound"),
        (a_wav(0.2), "shorter than half a second"),
        (a_wav(181), "longer than 3 minutes"),
    ],
)
def test_what_is_no_greeting_is_refused_in_a_sentence(rep: TestClient, body: bytes, says: str) -> None:
    answer = rep.put(GREETING, content=body, headers={"if-match": '"0"'})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert rep.get(GREETING).json()["is_own"] is False


def test_more_than_five_megabytes_are_refused_before_they_are_read(rep: TestClient) -> None:
    answer = rep.put(GREETING, content=b"x" * (5 * 2**20 + 1), headers={"if-match": '"0"'})
    assert answer.status_code == 413
    assert "5,242,880" in answer.json()["detail"]


def test_only_who_calls_has_sounds(app: FastAPI, begin: Begin) -> None:
    with begin() as tx:
        text = a_token(tx, a_user(tx, Role.DEMAND_GENERATION))
    marketing = TestClient(app, headers={"authorization": f"Bearer {text}"})
    assert marketing.get(GREETING).status_code == 403
