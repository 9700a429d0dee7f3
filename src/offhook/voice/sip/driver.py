"""`SipSignalling`: the endpoint with sockets, a clock and real chance, as the exchange uses it.

Thin on purpose: every decision is the endpoint's. All runs in one event loop; a command returns when what it sends
has been handed to the sockets.
"""

import asyncio
import contextlib
import ipaddress
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from offhook.compliance import Permit
from offhook.kernel.clock import Clock, SystemClock
from offhook.kernel.errors import Forbidden, Unavailable
from offhook.voice.signalling import Hop, SignallingEvent, SignallingPort
from offhook.voice.sip.addresses import Address
from offhook.voice.sip.agent import Settings
from offhook.voice.sip.endpoint import Endpoint, Load
from offhook.voice.sip.names import KEPT_SECONDS, Names
from offhook.voice.sip.outbound import Placing
from offhook.voice.sip.transactions import Send
from offhook.voice.sip.trunks import Trunk
from offhook.voice.sip.wire import Uses, Wire

SWEEP_SECONDS = 15.0
NAMES_SECONDS = 3.0
"""How long the start waits for the trunks' names: a lame name server must not keep other trunks down."""


class SipSignalling(SignallingPort):
    """One SIP user agent on one port, udp and tcp. Use it as an async context, or `start` and `close` it.

    `bind` is what to listen on (port 0: any that is free). `advertised` is what others reach us by, where that is
    another (NAT, wildcard): host, and port 0 for the same. `clock` tells whether a permit still holds; `ticks` is
    the monotonic clock of all timers, in seconds.
    """

    def __init__(
        self,
        trunks: Sequence[Trunk],
        *,
        bind: tuple[str, int] = ("0.0.0.0", 5060),  # noqa: S104 - a telephone is to be reached
        advertised: tuple[str, int] | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
        ticks: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
        names: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Nothing is open before `start`. `names` are host names that need no look-up, with their addresses."""
        self._trunks = tuple(trunks)
        self._bind = bind
        self._advertised = advertised
        self._settings = settings or Settings()
        self._clock = clock or SystemClock()
        self._ticks = ticks
        self._chance = chance or random.SystemRandom()
        self._family = _family_of(bind[0])
        self._names = Names(self._family, names)
        self._queue: asyncio.Queue[SignallingEvent | None] = asyncio.Queue()
        self._endpoint: Endpoint | None = None
        self._wire: Wire | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._are_names_known = asyncio.Event()
        self._upkeep: list[asyncio.Task[None]] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        """Started."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed."""
        await self.close()

    async def start(self) -> None:
        """Open the sockets, begin to watch the trunks. Raises `OSError` when the port is in use."""
        wire = Wire(Uses(self._receive, self._broken, self._is_trunk, self._ticks), self._names)
        self.port = await wire.open(*self._bind, self._family)
        host, port = self._advertised or (self._bind[0], 0)
        settings = replace(
            self._settings, host=_reachable(host, self._trunks, self._family), port=port or self.port
        )
        self._wire = wire
        self._endpoint = Endpoint(settings, self._trunks, self._chance, self._ticks())
        self._upkeep = [asyncio.create_task(self._keep_names()), asyncio.create_task(self._sweep())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._are_names_known.wait(), NAMES_SECONDS)
        self._pump()

    async def set_trunks(self, trunks: Sequence[Trunk]) -> None:
        """Know and watch these trunks from now on, in place of those before; running calls are not touched."""
        self._trunks = tuple(trunks)
        self._open.set_trunks(trunks, self._ticks())
        await self._learn_names()
        self._pump()

    async def close(self) -> None:
        """Close the sockets; calls are not ended by it (`snapshot` and `end_orphan` do that). `events` ends."""
        for task in self._upkeep:
            task.cancel()
        await asyncio.gather(*self._upkeep, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
        if self._wire is not None:
            await self._wire.close()
        self._wire = self._endpoint = None
        self._queue.put_nowait(None)

    @property
    def load(self) -> Load:
        """What is kept at present."""
        return self._open.load

    async def events(self) -> AsyncIterator[SignallingEvent]:
        """See `SignallingPort`; ends after `close`."""
        while (event := await self._queue.get()) is not None:
            yield event

    async def invite(self, leg: str, permit: Permit, hop: Hop, *, caller: str, caller_name: str, sdp: str) -> None:
        """See `SignallingPort`."""
        if self._clock.now() >= permit.expires_at:
            raise Forbidden("The permit for this call has expired: ask for another.", code="permit-expired")
        self._open.place(Placing(leg, permit.number, hop, caller, caller_name, sdp), self._ticks())
        self._pump()

    async def ring(self, leg: str, *, sdp: str | None = None) -> None:
        """See `SignallingPort`."""
        self._open.ring(leg, sdp, self._ticks())
        self._pump()

    async def answer(self, leg: str, sdp: str) -> None:
        """See `SignallingPort`."""
        self._open.answer(leg, sdp, self._ticks())
        self._pump()

    async def refuse(self, leg: str, code: int, *, reason: str | None = None) -> None:
        """See `SignallingPort`."""
        self._open.refuse(leg, code, reason or "", self._ticks())
        self._pump()

    async def answer_reoffer(self, leg: str, sdp: str) -> None:
        """See `SignallingPort`."""
        self._open.answer_reoffer(leg, sdp, self._ticks())
        self._pump()

    async def refuse_reoffer(self, leg: str) -> None:
        """See `SignallingPort`."""
        self._open.refuse_reoffer(leg, self._ticks())
        self._pump()

    async def reoffer(self, leg: str, sdp: str) -> None:
        """See `SignallingPort`."""
        self._open.reoffer(leg, sdp, self._ticks())
        self._pump()

    async def refer(self, leg: str, target: str) -> None:
        """See `SignallingPort`."""
        self._open.refer(leg, target, self._ticks())
        self._pump()

    async def hang_up(self, leg: str) -> None:
        """See `SignallingPort`."""
        self._open.hang_up(leg, self._ticks())
        self._pump()

    def snapshot(self, leg: str) -> Mapping[str, object] | None:
        """See `SignallingPort`."""
        return self._open.snapshot(leg)

    async def end_orphan(self, snapshot: Mapping[str, object]) -> None:
        """See `SignallingPort`."""
        self._open.end_orphan(snapshot, self._ticks())
        self._pump()

    @property
    def _open(self) -> Endpoint:
        if self._endpoint is None:
            raise Unavailable("Signalling is not started.")
        return self._endpoint

    def _receive(self, data: bytes, source: Address) -> None:
        if self._endpoint is not None:
            self._endpoint.receive(data, source, self._ticks())
            self._pump()

    def _broken(self, send: Send) -> None:
        if self._endpoint is not None:
            self._endpoint.broken(send, self._ticks())
            self._pump()

    def _is_trunk(self, host: str) -> bool:
        return self._endpoint is not None and bool(self._endpoint.agent.sources.trunks_at(host))

    def _pump(self) -> None:
        """Carry out what the endpoint wants: send, tell, wake it again."""
        endpoint, wire = self._open, self._wire
        if wire is None:
            return
        for send in endpoint.take_sends():
            wire.send(send)
        for event in endpoint.take_events():
            self._queue.put_nowait(event)
        self._set_timer(endpoint.next_wake)

    def _set_timer(self, at: float | None) -> None:
        loop = asyncio.get_running_loop()
        if at is None:
            return
        when = loop.time() + max(0.0, at - self._ticks())
        if self._timer is not None and not self._timer.cancelled():
            if self._timer.when() <= when:
                return  # it wakes early, finds nothing, and is set anew
            self._timer.cancel()
        self._timer = loop.call_at(when, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._endpoint is not None:
            self._endpoint.wake(self._ticks())
            self._pump()

    async def _learn_names(self) -> None:
        hosts = {host for trunk in self._trunks for host in trunk.hosts}
        await asyncio.gather(*(self._learn_name(host) for host in hosts))

    async def _learn_name(self, host: str) -> None:
        addresses = await self._names.addresses(host, self._ticks())
        self._open.agent.sources.learn(host, addresses)

    async def _keep_names(self) -> None:
        while True:
            await self._learn_names()
            self._are_names_known.set()
            await asyncio.sleep(KEPT_SECONDS / 2)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if self._wire is not None:
                self._wire.sweep()


def _family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _reachable(host: str, trunks: Sequence[Trunk], family: socket.AddressFamily) -> str:
    """The address to show: of a wildcard, the one that packets to the first trunk leave by."""
    try:
        is_wildcard = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not is_wildcard or not trunks:
        return host
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((trunks[0].hop.host, trunks[0].hop.port))  # sends nothing
        except OSError:
            return host
        return str(probe.getsockname()[0])
