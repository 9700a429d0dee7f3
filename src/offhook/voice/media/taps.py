"""Taps: a group's sound, forwarded by Janus as PCMU over loopback, put in order and made samples."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from offhook.voice.media import g711
from offhook.voice.media.engine import Frame

_FRAME_BYTES = 160
_RTP_HEADER = 12
_WINDOW = 3
"""Packets waited for when one is missing: 60 ms."""
_LONGEST = 3_000
"""Frames kept for a slow reader (a minute); older ones are dropped."""


class Reorderer:
    """Puts packets in the order of their RTP sequence numbers (16 bit, wrapping), waiting for at most `window`."""

    def __init__(self, window: int = _WINDOW) -> None:
        """Nothing has come yet."""
        self._window = window
        self._next: int | None = None
        self._early: dict[int, bytes] = {}

    def add(self, number: int, payload: bytes) -> list[bytes]:
        """What can be passed on now that this packet came. Late and repeated packets give nothing."""
        if self._next is None:
            self._next = number
        ahead = (number - self._next) & 0xFFFF
        if ahead >= 0x8000:
            return []
        self._early[number] = payload
        found = self._in_order()
        if len(self._early) >= self._window:
            self._next = min(self._early, key=self._distance)
            found += self._in_order()
        return found

    def _distance(self, number: int) -> int:
        return (number - (self._next or 0)) & 0xFFFF

    def _in_order(self) -> list[bytes]:
        found: list[bytes] = []
        while self._next is not None and self._next in self._early:
            found.append(self._early.pop(self._next))
            self._next = (self._next + 1) & 0xFFFF
        return found


class RoomTap(asyncio.DatagramProtocol):
    """One tap; `frames` may have one reader."""

    def __init__(self) -> None:
        """Not open yet."""
        self._order = Reorderer()
        self._frames: deque[Frame] = deque(maxlen=_LONGEST)
        self._has_news = asyncio.Event()
        self._is_closed = False
        self._transport: asyncio.DatagramTransport | None = None
        self._end: Callable[[int], Awaitable[None]] | None = None
        self._stream: int | None = None

    async def open(self, begin: Callable[[int], Awaitable[int]], end: Callable[[int], Awaitable[None]]) -> None:
        """Listen; `begin` starts the forward to our port, `end` ends the forward of the id that `begin` gave."""
        self._end = end
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._transport = transport
        try:
            self._stream = await begin(int(transport.get_extra_info("sockname")[1]))
        except BaseException:
            transport.close()
            raise

    async def frames(self) -> AsyncIterator[Frame]:
        """The sound as it comes, 20 ms each; ends when closed."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            if self._is_closed:
                return
            self._has_news.clear()
            await self._has_news.wait()

    async def close(self) -> None:
        """Listen no more. May be called twice."""
        if self._is_closed:
            return
        self.cut()
        if self._end is not None and self._stream is not None:
            await self._end(self._stream)

    def cut(self) -> None:
        """End without telling Janus, which is gone."""
        self._is_closed = True
        self._has_news.set()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """A packet came."""
        if len(data) != _RTP_HEADER + _FRAME_BYTES:
            return
        for payload in self._order.add(int.from_bytes(data[2:4]), data[_RTP_HEADER:]):
            self._frames.append(g711.from_ulaw(payload))
        self._has_news.set()
