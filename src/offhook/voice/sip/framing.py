"""Messages out of a stream: Content-Length framing, keep-alive newlines (RFC 3261 18.3, RFC 5626 3.5.1).

A datagram is a message; a connection is a row of them, cut by Content-Length, which is compulsory there. A stream
that lost its frame cannot be mended: it is closed.
"""

from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.headers import key_of, number

PING = b"\r\n\r\n"
PONG = b"\r\n"
MAX_HEAD = 32_768
MAX_BODY = 262_144


class Framer:
    """Takes what arrives, gives whole messages; `pings` counts keep-alives that wait for their answer."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self._buffer = bytearray()
        self.pings = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages that are now complete. Raises `Malformed` when the stream makes no sense any more."""
        self._buffer += data
        found: list[bytes] = []
        while True:
            self._skip_newlines()
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > MAX_HEAD:
                    raise Malformed("The head of a message is too long")
                return found
            size = end + 4 + _length(bytes(self._buffer[:end]))
            if len(self._buffer) < size:
                return found
            found.append(bytes(self._buffer[:size]))
            del self._buffer[:size]

    def _skip_newlines(self) -> None:
        """A double newline asks for a single one back; a single one is such an answer."""
        while self._buffer.startswith(PING):
            self.pings += 1
            del self._buffer[:4]
        while self._buffer.startswith(PONG) and not PING.startswith(bytes(self._buffer[:4])):
            del self._buffer[:2]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon and key_of(name.decode("latin-1")) == "content-length":
            return (
                number({"content-length": [value.decode("latin-1").strip()]}, "content-length", limit=MAX_BODY)
                or 0
            )
    raise Malformed("Content-Length is missing in a stream")
