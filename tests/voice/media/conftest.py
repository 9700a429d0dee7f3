"""A real media engine for these tests: Janus and rtpengine of the system, on free ports, ended when they end."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.engine import Group, MediaEvent, MediaUnavailable
from offhook.voice.media.janus_engine import JanusEngine
from voice.peer import Peer


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run in asyncio."""
    return "asyncio"


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until something holds; fails when it does not."""
    loop = asyncio.get_running_loop()
    limit = loop.time() + seconds
    while not holds():
        assert loop.time() < limit, "waited in vain"
        await asyncio.sleep(0.02)


@dataclass
class Floor:
    """A running engine and what it told."""

    engine: JanusEngine
    told: list[MediaEvent] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)

    async def listen(self) -> None:
        """Note what the engine tells."""
        async for event in self.engine.events():
            self.told.append(event)

    def told_of(self, kind: type) -> list[MediaEvent]:
        """What was told of one kind."""
        return [one for one in self.told if isinstance(one, kind)]

    async def peer(self, **how: object) -> Peer:
        """A phone of its own, hung up when the test ends: what goes on sending disturbs who gets its port."""
        self.peers.append(await Peer.open(**how))
        return self.peers[-1]

    async def phone(self, party: str, room: str, group: Group = Group.OUTSIDE, **how: object) -> Peer:
        """A phone that called in and was put into a room; it sends already."""
        peer = await self.peer(**how)
        peer.connect(await self.engine.accept(party, peer.sdp(), room, group))
        return peer

    async def tell_when(self, kind: type, seconds: float = 5.0) -> MediaEvent:
        """The first event of a kind, waited for."""
        await until(lambda: bool(self.told_of(kind)), seconds)
        return self.told_of(kind)[0]


def settings(folder: Path) -> MediaSettings:
    """Those of tests."""
    return MediaSettings(folder=folder, rooms_ahead=3, prebuffer=2)


@pytest.fixture(scope="module")
async def shared(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Floor]:
    """One engine for the tests of a module; skips them where it is not installed."""
    floor = Floor(JanusEngine(settings(tmp_path_factory.mktemp("engine"))))
    try:
        await floor.engine.start()
    except MediaUnavailable as missing:
        pytest.skip(str(missing))
    listening = asyncio.create_task(floor.listen())
    yield floor
    listening.cancel()
    await floor.engine.shut_down()


@pytest.fixture
async def floor(shared: Floor) -> AsyncGenerator[Floor]:
    """The engine with nothing told yet; what a test leaves in it is taken away."""
    shared.told.clear()
    yield shared
    for peer in shared.peers:
        peer.close()
    shared.peers.clear()
    for party in list(shared.engine._parties._all):
        await shared.engine.release(party)


Until = Callable[[Callable[[], bool], float], Awaitable[None]]
