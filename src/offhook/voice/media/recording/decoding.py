"""One piece as sound on its own timeline: blocks of samples, each with the place where it belongs."""
# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the types of packets open.

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np

from offhook.kernel.errors import Invalid
from offhook.voice.media import g711
from offhook.voice.media.recording.mjr import Packet, header, packets
from offhook.voice.media.soundfile import Samples

_CLOCKS = {"pcmu": 8_000, "pcma": 8_000, "opus": 48_000}
"""Hertz of each codec's RTP timestamps (RFC 3551, RFC 7587)."""

_ASTRAY = 2.0
"""Seconds by which timestamps may differ from arrival before they count as begun anew."""


@dataclass(frozen=True, slots=True)
class Block:
    """Samples, and the place of the first: how many samples after the piece began."""

    place: int
    samples: Samples


def blocks(path: Path, rate: int) -> Iterator[Block]:
    """The sound of a piece at `rate` hertz. What did not come is a gap between blocks.

    Raises `Invalid` for a codec that nobody here speaks.
    """
    head = header(path)
    if head is None:
        return
    clock = _CLOCKS.get(head.codec)
    if clock is None:
        raise Invalid(f"{path} holds {head.codec}, which cannot be decoded.")
    placed = _placed(packets(path), clock)
    if head.codec == "opus":
        yield from _opus(placed, rate)
        return
    decode = g711.from_ulaw if head.codec == "pcmu" else g711.from_alaw
    yield from _resampled(((at, decode(packet.payload)) for at, packet in placed), clock, rate)


def _placed(found: Iterator[Packet], clock: int) -> Iterator[tuple[float, Packet]]:
    """Packets with their time in seconds, by RTP timestamps (32 bit, wrapping) from the first packet's arrival.

    Repeated packets are left out. Where timestamps stray from arrival, a new clock began: arrival counts.
    """
    base: tuple[float, int] | None = None
    before: Packet | None = None
    for packet in found:
        if before is not None and packet.sequence == before.sequence:
            continue
        before = packet
        arrived = packet.arrived / 1000
        if base is None:
            base = (arrived, packet.timestamp)
        at = base[0] + _difference(packet.timestamp, base[1]) / clock
        if abs(at - arrived) > _ASTRAY:
            base, at = (arrived, packet.timestamp), arrived
        yield at, packet


def _difference(timestamp: int, base: int) -> int:
    difference = (timestamp - base) & 0xFFFFFFFF
    return difference - 0x1_0000_0000 if difference >= 0x8000_0000 else difference


def _opus(placed: Iterator[tuple[float, Packet]], rate: int) -> Iterator[Block]:
    return _resampled(_opus_decoded(placed), 48_000, rate)


def _opus_decoded(placed: Iterator[tuple[float, Packet]]) -> Iterator[tuple[float, Samples]]:
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate = 48_000
    decoder.layout = "mono"
    for at, packet in placed:
        try:
            frames = decoder.decode(av.Packet(packet.payload))
        except av.error.FFmpegError:
            continue  # a damaged packet is a gap
        for frame in frames:
            yield at, _mono(frame)


def _mono(frame: av.AudioFrame) -> Samples:
    sound = frame.to_ndarray()
    if frame.format.is_packed:
        sound = sound.reshape(-1, len(frame.layout.channels)).T
    if sound.dtype != np.int16:
        sound = np.clip(sound * 32767, -32768, 32767)
    return sound[0].astype(np.int16)


def _resampled(found: Iterator[tuple[float, Samples]], given: int, rate: int) -> Iterator[Block]:
    """Runs of sound without a gap go through one resampler each, so that no click is made where packets meet."""
    if given == rate:
        for at, samples in found:
            yield Block(round(at * rate), samples)
        return
    run: _Run | None = None
    for at, samples in found:
        if run is not None and abs(at - run.end) > 0.005:
            yield from run.rest()
            run = None
        if run is None:
            run = _Run(at, given, rate)
        yield from run.add(samples)
    if run is not None:
        yield from run.rest()


class _Run:
    """Sound without a gap, brought to another rate."""

    def __init__(self, at: float, given: int, rate: int) -> None:
        self.end = at
        self._given = given
        self._place = round(at * rate)
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)

    def add(self, samples: Samples) -> Iterator[Block]:
        self.end += len(samples) / self._given
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._given
        return self._out(frame)

    def rest(self) -> Iterator[Block]:
        return self._out(None)

    def _out(self, frame: av.AudioFrame | None) -> Iterator[Block]:
        for one in self._resampler.resample(frame):
            sound = one.to_ndarray()[0].astype(np.int16)
            if len(sound):
                yield Block(self._place, sound)
                self._place += len(sound)
