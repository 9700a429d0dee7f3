"""Parts spoken by espeak-ng into the files that the carrier plays: raw G.711 at 8 kHz, in both its laws.

A file is named by all that it depends on, so a cache folder serves any number of seeds and is never stale. Pauses
are a part of the file: a telephone sends silence too, and the far end of a call must see an unbroken stream.
"""

import hashlib
import io
import os
import subprocess
import wave
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from offhook.carrier.cast import BEEP_HERTZ, Beep, Part, Pause, Say, Voice
from offhook.carrier.programs import require

RATE = 8000
"""Samples a second of all files."""

PACKET = 160
"""Samples of a packet of 20 ms: files are a whole number of them."""

_EDITION = "1"
"""Part of every file's name; raise it when the same script is to sound otherwise."""

_LEVEL = 0.5
"""Loudest sample of a spoken part, of full scale."""

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part as files in the cache folder (names, not paths), and how long it takes."""

    part: Part
    pcmu: str
    pcma: str
    seconds: float


def speak_all(parts: Sequence[Part], folder: Path) -> dict[str, Spoken]:
    """All parts by their key, spoken into the folder unless they are there.

    Raises `Unavailable` when espeak-ng is not installed.
    """
    espeak = require("espeak-ng")
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        coming = [pool.submit(_speak, espeak, part, folder) for part in parts]
        return {one.part.key: one for one in (spoken.result() for spoken in coming)}


def _speak(espeak: str, part: Part, folder: Path) -> Spoken:
    name = hashlib.sha256(repr((_EDITION, part.voice, part.script)).encode()).hexdigest()[:20]
    pcmu, pcma = folder / f"{name}.pcmu", folder / f"{name}.pcma"
    if not (pcmu.exists() and pcma.exists()):
        samples = _whole_packets(np.concatenate(list(_sounds(espeak, part))))
        for path, laid in ((pcmu, to_pcmu(samples)), (pcma, to_pcma(samples))):
            _write_whole(path, laid)
    return Spoken(part, pcmu.name, pcma.name, pcmu.stat().st_size / RATE)


def _write_whole(path: Path, content: bytes) -> None:
    """Beside its place first: whoever looks finds all of it or nothing."""
    made = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    made.write_bytes(content)
    made.replace(path)


def _sounds(espeak: str, part: Part) -> Iterator[Samples]:
    for is_beep, run in groupby(part.script, key=lambda one: isinstance(one, Beep)):
        script = tuple(run)
        if is_beep:
            yield from (_tone(one.seconds) for one in script if isinstance(one, Beep))
        elif any(isinstance(one, Say) for one in script):
            yield _speech(espeak, part.voice, script)
        else:
            yield np.zeros(round(RATE * sum(one.seconds for one in script if isinstance(one, Pause))))


def _speech(espeak: str, voice: Voice, script: Iterable[Say | Pause | Beep]) -> Samples:
    """One run of sentences and pauses; espeak-ng reads it as SSML (W3C Speech Synthesis Markup Language)."""
    marked = "".join(_marked(one) for one in script)
    command = [espeak, "-m", "-v", voice.name, "-s", str(voice.words_per_minute), "-p", str(voice.pitch)]
    made = subprocess.run(  # noqa: S603 # a fixed program; the text goes in by its standard input
        [*command, "--stdin", "--stdout"],
        input=f"<speak>{marked}</speak>".encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return _scaled(_resampled(*_read_wave(made.stdout)))


def _marked(one: Say | Pause | Beep) -> str:
    match one:
        case Say():
            return f"<s>{escape(one.text)}</s>"
        case Pause():
            return f'<break time="{round(one.seconds * 1000)}ms"/>'
        case Beep():
            return ""


def _read_wave(content: bytes) -> tuple[Samples, int]:
    """Samples from −1 to 1 and their rate. The length in a piped header is a guess, so what is there counts."""
    with wave.open(io.BytesIO(content)) as file:
        rate = file.getframerate()
    return np.frombuffer(content[44 : len(content) - len(content) % 2], dtype="<i2").astype(
        np.float64
    ) / 32768, rate


def _resampled(samples: Samples, rate: int) -> Samples:
    """At `RATE`, by cutting the spectrum: it takes away what 8 kHz cannot carry, and keeps the rest as it is."""
    seconds = -(-len(samples) // rate)
    spectrum = np.fft.rfft(samples, seconds * rate)
    wanted = len(samples) * RATE // rate
    return np.fft.irfft(spectrum[: seconds * RATE // 2 + 1], seconds * RATE)[:wanted] * (RATE / rate)


def _scaled(samples: Samples) -> Samples:
    loudest = float(np.max(np.abs(samples), initial=0.0))
    return samples * (_LEVEL / loudest) if loudest else samples


def _tone(seconds: float) -> Samples:
    return 0.35 * np.sin(2 * np.pi * BEEP_HERTZ * np.arange(round(seconds * RATE)) / RATE)


def _whole_packets(samples: Samples) -> Samples:
    return np.pad(samples, (0, -len(samples) % PACKET))


def to_pcmu(samples: Samples) -> bytes:
    """μ-law (ITU-T G.711) of samples from −1 to 1."""
    linear = np.clip(samples * 32768, -32635, 32635).astype(np.int32)
    magnitude = np.abs(linear) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(linear < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def to_pcma(samples: Samples) -> bytes:
    """A-law (ITU-T G.711) of samples from −1 to 1."""
    linear = np.clip(samples * 32768, -32768, 32767).astype(np.int32) >> 3
    is_positive = linear >= 0
    magnitude = np.where(is_positive, linear, -linear - 1)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = (magnitude >> np.maximum(exponent, 1)) & 0x0F
    laid = (exponent << 4) | mantissa
    return (laid ^ np.where(is_positive, 0xD5, 0x55)).astype(np.uint8).tobytes()
