"""User agents of ours on loopback, and what they were told."""

import asyncio
import socket
from typing import TypeVar

from offhook.voice.signalling import SignallingEvent
from offhook.voice.sip import SipSignalling

LOCAL = "127.0.0.1"
Event = TypeVar("Event", bound=SignallingEvent)


def a_free_port() -> int:
    """For udp and tcp, at this moment."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


class Side:
    """One user agent and what it was told, which can be waited for."""

    def __init__(self, signalling: SipSignalling) -> None:
        self.signalling = signalling
        self.told: list[SignallingEvent] = []

    async def wait_for(self, kind: type[Event], seconds: float = 5) -> Event:
        """The first event of that kind that was not taken yet."""
        async with asyncio.timeout(seconds):
            while True:
                found = next((event for event in self.told if isinstance(event, kind)), None)
                if found is not None:
                    self.told.remove(found)
                    return found
                await asyncio.sleep(0.005)

    async def listen(self) -> None:
        """Take events as they come, until the user agent closes."""
        async for event in self.signalling.events():
            self.told.append(event)
