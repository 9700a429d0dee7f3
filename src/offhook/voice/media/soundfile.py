"""Sound files read and written piece by piece: Ogg Opus and WAV, through PyAV (FFmpeg)."""
# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the types of packets open.

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Self, cast

import av
import av.error
import numpy as np
import numpy.typing as npt

from offhook.kernel.errors import Invalid

Samples = npt.NDArray[np.int16]


class SoundFormat(StrEnum):
    """What a sound file is."""

    OPUS = "opus"
    """Ogg Opus (RFC 7845), made for speech."""
    WAV = "wav"
    """RIFF WAVE, 16 bit PCM."""


_CONTAINERS = {SoundFormat.OPUS: ("ogg", "libopus"), SoundFormat.WAV: ("wav", "pcm_s16le")}
_LAYOUTS = {1: "mono", 2: "stereo"}


class SoundWriter:
    """Writes one file; a context manager. The file is complete only when closed."""

    def __init__(
        self, path: Path, rate: int, channels: int, kind: SoundFormat = SoundFormat.OPUS, *, bit_rate: int = 24_000
    ) -> None:
        """One or two channels at `rate` hertz; `bit_rate` in bits a second per channel, for Opus."""
        container, codec = _CONTAINERS[kind]
        self._layout = _LAYOUTS[channels]
        self._channels = channels
        self._rate = rate
        self._written = 0
        self._container = av.open(str(path), "w", format=container)
        self._stream = cast("av.AudioStream", self._container.add_stream(codec, rate=rate, layout=self._layout))
        if kind is SoundFormat.OPUS:
            self._stream.bit_rate = bit_rate * channels
            self._stream.options = {"application": "voip", "compression_level": "3"}
        self._evener = av.AudioResampler(format="s16", layout=self._layout, rate=rate, frame_size=rate // 50)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, samples: Samples) -> None:
        """Append samples: shape (n,) for one channel, (n, 2) for two."""
        if not samples.size:
            return
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout=self._layout
        )
        frame.sample_rate = self._rate
        frame.pts = self._written
        self._written += len(samples)
        self._encode(frame)

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for even in self._evener.resample(frame):
            self._container.mux(self._stream.encode(even))

    def close(self) -> None:
        """Write what is left and finish the file."""
        self._encode(None)
        self._container.mux(self._stream.encode(None))
        self._container.close()


def blocks(path: Path, rate: int) -> Iterator[Samples]:
    """The sound of a file, mixed to one channel at `rate` hertz, in pieces of at most a second.

    Raises `Invalid` when it is no sound file.
    """
    try:
        with av.open(str(path)) as source:
            if not source.streams.audio:
                raise Invalid(f"{path} holds no sound.")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in source.decode(source.streams.audio[0]):
                yield from (one.to_ndarray()[0] for one in resampler.resample(frame))
            yield from (one.to_ndarray()[0] for one in resampler.resample(None))
    except av.error.FFmpegError as error:
        raise Invalid(f"{path} is no sound file that can be read: {error.strerror}.") from error
