"""Sockets: one for datagrams, one that listens, and the connections of both directions (RFC 3261 section 18).

Whatever arrives is handed on as whole messages with their source. A connection is used for all that goes to its
other end, whoever opened it. Strangers' connections are few and short-lived; trunks' stay.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from offhook.voice.sip.addresses import Address
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.framing import PONG, Framer
from offhook.voice.sip.names import Names
from offhook.voice.sip.transactions import Send

CONNECT_SECONDS = 4.0
STRANGER_SECONDS = 60.0
MAX_STRANGERS = 100
MAX_WAITING = 1_000
"""Messages that wait for one connection to be made."""
RECEIVE_BUFFER = 4 * 2**20
"""Bytes: a burst of calls must not be lost while a slow moment lasts."""
MAX_UNSENT = 2**20
"""Bytes that may wait for a slow other end."""
PORT_TRIES = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Uses:
    """What the sockets ask of their user. `now` is the endpoint's clock."""

    receive: Callable[[bytes, Address], None]
    broken: Callable[[Send], None]
    is_trunk: Callable[[str], bool]
    now: Callable[[], float]


class Wire:
    """The sockets of one endpoint."""

    def __init__(self, uses: Uses, names: Names) -> None:
        """Nothing is open yet."""
        self._uses = uses
        self._names = names
        self._datagrams: asyncio.DatagramTransport | None = None
        self._listener: asyncio.Server | None = None
        self._connections: dict[tuple[str, int], _Connection] = {}
        self._waiting: dict[tuple[str, int], list[Send]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int, family: socket.AddressFamily) -> int:
        """Bind both; the port, which is chosen when `port` is 0. Raises `OSError` when it is in use."""
        loop = asyncio.get_running_loop()
        for tries in range(PORT_TRIES):
            datagrams, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self._uses), local_addr=(host, port), family=family
            )
            chosen = int(datagrams.get_extra_info("sockname")[1])
            try:
                self._listener = await loop.create_server(self._accept, host, chosen, family=family)
            except OSError as error:
                datagrams.close()
                if port or error.errno != errno.EADDRINUSE or tries + 1 == PORT_TRIES:
                    raise
                continue
            bound: socket.socket = datagrams.get_extra_info("socket")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self._datagrams = datagrams
            return chosen
        raise OSError(errno.EADDRINUSE, "no port is free for both udp and tcp")

    async def close(self) -> None:
        """Close all."""
        for task in self._tasks:
            task.cancel()
        if self._datagrams is not None:
            self._datagrams.close()
        if self._listener is not None:
            self._listener.close()
        for connection in list(self._connections.values()):
            connection.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, send: Send) -> None:
        """Send now, or when the name is known or the connection made; `broken` is told if neither comes to be."""
        address = self._names.known(send.to.host, self._uses.now())
        if address is None:
            self._start(self._look_up(send))
        elif send.to.transport == "udp":
            self._send_datagram(send, address)
        else:
            self._send_stream(send, (address, send.to.port))

    def sweep(self) -> None:
        """Close strangers' connections on which nothing came for a while."""
        limit = self._uses.now() - STRANGER_SECONDS
        for connection in list(self._connections.values()):
            if connection.heard_at < limit and not self._uses.is_trunk(connection.peer[0]):
                connection.close()

    def _accept(self) -> "_Connection":
        return _Connection(self._uses, self._connections)

    def _send_datagram(self, send: Send, address: str) -> None:
        if self._datagrams is not None and not self._datagrams.is_closing():
            self._datagrams.sendto(send.data, (address, send.to.port))

    def _send_stream(self, send: Send, peer: tuple[str, int]) -> None:
        connection = self._connections.get(peer)
        if connection is not None:
            connection.write(send.data)
            return
        waiting = self._waiting.get(peer)
        if waiting is None:
            self._waiting[peer] = [send]
            self._start(self._connect(peer))
        elif len(waiting) < MAX_WAITING:
            waiting.append(send)
        else:
            self._uses.broken(send)

    async def _look_up(self, send: Send) -> None:
        if await self._names.addresses(send.to.host, self._uses.now()):
            self.send(send)
        else:
            self._uses.broken(send)

    async def _connect(self, peer: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(self._accept, *peer)
        except (OSError, TimeoutError) as error:
            _log.info("no connection to %s:%s: %s", *peer, error)
            for send in self._waiting.pop(peer, ()):
                self._uses.broken(send)
            return
        for send in self._waiting.pop(peer, ()):
            connection.write(send.data)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Datagrams(asyncio.DatagramProtocol):
    """A datagram is a message."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._uses.receive(data, Address("udp", addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        _log.info("a datagram could not be sent: %s", exc)  # its transaction sends it again


class _Connection(asyncio.Protocol):
    """One connection, in the table as long as it lives."""

    def __init__(self, uses: Uses, table: "dict[tuple[str, int], _Connection]") -> None:
        self._uses = uses
        self._table = table
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self.peer: tuple[str, int] = ("", 0)
        self.heard_at = uses.now()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is needed")
        self._transport = transport
        name = transport.get_extra_info("peername")
        self.peer = (str(name[0]), int(name[1]))
        if not self._uses.is_trunk(self.peer[0]) and self._strangers() >= MAX_STRANGERS:
            transport.abort()
            return
        self._table[self.peer] = self

    def _strangers(self) -> int:
        return sum(not self._uses.is_trunk(host) for host, _ in self._table)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._table.get(self.peer) is self:
            del self._table[self.peer]

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._uses.now()
        try:
            messages = self._framer.feed(data)
        except Malformed as error:
            _log.info("connection of %s:%s closed: %s", *self.peer, error.message)
            self.close()
            return
        for _ in range(self._framer.pings):
            self.write(PONG)
        self._framer.pings = 0
        for message in messages:
            self._uses.receive(message, Address("tcp", *self.peer))

    def write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            _log.info("connection of %s:%s closed: it takes nothing any more", *self.peer)
            self._transport.abort()
            return
        self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
