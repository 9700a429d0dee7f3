"""What is drawn and skipped: peaks for a wave form, and when who speaks. Pure.

Everything is worked out from one loudness and one peak for each 20 ms, so an hour takes a few hundred kilobytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEP = 0.02
"""Seconds that one loudness stands for."""

_FLOOR_SHARE = 10
_ABOVE_FLOOR = 9.0
_LEAST_DB = -50.0
_MOST_DB = -35.0
_LONGEST_GAP = 0.3
_SHORTEST_SPEECH = 0.08
_SILENT_DB = -96.0

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """From, to: seconds since the recording began."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Waveform:
    """Peaks 0..1 of each channel, in buckets of equal length."""

    left: tuple[float, ...]
    right: tuple[float, ...]


def levels(samples: npt.NDArray[np.int16], rate: int) -> tuple[Levels, Levels]:
    """Loudness in dB below full scale, and peak 0..1, for each 20 ms; a rest at the end counts as one more."""
    size = round(rate * STEP)
    padded = np.zeros(-(-len(samples) // size) * size, np.float32)
    padded[: len(samples)] = samples
    frames = padded.reshape(-1, size) / 32768
    power = np.mean(frames**2, axis=1)
    loudness = 10 * np.log10(np.maximum(power, 10 ** (_SILENT_DB / 10)))
    return loudness.astype(np.float32), np.max(np.abs(frames), axis=1, initial=0.0).astype(np.float32)


def buckets(peaks: Levels, count: int) -> tuple[float, ...]:
    """Peaks reduced to `count` buckets; fewer when there are fewer peaks."""
    if not len(peaks):
        return ()
    edges = np.unique(np.linspace(0, len(peaks), min(count, len(peaks)) + 1).astype(int)[:-1])
    return tuple(round(float(one), 4) for one in np.maximum.reduceat(peaks, edges))


def speech(loudness: Levels) -> list[Span]:
    """When somebody speaks: louder than the channel's noise floor by 9 dB, short gaps bridged.

    The floor is the level that a tenth of the time is not exceeded; the threshold stays within -50 and -35 dB, so
    that neither digital silence nor a talker without a pause mislead it.
    """
    if not len(loudness):
        return []
    floor = float(np.percentile(loudness, _FLOOR_SHARE))
    threshold = min(max(floor + _ABOVE_FLOOR, _LEAST_DB), _MOST_DB)
    is_loud = np.concatenate(([False], loudness > threshold, [False]))
    edges = np.flatnonzero(np.diff(is_loud.astype(np.int8)))
    spans = [Span(a * STEP, b * STEP) for a, b in edges.reshape(-1, 2).tolist()]
    return [one for one in _bridged(spans, _LONGEST_GAP) if one.end - one.begin >= _SHORTEST_SPEECH]


def _bridged(spans: Sequence[Span], longest: float) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.begin):
        if found and span.begin - found[-1].end <= longest:
            found[-1] = Span(found[-1].begin, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def pauses(channels: Sequence[Sequence[Span]], seconds: float, least: float = 2.0) -> list[Span]:
    """When nobody speaks on any channel for `least` seconds or longer: what a listener may skip."""
    spoken = _bridged([span for channel in channels for span in channel], 0.0)
    begins = [0.0, *(span.end for span in spoken)]
    ends = [*(span.begin for span in spoken), seconds]
    return [Span(a, b) for a, b in zip(begins, ends, strict=True) if b - a >= least]
