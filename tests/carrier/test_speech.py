"""What the carrier plays is speech: G.711 at 8 kHz, loud enough, of the length planned, another for each part."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrier.telephone import linear
from offhook.carrier.cast import BEEP_HERTZ, MESSAGE_SECONDS, Beep, Part, Pause, Say, Voice, cast
from offhook.carrier.speech import PACKET, RATE, speak_all, to_pcma, to_pcmu
from offhook.kernel.errors import Unavailable

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt-get install espeak-ng"
)


def samples_of(folder: Path, name: str) -> np.ndarray:
    return linear((folder / name).read_bytes(), is_pcma=name.endswith("pcma"))


def level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=200))
def test_both_laws_keep_a_sample_within_their_step(values: list[float]) -> None:
    samples = np.array(values)
    for laid, is_pcma in ((to_pcmu(samples), False), (to_pcma(samples), True)):
        again = linear(laid, is_pcma=is_pcma) / 32768
        assert np.all(np.abs(again - np.clip(samples, -0.996, 0.996)) <= np.abs(samples) / 16 + 0.001)


@needs_espeak
@pytest.mark.slow
def test_the_whole_cast_is_spoken_within_seconds_and_sounds_as_planned(tmp_path: Path) -> None:
    spoken = speak_all(cast(3).parts, tmp_path)
    lengths = {key: one.seconds for key, one in spoken.items()}
    assert all(15 <= seconds <= 110 for key, seconds in lengths.items() if key.startswith("person")), lengths
    assert all(seconds > MESSAGE_SECONDS + 4 for key, seconds in lengths.items() if key.startswith("voicemail"))
    for one in spoken.values():
        for name in (one.pcmu, one.pcma):
            samples = samples_of(tmp_path, name)
            assert len(samples) % PACKET == 0
            assert len(samples) / RATE == pytest.approx(one.seconds)
            assert level(samples[: 3 * RATE]) > 500, f"{one.part.key} begins with silence"
            assert np.max(np.abs(samples)) < 32000, "clipped"
    assert len({one.pcmu for one in spoken.values()}) == len(spoken), "every part has a recording of its own"


@needs_espeak
def test_speech_lies_in_the_band_of_speech_and_the_beep_is_one_tone(tmp_path: Path) -> None:
    script = (Say("Please leave a message."), Pause(0.5), Beep(0.7), Pause(3.0))
    part = Part("box", "Box", Voice("en-us+f2", 160, 50), script)
    spoken = speak_all([part], tmp_path)["box"]
    samples = samples_of(tmp_path, spoken.pcmu)
    said, beep, after = samples[:RATE], samples[-int(3.5 * RATE) : -int(3.1 * RATE)], samples[-2 * RATE :]
    spectrum = np.abs(np.fft.rfft(said)) ** 2
    hertz = np.fft.rfftfreq(len(said), 1 / RATE)
    assert spectrum[(hertz > 80) & (hertz < 3400)].sum() > 0.9 * spectrum[hertz > 20].sum()
    tone = np.abs(np.fft.rfft(beep))
    assert np.fft.rfftfreq(len(beep), 1 / RATE)[tone.argmax()] == pytest.approx(BEEP_HERTZ, abs=10)
    assert level(after) < 10


@needs_espeak
def test_greetings_differ_and_pauses_are_kept(tmp_path: Path) -> None:
    voice = Voice("en-gb+m3", 160, 50)
    short = Part("a", "A", voice, (Say("Hello, this is Ann."), Pause(1.0), Say("Bye.")))
    long = Part("b", "B", voice, (Say("Hello, this is Ann."), Pause(4.0), Say("Bye.")))
    spoken = speak_all([short, long], tmp_path)
    assert spoken["b"].seconds - spoken["a"].seconds == pytest.approx(3.0, abs=0.4)
    assert spoken["a"].pcmu != spoken["b"].pcmu


@needs_espeak
def test_what_is_spoken_already_is_not_spoken_again(tmp_path: Path) -> None:
    part = Part("a", "A", Voice("en-us+m1", 160, 50), (Say("Hello."),))
    first = speak_all([part], tmp_path)["a"]
    made = (tmp_path / first.pcmu).stat().st_mtime_ns
    assert speak_all([part], tmp_path)["a"] == first
    assert (tmp_path / first.pcmu).stat().st_mtime_ns == made


def test_a_missing_program_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="apt-get install espeak-ng"):
        speak_all(cast(1).parts, tmp_path)
