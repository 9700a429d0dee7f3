"""Client of rtpengine's "ng" control protocol: bencoded requests over UDP (see its README).

UDP loses packets: a request is sent again under its cookie until it is answered, and rtpengine answers a repeated
cookie from memory without doing the work twice. Requests are told apart by cookies, so any number may run at once.
"""

import asyncio
import itertools
import secrets
from collections.abc import Mapping

from offhook.voice.media import bencode
from offhook.voice.media.bencode import Decoded, Value
from offhook.voice.media.engine import MediaUnavailable

Answer = Mapping[str, Decoded]

_WAITS = (0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds before each repetition; the sum is when we give up."""


class Refused(Exception):
    """Rtpengine understood and said no; its reason."""


class RtpengineClient:
    """Talks to one rtpengine at a loopback address."""

    def __init__(self, host: str, port: int) -> None:
        """Nothing is sent yet."""
        self._address = (host, port)
        self._link = _Link()
        self._own = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self._link, remote_addr=self._address)
        self._transport = transport

    def close(self) -> None:
        """Close the socket; requests that still run raise `MediaUnavailable`."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._link.give_up()

    async def ask(self, command: str, values: Mapping[str, Value] | None = None) -> Answer:
        """One request, repeated until answered.

        Raises `Refused` with rtpengine's reason, `MediaUnavailable` when no answer came within three seconds.
        """
        cookie = f"{self._own}_{next(self._numbers)}".encode()
        message = cookie + b" " + bencode.encoded({"command": command, **(values or {})})
        answer = await self._exchanged(cookie, message)
        if answer.get("result") == b"error":
            raise Refused(text(answer, "error-reason") or "no reason given")
        return answer

    async def _exchanged(self, cookie: bytes, message: bytes) -> Answer:
        waiting = self._link.expect(cookie)
        try:
            for wait in _WAITS:
                if self._transport is None:
                    raise MediaUnavailable("rtpengine is not running")
                self._transport.sendto(message)
                done, _ = await asyncio.wait([waiting], timeout=wait)
                if done:
                    return waiting.result()
        finally:
            self._link.forget(cookie)
        raise MediaUnavailable("rtpengine does not answer")


class _Link(asyncio.DatagramProtocol):
    """Brings answers to those who wait for them."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Future[Answer]] = {}

    def expect(self, cookie: bytes) -> asyncio.Future[Answer]:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[cookie] = future
        return future

    def forget(self, cookie: bytes) -> None:
        self._waiting.pop(cookie, None)

    def give_up(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MediaUnavailable("rtpengine was stopped"))

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        cookie, _, body = data.partition(b" ")
        future = self._waiting.get(cookie)
        if future is None or future.done():
            return
        try:
            answer = bencode.decoded(body)
        except bencode.Malformed as error:
            future.set_exception(MediaUnavailable(f"rtpengine answers what is no bencoding: {error}"))
            return
        if isinstance(answer, dict):
            future.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """ICMP "port unreachable" while rtpengine restarts: the repetition decides."""


def text(answer: Answer, key: str) -> str:
    """A text of an answer; empty when absent."""
    value = answer.get(key)
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
