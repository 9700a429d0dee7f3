"""Keys pressed by carriers' parties, as rtpengine tells them: one JSON datagram for each (`--dtmf-log-dest`)."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

KEYS = "0123456789*#ABCD"
"""By event code (RFC 4733, section 3.2)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key: in which of rtpengine's calls, by which side's tag, which, how long in milliseconds."""

    call: str
    tag: str
    key: str
    milliseconds: int


def pressed(datagram: bytes) -> Pressed | None:
    """What a datagram tells; None for what is no key."""
    try:
        match json.loads(datagram):
            case {
                "callid": str(call),
                "source_tag": str(tag),
                "type": "DTMF",
                "event": int(event),
                "duration": int(milliseconds),
            } if 0 <= event < len(KEYS):
                return Pressed(call, tag, KEYS[event], milliseconds)
            case _:
                return None
    except ValueError:
        return None


class DigitListener(asyncio.DatagramProtocol):
    """Listens on a loopback port of its own."""

    def __init__(self, on_pressed: Callable[[Pressed], None]) -> None:
        """`on_pressed` is called for every key and must not wait."""
        self._on_pressed = on_pressed
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> int:
        """Begin; the port."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._transport = transport
        return int(transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        """End."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """A datagram came."""
        found = pressed(data)
        if found is not None:
            self._on_pressed(found)
