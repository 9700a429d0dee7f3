"""From mouth to ear: how much our media engine adds to a bare Janus with a bare rtpengine, within one run.

Two pairs of phones share one room, so that one mixer at one moment serves both: one pair came through the engine,
the other by the plainest requests that make rtpengine and Janus pass sound. Both callers begin a tone with the
same tick of the clock; what is compared is when the tone arrives at the other end of each pair.
"""

import asyncio
import random
import statistics
import struct
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from offhook.bench.model import Figure, at_most, fact
from offhook.voice.media import g711
from offhook.voice.media.audiobridge import Seat
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.descriptions import Direction, audio_of, room_side
from offhook.voice.media.engine import SAMPLE_RATE, Group
from offhook.voice.media.janus_engine import JanusEngine
from offhook.voice.media.rtpengine import text

MOST_ADDED_MS = 5
TONES = 60
_FRAME = SAMPLE_RATE // 50
_OURS, _BARE = 600.0, 1_100.0
_HEARD = 1_500.0


def figures() -> Iterable[Figure]:
    """What the engine adds to the bare path. Raises `MediaUnavailable` where it is not installed."""
    ours, bare, lost = asyncio.run(_measured())
    added = statistics.median(a - b for a, b in zip(ours, bare, strict=True))
    detail = (
        f"{len(ours)} tones: median {statistics.median(ours):.1f} ms against {statistics.median(bare):.1f} ms bare"
    )
    yield at_most("media: mouth to ear, added by the engine", added, "ms", MOST_ADDED_MS, detail)
    yield fact("media: mouth to ear through the engine, p95", statistics.quantiles(ours, n=20)[-1], "ms", detail)
    yield fact("media: tones that did not arrive on either path", lost, "tones", f"of {TONES}")


@dataclass
class Phone(asyncio.DatagramProtocol):
    """One end of a call: packets go out when told, and what comes is kept with its time."""

    heard: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    hertz: float = 0.0
    port: int = 0
    _to: tuple[str, int] = ("127.0.0.1", 9)
    _number: int = 0
    _transport: asyncio.DatagramTransport | None = None

    async def open(self) -> str:
        """Listen; how this phone describes itself."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = int(self._transport.get_extra_info("sockname")[1])
        return room_side(self.port, 1, 1, Direction.BOTH, has_digits=False)

    def connect(self, sdp: str) -> None:
        """Send where this SDP says."""
        audio = audio_of(sdp)
        self._to = (audio.address, audio.port)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """A packet came."""
        self.heard.append((time.perf_counter(), data[12:]))

    def send(self) -> None:
        """20 ms of the tone, or of silence."""
        places = np.arange(self._number * _FRAME, (self._number + 1) * _FRAME)
        sound = 8_000 * np.sin(2 * np.pi * self.hertz * places / SAMPLE_RATE)
        header = struct.pack("!BBHII", 0x80, 0, self._number & 0xFFFF, self._number * _FRAME, self.port)
        self._number += 1
        if self._transport is not None:
            self._transport.sendto(header + g711.to_ulaw(sound.astype(np.int16)), self._to)

    def first_heard(self, hertz: float, since: float) -> float | None:
        """When a tone was first heard."""
        wave = np.exp(-2j * np.pi * hertz * np.arange(_FRAME) / SAMPLE_RATE)
        for at, payload in self.heard:
            if at >= since and len(payload) == _FRAME:
                level = 2 * abs(complex(np.dot(g711.from_ulaw(payload).astype(float), wave))) / _FRAME
                if level > _HEARD:
                    return at
        return None


async def _measured() -> tuple[list[float], list[float], int]:
    """Milliseconds for each tone on our path and on the bare one; how many tones were lost."""
    with tempfile.TemporaryDirectory() as folder:
        engine = JanusEngine(MediaSettings(folder=Path(folder)))
        await engine.start()
        try:
            room = await engine.open_room()
            phones = [Phone() for _ in range(4)]
            told = [await phone.open() for phone in phones]
            phones[0].connect(await engine.accept("our-caller", told[0], room, Group.OUTSIDE))
            phones[1].connect(await engine.accept("our-callee", told[1], room, Group.INSIDE))
            phones[2].connect(await _bare(engine, "bare-caller", told[2], room))
            phones[3].connect(await _bare(engine, "bare-callee", told[3], room))
            sending = asyncio.create_task(_send(phones))
            await asyncio.sleep(2)
            found = [await _one_tone(phones) for _ in range(TONES)]
            sending.cancel()
        finally:
            await engine.shut_down()
    complete = [pair for pair in found if pair is not None]
    return [a for a, _ in complete], [b for _, b in complete], len(found) - len(complete)


async def _bare(engine: JanusEngine, name: str, sdp: str, room: str) -> str:
    """Seat a phone by the plainest requests: one offer, one join, one answer."""
    relay, bridge = engine.supervisor.relay.client, engine.supervisor.bridge
    call = {"call-id": name, "from-tag": "a", "ICE": "remove", "replace": ["origin", "session-connection"]}
    offered = text(await relay.ask("offer", {**call, "sdp": sdp, "direction": ["carrier", "engine"]}), "sdp")
    handle = await bridge.client.attach()
    seat = Seat(name, room, Group.OUTSIDE, is_muted=False)
    own = await bridge.join_by_rtp(handle, seat, audio_of(offered).port)
    here = room_side(own, 1, 1, Direction.BOTH, has_digits=False)
    return text(await relay.ask("answer", {**call, "to-tag": "b", "sdp": here}), "sdp")


async def _send(phones: Iterable[Phone]) -> None:
    due = time.perf_counter()
    while True:
        due += 0.02
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for phone in phones:
            phone.send()


async def _one_tone(phones: list[Phone]) -> tuple[float, float] | None:
    """Begin a tone at both callers; when each arrived, in milliseconds after."""
    for phone in phones:
        phone.heard.clear()
    began = time.perf_counter()
    phones[0].hertz, phones[2].hertz = _OURS, _BARE
    await asyncio.sleep(0.3)
    phones[0].hertz = phones[2].hertz = 0.0
    ours, bare = phones[1].first_heard(_OURS, began), phones[3].first_heard(_BARE, began)
    await asyncio.sleep(0.25 + random.random() / 20)
    return None if ours is None or bare is None else ((ours - began) * 1000, (bare - began) * 1000)
