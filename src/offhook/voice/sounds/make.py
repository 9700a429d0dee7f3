"""Makes the packaged sounds anew: `python -m offhook.voice.sounds.make`. Needs espeak-ng for what is spoken.

Ringback is that of North America (440 and 480 Hz, 2 s of 6; ITU-T E.180 supplement 2). The music is our own: slow
chords, made of sines.
"""

import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from offhook.voice.media.soundfile import SoundWriter

RATE = 48_000
Samples = npt.NDArray[np.float64]

CONSENT = "This call is recorded for quality and training."
GREETING = "You have reached us, but nobody can take your call right now. Please leave a message after the tone."
MESSAGE = "Hello. Sorry that I missed you. I will try again, or call me back at the number on your display."

CHORDS = ((220.0, 277.18, 329.63), (196.0, 246.94, 293.66), (174.61, 220.0, 261.63), (196.0, 246.94, 311.13))
CHORD_SECONDS = 4.0


def tone(frequencies: Sequence[float], seconds: float, level: float) -> Samples:
    """Sines together, at a level 0..1 of the sum."""
    time = np.arange(round(seconds * RATE)) / RATE
    return level * np.mean([np.sin(2 * np.pi * one * time) for one in frequencies], axis=0)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE))


def faded(samples: Samples, seconds: float) -> Samples:
    """Beginning and ending softly."""
    slope = np.minimum(1.0, np.arange(len(samples)) / (seconds * RATE))
    return samples * slope * slope[::-1]


def music() -> Samples:
    """Half a minute or so that can be played over and over."""
    return np.concatenate([faded(tone(chord, CHORD_SECONDS, 0.25), 1.0) for chord in (*CHORDS, *CHORDS)])


def spoken(text: str) -> Samples:
    """A sentence, by espeak-ng."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        subprocess.run(  # noqa: S603 # our own words
            ["espeak-ng", "-v", "en-us+f3", "-s", "150", "-w", str(file), text],  # noqa: S607 # wherever it is
            check=True,
        )
        with wave.open(str(file), "rb") as opened:
            rate, frames = opened.getframerate(), opened.readframes(opened.getnframes())
    samples = np.frombuffer(frames, np.int16).astype(np.float64) / 32_768
    places: npt.NDArray[np.intp] = np.arange(len(samples) * RATE // rate) * rate // RATE
    return 0.8 * samples[places]


def write(samples: Samples, file: Path) -> None:
    """As Ogg Opus, mono."""
    with SoundWriter(file, RATE, 1) as writer:
        writer.write((samples * 32_767).astype(np.int16))


def main() -> None:
    """Write all of them beside this file."""
    here = Path(__file__).parent
    beep = faded(tone((1_000.0,), 0.4, 0.5), 0.02)
    write(music(), here / "hold_music.opus")
    write(np.concatenate([faded(tone((440.0, 480.0), 2.0, 0.3), 0.01), silence(4.0)]), here / "ringback.opus")
    write(np.concatenate([silence(0.3), spoken(CONSENT), silence(0.2)]), here / "consent.opus")
    write(np.concatenate([silence(0.5), spoken(GREETING), silence(0.3)]), here / "greeting.opus")
    write(np.concatenate([beep, silence(0.1)]), here / "beep.opus")
    write(np.concatenate([silence(0.3), spoken(MESSAGE), silence(0.3)]), here / "message.opus")


if __name__ == "__main__":
    main()
