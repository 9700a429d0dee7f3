"""Which files are being played to which rooms."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

_LATE = 2.0
"""Seconds after its length that a file counts as ended even if Janus, with nobody in the room, told no one."""


@dataclass(frozen=True, slots=True)
class Playing:
    """One file in one room; `alarm` fires when it should long have ended."""

    room: str
    alarm: asyncio.TimerHandle | None


class Playings:
    """The register; tells each end once."""

    def __init__(self, on_ended: Callable[[str], None]) -> None:
        """`on_ended` is called with the id of each playing that ended by itself."""
        self._on_ended = on_ended
        self._all: dict[str, Playing] = {}

    def add(self, identifier: str, room: str, seconds: float | None) -> None:
        """A file of that length began; None: it goes round and round."""
        alarm = None
        if seconds is not None:
            alarm = asyncio.get_running_loop().call_later(seconds + _LATE, self.ended, identifier)
        self._all[identifier] = Playing(room, alarm)

    def ended(self, identifier: str) -> None:
        """It ended by itself."""
        if self.remove(identifier):
            self._on_ended(identifier)

    def remove(self, identifier: str) -> bool:
        """Strike one out; whether it was there."""
        playing = self._all.pop(identifier, None)
        if playing is not None and playing.alarm is not None:
            playing.alarm.cancel()
        return playing is not None

    def within(self, room: str) -> list[str]:
        """What plays in a room."""
        return [identifier for identifier, one in self._all.items() if one.room == room]

    def clear(self) -> None:
        """Strike out all, telling nobody."""
        for identifier in list(self._all):
            self.remove(identifier)
