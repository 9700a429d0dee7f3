"""Both ends of many calls at little cost: sound in and out of plain sockets, packets kept with their times.

All ends speak a tone of whole periods a packet, so that every packet is the same and nothing has to be worked out.
"""

import selectors
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from offhook.voice.media import g711
from offhook.voice.media.descriptions import Direction, audio_of, room_side
from offhook.voice.media.engine import SAMPLE_RATE

FRAME = SAMPLE_RATE // 50
FRAME_SECONDS = 0.02
INSIDE, OUTSIDE = 600, 1_100
"""Hertz of a headset's tone and of a called person's: multiples of 50, so that a packet holds whole periods."""
_SILENCE = g711.to_ulaw(np.zeros(FRAME, np.int16))
_HEARD = 1_500.0


def _tone(hertz: int) -> bytes:
    places = np.arange(FRAME)
    return g711.to_ulaw((8_000 * np.sin(2 * np.pi * hertz * places / SAMPLE_RATE)).astype(np.int16))


_TONES = {hertz: _tone(hertz) for hertz in (INSIDE, OUTSIDE)}


@dataclass(eq=False)
class Headset:
    """One end: sends `hertz` (0: silence) to where `connect` says, and keeps what comes while `is_kept`."""

    hertz: int = 0
    is_kept: bool = True
    heard: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    line: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    port: int = 0
    _to: tuple[str, int] | None = None
    _number: int = 0

    def __post_init__(self) -> None:
        """Listen."""
        self.line.setblocking(False)
        self.line.bind(("127.0.0.1", 0))
        self.port = self.line.getsockname()[1]

    @property
    def sdp(self) -> str:
        """How this end describes itself."""
        return room_side(self.port, 1, 1, Direction.BOTH, has_digits=False)

    def connect(self, sdp: str) -> None:
        """Send where this SDP says."""
        audio = audio_of(sdp)
        self._to = (audio.address, audio.port)

    def send(self) -> None:
        """20 ms."""
        if self._to is None:
            return
        header = struct.pack("!BBHII", 0x80, 0, self._number & 0xFFFF, self._number * FRAME, self.port)
        self._number += 1
        with suppress(OSError):
            self.line.sendto(header + _TONES.get(self.hertz, _SILENCE), self._to)

    def take(self) -> None:
        """Read what came."""
        with suppress(OSError):
            data = self.line.recv(2_048)
            if self.is_kept:
                self.heard.append((time.perf_counter(), data[12:]))

    def first_heard(self, hertz: int, since: float) -> float | None:
        """When a tone was first heard."""
        return next((at for at, payload in self.heard if at >= since and _is_tone(payload, hertz)), None)

    def longest_gap(self, hertz: int, since: float, until: float) -> float:
        """The longest that a tone stayed away within that time, in seconds."""
        times = [at for at, payload in self.heard if since <= at <= until and _is_tone(payload, hertz)]
        return max(b - a for a, b in zip([since, *times], [*times, until], strict=True))


def _is_tone(payload: bytes, hertz: int) -> bool:
    if len(payload) != FRAME:
        return False
    wave = np.exp(-2j * np.pi * hertz * np.arange(FRAME) / SAMPLE_RATE)
    return 2 * abs(complex(np.dot(g711.from_ulaw(payload).astype(float), wave))) / FRAME > _HEARD


class Switchboard:
    """Keeps headsets speaking and listening, in two threads, for as long as the `with` lasts."""

    def __init__(self) -> None:
        """Nobody is there yet."""
        self.all: list[Headset] = []
        self._ears = selectors.DefaultSelector()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._speak, self._listen)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and close all lines."""
        self._over.set()
        for thread in self._threads:
            thread.join(2)
        for one in self.all:
            one.line.close()

    def add(self, headset: Headset) -> Headset:
        """Let this one speak and listen."""
        self._ears.register(headset.line, selectors.EVENT_READ, headset)
        self.all = [*self.all, headset]
        return headset

    def remove(self, headset: Headset) -> None:
        """Not any more."""
        self.all = [one for one in self.all if one is not headset]
        self._ears.unregister(headset.line)
        headset.line.close()

    def _speak(self) -> None:
        due = time.perf_counter()
        while not self._over.is_set():
            due += FRAME_SECONDS
            time.sleep(max(0.0, due - time.perf_counter()))
            for one in self.all:
                one.send()

    def _listen(self) -> None:
        while not self._over.is_set():
            for key, _ in self._ears.select(0.1):
                headset: Headset = key.data
                headset.take()
