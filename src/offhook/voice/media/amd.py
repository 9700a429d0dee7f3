"""Who answered, a human or a machine, from the first seconds of sound; and when a voicemail's beep came. Pure.

The cadence tells: a human says something short and waits to be answered; a machine speaks on. What is measured are
the parameters that Asterisk's `app_amd` made common knowledge (initial silence, length of the greeting, silence
after it, number of words, total time), with thresholds chosen on generated calls (`offhook eval amd`). Frames of
20 ms go in one by one, as a tap gives them; the verdict comes as soon as it is certain enough, once.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from offhook.voice.media.engine import SAMPLE_RATE, Frame

_FRAME = 0.02


class Answerer(StrEnum):
    """Who answered."""

    HUMAN = "human"
    MACHINE = "machine"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who answered, how many seconds after the first frame that was clear, and by what."""

    answerer: Answerer
    after: float
    because: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds, in seconds unless told.

    `initial_silence`: longer, and nobody human is there. `greeting`: one that lasts longer is a machine's.
    `pause_after`: silence after a greeting that shows that somebody waits for an answer; `short_pause` after one
    no longer than `short_greeting`. `most_words` words without such a pause are a machine's; a word lasts at least
    `shortest_word` and ends with `between_words` of silence. `limit`: by then there is a verdict; who has spoken
    for `human_by_limit` at most is taken for a human. `above_floor` decibels over the noise floor are speech, and
    never less than `least_db` below full scale.
    """

    initial_silence: float = 2.9
    greeting: float = 1.5
    pause_after: float = 0.85
    short_greeting: float = 0.8
    short_pause: float = 0.6
    most_words: int = 5
    shortest_word: float = 0.08
    between_words: float = 0.06
    limit: float = 3.0
    human_by_limit: float = 1.5
    above_floor: float = 8.0
    least_db: float = -50.0


class Loudness:
    """Whether a frame is speech: its level against a noise floor that is learnt."""

    _MEMORY = 75
    _KNOWN = 50
    _SMOOTH = 2
    _HIGHEST_FLOOR = -32.0

    def __init__(self, above_floor: float, least_db: float) -> None:
        """Nothing heard yet: the floor is taken for quiet."""
        self._above_floor = above_floor
        self._least_db = least_db
        self._recent: list[float] = []
        self._before: list[float] = []

    def is_speech(self, frame: Frame) -> bool:
        """Take a frame in; whether somebody speaks in it."""
        power = 10 ** (decibels(frame) / 10)
        level = 10 * float(np.log10((power + sum(self._before)) / (1 + len(self._before))))
        self._before = [*self._before[1 - self._SMOOTH :], power]
        self._recent = [*self._recent[1 - self._MEMORY :], level]
        threshold = max(min(self._floor(), self._HIGHEST_FLOOR) + self._above_floor, self._least_db)
        return level > threshold

    def _floor(self) -> float:
        """The noise floor: at first the quietest so far, as words may fill the first second, then a low share."""
        if len(self._recent) < self._KNOWN:
            return min(self._recent) + 2.0
        return float(np.percentile(self._recent, 10))


def decibels(frame: Frame) -> float:
    """A frame's level below full scale."""
    power = float(np.mean((frame.astype(np.float32) / 32768) ** 2))
    return 10 * float(np.log10(max(power, 1e-10)))


class Detector:
    """Listens to one answered call."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        """Begin when the call is answered."""
        self._set = parameters or Parameters()
        self._loudness = Loudness(self._set.above_floor, self._set.least_db)
        self._beeps = BeepDetector()
        self._at = 0.0
        self._began: float | None = None
        self._spoke_until = 0.0
        self._word = 0.0
        self._words = 0
        self._verdict: Verdict | None = None

    def hear(self, frame: Frame) -> Verdict | None:
        """Take 20 ms in. The verdict, in the frame in which it became clear; None before and after."""
        if self._verdict is not None:
            return None
        self._at += _FRAME
        self._follow(self._loudness.is_speech(frame))
        beep = self._beeps.hear(frame)
        self._verdict = self._found(Answerer.MACHINE, "a tone") if beep is not None else self._judged()
        return self._verdict

    def _follow(self, is_speech: bool) -> None:  # a frame's one property
        if is_speech:
            self._word += _FRAME
            if self._word >= self._set.shortest_word - 1e-9:
                if self._began is None:
                    self._began = self._at - self._word
                if abs(self._word - self._set.shortest_word) < _FRAME / 2:
                    self._words += 1
                self._spoke_until = self._at
        elif self._at - self._spoke_until >= self._set.between_words or self._word < self._set.shortest_word:
            self._word = 0.0

    def _judged(self) -> Verdict | None:
        if self._began is None:
            if self._at >= min(self._set.initial_silence, self._set.limit):
                return self._found(Answerer.MACHINE, "nobody spoke")
            return None
        spoken = self._spoke_until - self._began
        quiet = self._at - self._spoke_until
        if spoken >= self._set.greeting:
            return self._found(Answerer.MACHINE, "a long greeting")
        if self._words > self._set.most_words:
            return self._found(Answerer.MACHINE, "many words")
        pause = self._set.short_pause if spoken <= self._set.short_greeting else self._set.pause_after
        if quiet >= pause:
            return self._found(Answerer.HUMAN, "a short greeting, then a pause")
        if self._at >= self._set.limit:
            return self._at_the_limit(spoken, quiet)
        return None

    def _at_the_limit(self, spoken: float, quiet: float) -> Verdict:
        if spoken <= self._set.human_by_limit:
            return self._found(Answerer.HUMAN, "little was said by the end of the time")
        is_pause = quiet >= self._set.short_pause / 2
        return self._found(
            Answerer.UNSURE if is_pause else Answerer.MACHINE, "much was said by the end of the time"
        )

    def _found(self, answerer: Answerer, because: str) -> Verdict:
        return Verdict(answerer, round(self._at, 2), because)


@dataclass(frozen=True, slots=True)
class Beep:
    """A tone: from, to (seconds after the first frame), how high (hertz). A message may be left from `end` on."""

    begin: float
    end: float
    hertz: float


class BeepDetector:
    """Finds the beep after a voicemail greeting: one steady, pure tone of 350 to 2500 Hz for at least 120 ms."""

    _LOWEST, _HIGHEST = 350.0, 2_500.0
    _SHORTEST = 0.12
    _PURE = 0.85
    """Share of a frame's energy within the tone."""
    _STEADY = 30.0
    """Hertz by which it may waver."""
    _LEAST_DB = -42.0

    def __init__(self) -> None:
        """Nothing heard yet."""
        self._at = 0.0
        self._began: float | None = None
        self._hertz = 0.0

    def hear(self, frame: Frame) -> Beep | None:
        """Take 20 ms in. The beep, when it ends."""
        self._at += _FRAME
        hertz = self._tone(frame)
        if hertz is not None and self._began is not None and abs(hertz - self._hertz) <= self._STEADY:
            return None
        found = self._ended()
        self._began, self._hertz = (self._at - _FRAME, hertz) if hertz is not None else (None, 0.0)
        return found

    def _ended(self) -> Beep | None:
        end = self._at - _FRAME
        if self._began is None or end - self._began < self._SHORTEST - 1e-9:
            return None
        return Beep(round(self._began, 2), round(end, 2), round(self._hertz, 1))

    def _tone(self, frame: Frame) -> float | None:
        """The height of a pure tone; None when it is none."""
        if decibels(frame) < self._LEAST_DB:
            return None
        windowed = frame.astype(np.float64) * _WINDOW
        energy = np.abs(np.fft.rfft(windowed, _POINTS)) ** 2
        peak = int(np.argmax(energy))
        hertz = peak * SAMPLE_RATE / _POINTS
        lobe = float(energy[max(peak - _LOBE, 0) : peak + _LOBE + 1].sum())
        if not self._LOWEST <= hertz <= self._HIGHEST or lobe < self._PURE * float(energy.sum()):
            return None
        return hertz


_POINTS = 512
_WINDOW: npt.NDArray[np.float64] = np.hanning(SAMPLE_RATE // 50)
_LOBE = 6
"""Bins either side that a tone fills through the window: 94 Hz."""
