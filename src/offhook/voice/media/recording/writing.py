"""One stereo file out of many pieces, in bounded memory: left the outside, right the inside."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from offhook.kernel.errors import Invalid
from offhook.voice.media.recording.decoding import Block, blocks
from offhook.voice.media.recording.mjr import header
from offhook.voice.media.recording.waveform import Levels, Span, Waveform, buckets, levels, speech
from offhook.voice.media.soundfile import SoundFormat, SoundWriter

_CHUNK = 10
"""Seconds worked on at a time."""
_RATES = (8_000, 16_000)
_BUCKETS = 800


@dataclass(frozen=True, slots=True)
class Recording:
    """A written file: when its sound began, how long it is, how it looks, who spoke when."""

    path: Path
    began: datetime
    seconds: float
    waveform: Waveform
    outside: tuple[Span, ...]
    inside: tuple[Span, ...]


class _Piece:
    """One piece on the common timeline, read forward only."""

    def __init__(self, path: Path, began: int, origin: int, rate: int) -> None:
        self._blocks = blocks(path, rate)
        self._offset = round((began - origin) * rate / 1_000_000)
        self._kept: list[Block] = []
        self.is_over = False

    def add_to(self, chunk: npt.NDArray[np.int32], begin: int) -> int:
        """Mix in what lies within the chunk that begins at `begin`; the place after the last sample mixed in."""
        end, last = begin + len(chunk), begin
        later: list[Block] = []
        for block in self._until(end):
            first = block.place + self._offset
            if first >= end:
                later.append(block)
                continue
            a, b = max(first, begin), min(first + len(block.samples), end)
            if a < b:
                chunk[a - begin : b - begin] += block.samples[a - first : b - first]
                last = max(last, b)
            if first + len(block.samples) > end:
                later.append(block)
        self._kept = later
        return last

    def _until(self, end: int) -> Iterator[Block]:
        """What was kept, and what comes until one block lies behind `end`."""
        yield from self._kept
        if any(block.place + self._offset >= end for block in self._kept):
            return
        for block in self._blocks:
            yield block
            if block.place + self._offset >= end:
                return
        self.is_over = True

    @property
    def is_done(self) -> bool:
        return self.is_over and not self._kept


class _Side:
    """One channel: its pieces, and what was measured of it."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self._pieces = pieces
        self._loudness: list[Levels] = []
        self._peaks: list[Levels] = []

    def chunk(self, begin: int, size: int) -> tuple[npt.NDArray[np.int16], int]:
        """The channel's next chunk, and the place after its last sample."""
        mixed = np.zeros(size, np.int32)
        last = max((piece.add_to(mixed, begin) for piece in self._pieces), default=begin)
        return np.clip(mixed, -32768, 32767).astype(np.int16), last

    def measure(self, samples: npt.NDArray[np.int16], rate: int) -> None:
        loudness, peaks = levels(samples, rate)
        self._loudness.append(loudness)
        self._peaks.append(peaks)

    @property
    def is_done(self) -> bool:
        return all(piece.is_done for piece in self._pieces)

    def spoken(self) -> tuple[Span, ...]:
        return tuple(speech(_joined(self._loudness)))

    def drawn(self) -> tuple[float, ...]:
        return buckets(_joined(self._peaks), _BUCKETS)


def _joined(parts: Sequence[Levels]) -> Levels:
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def write_recording(
    outside: Sequence[Path],
    inside: Sequence[Path],
    target: Path,
    *,
    kind: SoundFormat = SoundFormat.OPUS,
    rate: int = 8_000,
) -> Recording | None:
    """Write pieces of those outside (left) and inside (right) as one file, each where it belongs in time.

    None, and no file, when nobody was recorded. `rate` is 8000 or 16000 hertz. The target appears whole or not at
    all. Blocking: run in a thread. Raises `Invalid` for pieces that are none.
    """
    if rate not in _RATES:
        raise Invalid(f"Recordings are written at {' or '.join(map(str, _RATES))} Hz, not {rate}.")
    starts = {path: head.began for path in (*outside, *inside) if (head := header(path)) is not None}
    if not starts:
        return None
    origin = min(starts.values())
    sides = [
        _Side([_Piece(path, starts[path], origin, rate) for path in paths if path in starts])
        for paths in (outside, inside)
    ]
    growing = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        with SoundWriter(growing, rate, 2, kind) as file:
            samples = _write(sides, file, rate)
        if samples == 0:
            return None
        growing.replace(target)
    finally:
        growing.unlink(missing_ok=True)
    left, right = sides
    return Recording(
        target,
        datetime.fromtimestamp(origin / 1_000_000, UTC),
        samples / rate,
        Waveform(left.drawn(), right.drawn()),
        left.spoken(),
        right.spoken(),
    )


def _write(sides: Sequence[_Side], file: SoundWriter, rate: int) -> int:
    """Write chunk after chunk until all pieces have ended; how many samples."""
    begin, size = 0, _CHUNK * rate
    while True:
        parts = [side.chunk(begin, size) for side in sides]
        is_last = all(side.is_done for side in sides)
        count = max(last for _, last in parts) - begin if is_last else size
        for side, (samples, _) in zip(sides, parts, strict=True):
            side.measure(samples[:count], rate)
        file.write(np.stack([samples[:count] for samples, _ in parts], axis=1))
        begin += count
        if is_last:
            return begin
