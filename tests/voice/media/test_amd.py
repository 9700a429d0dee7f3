"""Who answered, by made-up cadences; how good it is on spoken calls is an eval."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Unavailable
from offhook.voice.media.amd import Answerer, Beep, BeepDetector, Detector, Verdict

RATE, FRAME = 8_000, 160
Sound = npt.NDArray[np.int16]


def silence(seconds: float) -> Sound:
    return np.random.default_rng(3).normal(0, 12, int(seconds * RATE)).astype(np.int16)


def babble(seconds: float) -> Sound:
    """Something as broad as a voice."""
    return np.random.default_rng(5).normal(0, 3_000, int(seconds * RATE)).astype(np.int16)


def tone(hertz: float, seconds: float) -> Sound:
    return (6_000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def verdict(*parts: Sound) -> Verdict | None:
    detector = Detector()
    sound = np.concatenate(parts)
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    found = [one for frame in frames if (one := detector.hear(frame)) is not None]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("delay", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("words", [0.3, 0.6, 0.9])
def test_a_short_greeting_and_a_pause_are_a_humans(delay: float, words: float) -> None:
    found = verdict(silence(delay), babble(words), silence(3))
    assert found is not None
    assert found.answerer is Answerer.HUMAN
    assert found.after <= 3.0


@pytest.mark.parametrize("delay", [0.1, 0.5, 1.0])
def test_who_speaks_on_is_a_machine(delay: float) -> None:
    found = verdict(silence(delay), babble(5))
    assert found is not None
    assert found.answerer is Answerer.MACHINE
    assert found.after <= 3.0


def test_who_says_nothing_is_no_human() -> None:
    found = verdict(silence(6))
    assert found is not None
    assert found.answerer is Answerer.MACHINE
    assert found.because == "nobody spoke"


def test_a_tone_is_a_machine() -> None:
    found = verdict(silence(0.4), tone(1_000, 0.4), silence(1))
    assert found is not None
    assert found.answerer is Answerer.MACHINE
    assert found.because == "a tone"


@given(st.lists(st.tuples(st.booleans(), st.floats(0.02, 2)), min_size=1, max_size=12))
def test_there_is_one_verdict_by_three_seconds_whatever_is_heard(parts: list[tuple[bool, float]]) -> None:
    found = verdict(*(babble(length) if loud else silence(length) for loud, length in parts), silence(3.1))
    assert found is not None
    assert found.after <= 3.0


def beeps(*parts: Sound) -> list[Beep]:
    detector = BeepDetector()
    sound = np.concatenate(parts)
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return [one for frame in frames if (one := detector.hear(frame)) is not None]


@pytest.mark.parametrize("hertz", [440, 850, 1_000, 1_400, 2_000])
@pytest.mark.parametrize("length", [0.2, 0.5, 1.0])
def test_the_beep_is_found_with_its_end(hertz: float, length: float) -> None:
    (found,) = beeps(babble(2), silence(0.5), tone(hertz, length), silence(1))
    assert found.begin == pytest.approx(2.5, abs=0.05)
    assert found.end == pytest.approx(2.5 + length, abs=0.05)
    assert found.hertz == pytest.approx(hertz, abs=20)


def test_neither_noise_nor_a_click_is_a_beep() -> None:
    assert not beeps(babble(3), silence(1), tone(1_000, 0.06), silence(1))


@pytest.mark.slow
def test_spoken_calls_are_judged_as_well_as_promised() -> None:
    from offhook.eval.amd import LEAST_ACCURACY, MOST_SECONDS, TESTING, calls, judged

    try:
        found = judged(calls(TESTING, 60))
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert found.accuracy >= LEAST_ACCURACY - 0.05  # sixty calls say no more than that
    assert found.slowest_seconds <= MOST_SECONDS + 1e-9
