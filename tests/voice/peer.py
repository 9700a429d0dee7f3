"""A phone at the other end of an RTP stream: sends tones, measures tones, presses keys. numpy only.

peer = await Peer.open(codec="pcma", ptime=30)
peer.connect(sdp)            # where to send, from the other side's SDP
peer.frequency = 440
await asyncio.sleep(1)
assert peer.hears(700) > 3000
"""

import asyncio
import re
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from offhook.voice.media import g711

RATE = 8_000
KEYS = "0123456789*#ABCD"
_PAYLOAD_TYPES = {"pcmu": 0, "pcma": 8}
_DECODE = {0: g711.from_ulaw, 8: g711.from_alaw}
_ENCODE = {0: g711.to_ulaw, 8: g711.to_alaw}

Samples = npt.NDArray[np.int16]


def amplitude(samples: Samples, hertz: float, rate: int = RATE) -> float:
    """How strong a tone is in samples: the amplitude of that sine, 0 to 32767."""
    if not len(samples):
        return 0.0
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / rate)
    return float(2 * abs(np.dot(samples.astype(float), wave)) / len(samples))


@dataclass(frozen=True, slots=True)
class Packet:
    """One that came: when (monotonic seconds), and what."""

    at: float
    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes

    @property
    def samples(self) -> Samples:
        """The sound in it; none in packets that are no sound."""
        decode = _DECODE.get(self.payload_type)
        return decode(self.payload) if decode else np.zeros(0, np.int16)


class Peer(asyncio.DatagramProtocol):
    """One stream. Sends while `is_sending`, a tone of `frequency` hertz (0: silence) with `level` amplitude."""

    def __init__(self, codec: str, ptime: int) -> None:
        """Use `open`."""
        self.payload_type = _PAYLOAD_TYPES[codec]
        self.ptime = ptime
        self.frequency = 0.0
        self.level = 8000
        self.is_sending = True
        self.packets: list[Packet] = []
        self.port = 0
        self.lose_every = 0
        """Leave out every n-th packet."""
        self._to: tuple[str, int] | None = None
        self._source = secrets.randbits(32)
        self._sequence = secrets.randbelow(30_000)
        self._time = secrets.randbits(30)
        self._position = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, codec: str = "pcmu", ptime: int = 20, host: str = "127.0.0.1") -> Self:
        """A peer on a free port, sending as soon as it is connected."""
        peer = cls(codec, ptime)
        loop = asyncio.get_running_loop()
        peer._transport, _ = await loop.create_datagram_endpoint(lambda: peer, local_addr=(host, 0))
        peer.port = peer._transport.get_extra_info("sockname")[1]
        peer._task = asyncio.create_task(peer._send())
        return peer

    def close(self) -> None:
        """Hang up, as a phone that is switched off: no packet more."""
        if self._task:
            self._task.cancel()
        if self._transport:
            self._transport.close()

    def sdp(self, direction: str = "sendrecv", *, address: str = "127.0.0.1", port: int | None = None) -> str:
        """How this phone describes itself."""
        name = "PCMA" if self.payload_type == 8 else "PCMU"
        return "\r\n".join(
            [
                "v=0",
                f"o=- 7 {len(self.packets)} IN IP4 {address}",
                "s=-",
                f"c=IN IP4 {address}",
                "t=0 0",
                f"m=audio {port or self.port} RTP/AVP {self.payload_type} 101",
                f"a=rtpmap:{self.payload_type} {name}/8000",
                "a=rtpmap:101 telephone-event/8000",
                "a=fmtp:101 0-15",
                f"a=ptime:{self.ptime}",
                f"a={direction}",
                "",
            ]
        )

    def connect(self, sdp: str) -> None:
        """Send where this SDP says."""
        address = re.findall(r"c=IN IP4 (\S+)", sdp)[-1]
        self._to = (address, int(re.findall(r"m=audio (\d+)", sdp)[0]))

    def heard(self, seconds: float = 0.4) -> Samples:
        """What was heard in the last seconds."""
        since = time.monotonic() - seconds
        parts = [packet.samples for packet in self.packets if packet.at >= since]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def hears(self, hertz: float, seconds: float = 0.4) -> float:
        """How loud a tone was in the last seconds."""
        return amplitude(self.heard(seconds), hertz)

    def first_heard(self, hertz: float, since: float, least: float = 1500.0) -> float | None:
        """When a tone was first heard (monotonic seconds)."""
        for packet in self.packets:
            if packet.at >= since and amplitude(packet.samples, hertz) > least:
                return packet.at
        return None

    def keys(self) -> str:
        """Keys that were pressed towards us (RFC 4733), by their end packets."""
        ends: dict[int, str] = {}
        for packet in self.packets:
            if packet.payload_type == 101 and packet.payload[1] & 0x80:
                ends[packet.timestamp] = KEYS[packet.payload[0]]
        return "".join(ends.values())

    async def press(self, keys: str, milliseconds: int = 100) -> None:
        """Press keys (RFC 4733), 100 ms apart."""
        for key in keys:
            begin = self._time
            for number in range(milliseconds // 20 + 3):
                length = min((number + 1) * 160, milliseconds * 8)
                end = 0x80 if number >= milliseconds // 20 else 0
                event = struct.pack("!BBH", KEYS.index(key), end | 10, length)
                self._put(101 | (0x80 if number == 0 else 0), begin, event)
                await asyncio.sleep(0.02)
            self._time = (begin + milliseconds * 8) & 0xFFFFFFFF
            await asyncio.sleep(0.1)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """A packet came."""
        kind, sequence, timestamp = struct.unpack_from("!xBHI", data)
        self.packets.append(Packet(time.monotonic(), kind & 0x7F, sequence, timestamp, data[12:]))

    def _put(self, kind: int, timestamp: int, payload: bytes) -> None:
        header = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, timestamp & 0xFFFFFFFF, self._source)
        self._sequence += 1
        is_lost = self.lose_every and self._sequence % self.lose_every == 0
        if self._to and self._transport and not is_lost:
            self._transport.sendto(header + payload, self._to)

    async def _send(self) -> None:
        due = time.monotonic()
        while True:
            due += self.ptime / 1000
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not (self._to and self.is_sending):
                continue
            count = self.ptime * RATE // 1000
            places = np.arange(self._position, self._position + count)
            self._position += count
            tone = self.level * np.sin(2 * np.pi * self.frequency * places / RATE)
            self._put(self.payload_type, self._time, _ENCODE[self.payload_type](tone.astype(np.int16)))
            self._time += count
