"""The pool of rooms: made ahead, used again, never destroyed, since Janus does not give back a room's memory."""

import asyncio
import itertools
from collections import deque

from offhook.voice.media.audiobridge import AudioBridge


class RoomPool:
    """Rooms of one running Janus: some in use, some waiting."""

    def __init__(self, bridge: AudioBridge, ahead: int) -> None:
        """Keep `ahead` rooms waiting."""
        self._bridge = bridge
        self._ahead = ahead
        self._waiting: deque[str] = deque()
        self._in_use: set[str] = set()
        self._numbers = itertools.count(1)
        self._filling: asyncio.Task[None] | None = None

    @property
    def in_use(self) -> frozenset[str]:
        """Rooms taken and not given back."""
        return frozenset(self._in_use)

    async def fill(self) -> None:
        """Make rooms until enough are waiting."""
        while len(self._waiting) < self._ahead:
            self._waiting.append(await self._made())

    async def take(self) -> str:
        """An empty room; one is made ahead in its stead."""
        room = self._waiting.popleft() if self._waiting else await self._made()
        self._in_use.add(room)
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self.fill())
        return room

    def give_back(self, room: str) -> None:
        """An emptied room, to be used again. Giving back twice is no error."""
        if room in self._in_use:
            self._in_use.remove(room)
            self._waiting.append(room)

    async def _made(self) -> str:
        room = f"room-{next(self._numbers)}"
        await self._bridge.create_room(room)
        return room
