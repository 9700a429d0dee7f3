"""Engines that only note what is asked of them: for what the exchange does by itself, without a network."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt

from offhook.activities import Direction
from offhook.compliance import Permit, RecordingConsent
from offhook.kernel.clock import SystemClock
from offhook.kernel.ids import new_id
from offhook.voice.calls import inputs as i
from offhook.voice.calls.model import Call, Terms
from offhook.voice.calls.store import About
from offhook.voice.exchange.devices import Device
from offhook.voice.exchange.exchange import Exchange, Saving
from offhook.voice.exchange.hearing import hear_signalling
from offhook.voice.exchange.live import Live, Outward, Shown
from offhook.voice.media.engine import Group, MediaEngine, Tap
from offhook.voice.signalling import Hop, Incoming, SignallingEvent, SignallingPort

RITA = UUID(int=1)
OURS, THEIRS = "+12125550142", "+12125550101"
NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
PERMIT = Permit(new_id(), THEIRS, NOW, datetime(2100, 1, 1, tzinfo=UTC), RecordingConsent.FORBIDDEN)


class Silence(Tap):
    """Somebody who says nothing."""

    async def frames(self) -> AsyncIterator[npt.NDArray[np.int16]]:
        for frame in ():
            yield frame

    async def close(self) -> None:
        return None


@dataclass
class NotedMedia(MediaEngine):
    """Rooms, legs and devices as they were asked for."""

    rooms: set[str] = field(default_factory=set[str])
    released: list[str] = field(default_factory=list[str])
    rested: list[str] = field(default_factory=list[str])

    async def open_room(self) -> str:
        room = str(new_id())
        self.rooms.add(room)
        return room

    async def close_room(self, room: str) -> None:
        self.rooms.discard(room)

    async def offer(self, party: str, room: str, group: Group) -> str:
        return "v=0\r\n"

    async def accept(self, party: str, offer: str | None, room: str, group: Group) -> str:
        return "v=0\r\n"

    async def answered(self, party: str, sdp: str) -> None:
        return None

    async def play(self, room: str, file: Path, *, is_looped: bool = False) -> str:
        return str(new_id())

    async def tap(self, room: str, group: Group) -> Tap:
        return Silence()

    async def rest(self, party: str) -> None:
        self.rested.append(party)

    async def release(self, party: str) -> None:
        self.released.append(party)


@dataclass
class NotedSignalling(SignallingPort):
    """Legs that were placed, answered, refused, ended."""

    invited: list[str] = field(default_factory=list[str])
    ended: list[str] = field(default_factory=list[str])

    async def invite(self, leg: str, permit: Permit, hop: Hop, *, caller: str, caller_name: str, sdp: str) -> None:
        self.invited.append(leg)

    async def hang_up(self, leg: str) -> None:
        self.ended.append(leg)

    def snapshot(self, leg: str) -> Mapping[str, object] | None:
        return None


@dataclass
class Desk:
    """An exchange, its engines, what it wanted written, and what each user's phone was told."""

    exchange: Exchange
    media: NotedMedia
    signalling: NotedSignalling
    saved: list[Saving]
    devices: dict[UUID, Device] = field(default_factory=dict[UUID, Device])

    def connect(self, user_id: UUID) -> Device:
        """A user's phone, with sound."""
        device = Device(new_id(), user_id, self.exchange._loop, has_media=True)
        self.exchange.devices.add(device)
        self.devices[user_id] = device
        return device

    def dial(self, user_id: UUID = RITA) -> Live:
        """A user calls somebody by one way."""
        call = Call(new_id(), Direction.OUTBOUND, Terms(), NOW, owner_id=user_id)
        live = Live(new_id(), call, About(None, None, None, THEIRS, OURS, None, None), Shown(None, None))
        live.outward[f"{call.id}-person"] = Outward(PERMIT, (Hop("trunk", "192.0.2.1", 5060),), OURS, "Acme")
        self.exchange.open(live, i.Dial(f"{call.id}-owner", f"{call.id}-person", THEIRS))
        return live

    def arrive(self) -> Live:
        """Somebody calls, and nobody of ours can be rung: the greeting is played."""
        call = Call(new_id(), Direction.INBOUND, Terms(), NOW, owner_id=RITA)
        live = Live(new_id(), call, About(None, None, None, THEIRS, OURS, None, None), Shown(None, None))
        leg = f"{call.id}-person"
        live.offers[leg] = "v=0\r\n"
        self.exchange.open(live, i.Arrive(leg, THEIRS, ()))
        return live

    def listen_to(self, *told: SignallingEvent) -> None:
        """Signalling tells these, one after another."""

        async def events() -> AsyncIterator[SignallingEvent]:
            for event in told:
                yield event

        async def arrive(_: Incoming) -> None:
            return None

        self.signalling.events = events  # type: ignore[method-assign]
        self.exchange.ask(hear_signalling(self.exchange, arrive, lambda _: None))

    def told(self, user_id: UUID, kind: str) -> list[dict[str, object]]:
        """What a user's phone was told of one kind."""
        waiting = self.devices[user_id].waiting

        async def taken() -> list[dict[str, object]]:
            return [dict(waiting.get_nowait() or {}) for _ in range(waiting.qsize())]

        return [one for one in self.exchange.ask(taken()) if one.get("type") == kind]


@contextmanager
def a_desk() -> Generator[Desk]:
    """A running exchange."""
    media, signalling, saved = NotedMedia(), NotedSignalling(), list[Saving]()
    exchange = Exchange(
        media,
        signalling,
        SystemClock(),
        sounds=lambda _live, sound: Path(f"{sound}.opus"),
        pieces=lambda _live, leg: Path(leg),
        save=saved.append,
    )
    exchange.start()
    try:
        yield Desk(exchange, media, signalling, saved)
    finally:
        exchange.stop()


def until(holds: Callable[[], object], what: str, seconds: float = 5) -> None:
    """Wait until something holds; fails, saying what was waited for."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def hear(exchange: Exchange, leg: str, told: object) -> None:
    """An engine tells something of a leg."""

    async def said() -> None:
        exchange.hear(leg, told)  # type: ignore[arg-type]
        await asyncio.sleep(0)

    exchange.ask(said())
