"""How well machines are told from humans, on calls spoken by a synthesiser.

Each call is made from a seed: who answers and what they say, voice, speed, pitch, loudness, noise on the line,
delay before the first word; then it goes through the telephone's band and µ-law. Thresholds may be chosen on the
training seeds alone (`TRAINING`); what is reported are the test seeds, which share neither sentences nor voices
with them.
"""

import io
import random
import shutil
import subprocess
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from offhook.kernel.errors import Unavailable
from offhook.voice.media import g711
from offhook.voice.media.amd import Answerer, Detector, Parameters
from offhook.voice.media.engine import SAMPLE_RATE

Sound = npt.NDArray[np.float64]

SECONDS = 6.0
LEAST_ACCURACY = 0.95
MOST_SECONDS = 3.0
_FRAME = SAMPLE_RATE // 50
_SIGNAL_TO_NOISE = (12, 40)
"""Decibels between words and the line's noise."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What people, receptions and machines say, and by which voices."""

    name: str
    first_seed: int
    voices: Sequence[str]
    human: Sequence[str]
    reception: Sequence[str]
    machine: Sequence[str]


TRAINING = Corpus(
    "training",
    1_000,
    ("en-us+m1", "en-us+f1", "en-gb+m3", "en-gb+f3", "en-us+m5"),
    (
        "Hello?",
        "Hi.",
        "Yes?",
        "Hello, this is Mark.",
        "Smith speaking.",
        "Good morning.",
        "Hello, hello?",
        "Mark Jones.",
    ),
    ("Good morning, Acme.", "Hello, how can I help?", "Acme Industries, good morning."),
    (
        "Hi, you have reached Mark Jones. I am not available right now. Please leave a message after the tone.",
        "The person you are calling is not available. At the tone, please record your message.",
        "Hello, this is the voicemail of Susan Miller. Please leave your name and I will call you back.",
        "Thank you for calling Acme Industries. Our office is closed. Our business hours are nine to five.",
        "Your call has been forwarded to an automated voice messaging system.",
        "Hey, it is Tom. Sorry I missed your call. Leave me a message and I will get back to you.",
        "Welcome to Acme. For sales, press one. For support, press two.",
        "Hi, this is Anna. I am on vacation until Monday. For urgent matters call the office.",
    ),
)

TESTING = Corpus(
    "test",
    9_000,
    ("en-us+m2", "en-us+f2", "en-gb+m4", "en-gb+f4", "en-gb-scotland+m7", "en-us+f5"),
    (
        "Hello?",
        "Yeah?",
        "Hello, who is this?",
        "This is Laura.",
        "Anderson.",
        "Good afternoon.",
        "Hi, Peter here.",
        "Hey.",
    ),
    ("Good afternoon, Globex.", "Globex, can I help you?", "Globex support, this is Jim."),
    (
        "You have reached the mailbox of Laura Stevens. Please leave a message after the beep.",
        "Hi, this is Peter. I cannot take your call at the moment, so please leave your name and a short message.",
        "Welcome to Globex. If you know your party's extension, you may dial it at any time.",
        "We are sorry, the customer you are trying to reach is not available. Please try again later.",
        "Hello! You are connected to the voice mail of Jim. I am either away from my desk or on the phone.",
        "The number you have dialed is busy or does not answer. Record your message after the tone.",
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One made call: who answers, and what is heard from the moment of the answer."""

    answerer: Answerer
    sentence: str
    sound: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out on a set of calls."""

    calls: int
    right: int
    unsure: int
    humans_taken_for_machines: int
    machines_taken_for_humans: int
    median_seconds: float
    slowest_seconds: float

    @property
    def accuracy(self) -> float:
        """Share judged right; unsure counts as wrong."""
        return self.right / self.calls


def calls(corpus: Corpus, count: int) -> Iterator[Call]:
    """So many calls, half of them answered by humans with a short hello.

    Raises `Unavailable` without the synthesiser.
    """
    for number in range(count):
        is_human = number % 2 == 0
        said = corpus.human if is_human else corpus.machine
        yield _call(corpus, corpus.first_seed + number, said, Answerer.HUMAN if is_human else Answerer.MACHINE)


def reception_calls(corpus: Corpus, count: int) -> Iterator[Call]:
    """So many calls answered by humans who greet in their company's name, which takes as long as some machines."""
    for number in range(count):
        yield _call(corpus, corpus.first_seed + 4_000 + number, corpus.reception, Answerer.HUMAN)


def _synthesiser() -> str:
    program = shutil.which("espeak-ng")
    if program is None:
        raise Unavailable("This eval needs espeak-ng: sudo apt-get install --no-install-recommends espeak-ng")
    return program


def _call(corpus: Corpus, seed: int, said: Sequence[str], answerer: Answerer) -> Call:
    chance, is_human = random.Random(seed), answerer is Answerer.HUMAN
    sentence = chance.choice(said)
    speed, pitch = chance.randint(135, 190), chance.randint(35, 65)
    words = _spoken(_synthesiser(), chance.choice(corpus.voices), speed, pitch, sentence)
    delay = chance.uniform(0.1, 0.9 if is_human else 1.0)
    words *= 10 ** (chance.uniform(-24, -6) / 20)
    line = np.zeros(int(SECONDS * SAMPLE_RATE))
    _put(line, words, delay)
    if is_human and chance.random() < 0.4:
        _put(line, words, delay + len(words) / SAMPLE_RATE + 1.6)
    line += _noise(chance, len(line)) * np.std(words) * 10 ** (-chance.uniform(*_SIGNAL_TO_NOISE) / 20)
    banded = _banded(line)
    coded = g711.from_ulaw(g711.to_ulaw((np.clip(banded, -1, 1) * 32767).astype(np.int16)))
    return Call(answerer, sentence, coded)


def _put(line: Sound, sound: Sound, at: float) -> None:
    begin = int(at * SAMPLE_RATE)
    end = min(begin + len(sound), len(line))
    line[begin:end] += sound[: max(end - begin, 0)]


def _spoken(program: str, voice: str, speed: int, pitch: int, sentence: str) -> Sound:
    """A sentence at the telephone's rate, as loud as full scale at its peak, without the silence around it."""
    command = [program, "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), sentence]
    made = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout  # noqa: S603 # our own words
    with wave.open(io.BytesIO(made)) as file:
        rate = file.getframerate()
    sound = np.frombuffer(made[44 : len(made) - len(made) % 2], np.int16).astype(np.float64)
    spectrum = np.fft.rfft(sound)
    count = int(len(sound) * SAMPLE_RATE / rate)
    slow = np.fft.irfft(spectrum[: count // 2 + 1], count) * count / len(sound)
    loud = np.flatnonzero(np.abs(slow) > 0.02 * np.max(np.abs(slow)))
    return slow[loud[0] : loud[-1]] / np.max(np.abs(slow))


def _noise(chance: random.Random, count: int) -> Sound:
    """Noise of full scale deviation, white to brown."""
    white = np.random.default_rng(chance.randrange(2**32)).standard_normal(count)
    spectrum = np.fft.rfft(white)
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** chance.uniform(0, 0.6)
    coloured = np.fft.irfft(spectrum, count)
    return coloured / np.std(coloured)


def _banded(line: Sound) -> Sound:
    """Only 300 to 3400 Hz, as a telephone line lets through."""
    spectrum = np.fft.rfft(line)
    hertz = np.fft.rfftfreq(len(line), 1 / SAMPLE_RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    return np.fft.irfft(spectrum, len(line))


def judged(made: Iterable[Call], parameters: Parameters | None = None) -> Judged:
    """How well the detector does on calls."""
    outcomes: list[tuple[Answerer, Answerer]] = []
    seconds: list[float] = []
    for call in made:
        detector = Detector(parameters)
        frames = call.sound[: len(call.sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
        verdict = next((found for frame in frames if (found := detector.hear(frame)) is not None), None)
        outcomes.append((call.answerer, verdict.answerer if verdict else Answerer.UNSURE))
        seconds.append(verdict.after if verdict else SECONDS)
    return Judged(
        calls=len(outcomes),
        right=sum(truth is found for truth, found in outcomes),
        unsure=sum(found is Answerer.UNSURE for _, found in outcomes),
        humans_taken_for_machines=outcomes.count((Answerer.HUMAN, Answerer.MACHINE)),
        machines_taken_for_humans=outcomes.count((Answerer.MACHINE, Answerer.HUMAN)),
        median_seconds=float(np.median(seconds)),
        slowest_seconds=max(seconds),
    )


def rows(count: int, corpus: Corpus = TESTING) -> list[dict[str, object]]:
    """What is reported: accuracy and time, each with its goal."""
    found, receptions = judged(calls(corpus, count)), judged(reception_calls(corpus, count // 4))
    told = (
        f"{found.calls} generated calls, {found.humans_taken_for_machines} humans taken for machines, "
        f"{found.machines_taken_for_humans} machines for humans, {found.unsure} unsure"
    )
    return [
        {
            "name": f"answering machine detection, {corpus.name} set: accuracy",
            "value": round(found.accuracy, 4),
            "unit": "",
            "goal": f">= {LEAST_ACCURACY}",
            "holds": found.accuracy >= LEAST_ACCURACY,
            "detail": told,
        },
        {
            "name": f"answering machine detection, {corpus.name} set: slowest verdict",
            "value": round(found.slowest_seconds, 2),
            "unit": "s",
            "goal": f"<= {MOST_SECONDS:g}",
            "holds": found.slowest_seconds <= MOST_SECONDS + 1e-9,
            "detail": f"median {found.median_seconds:.2f} s after the answer",
        },
        {
            "name": f"answering machine detection, {corpus.name} set: receptions taken for humans",
            "value": round(receptions.accuracy, 4),
            "unit": "",
            "goal": "",
            "holds": None,
            "detail": f"{receptions.calls} calls, {receptions.unsure} unsure: long greetings of people at work",
        },
    ]
