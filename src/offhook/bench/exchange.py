"""The exchange in a process of its own, as a server runs it, but for two things: the hour, and the headsets.

It is always a Monday noon in New York, when people may be called. Headsets come by plain RTP instead of WebRTC:
what encrypts for browsers is Janus, and a hundred browsers would take the machine that is to be measured.
"""

import multiprocessing
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import psutil

from offhook.bench.scratch import Scratch
from offhook.kernel.database import Database
from offhook.kernel.errors import Unavailable
from offhook.kernel.settings import Settings
from offhook.voice.media.configuration import MediaSettings
from offhook.voice.media.descriptions import Direction, audio_of, room_side
from offhook.voice.media.engine import DeviceConnected
from offhook.voice.media.janus_engine import JanusEngine

START_SECONDS = 60.0
NOON_IN_NEW_YORK = 17


class AtNoon:
    """A clock that runs, from the noon of a Monday to come."""

    def __init__(self) -> None:
        """It is noon now."""
        today = datetime.now(UTC)
        monday = today + timedelta(days=7 - today.weekday())
        self._ahead = monday.replace(hour=NOON_IN_NEW_YORK, minute=0) - today

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + self._ahead


class PlainHeadsets(JanusEngine):
    """Seats devices by plain RTP."""

    async def connect_device(self, party: str, offer: str) -> str:
        """As `JanusEngine`'s, but the offer is plain RTP's."""
        device = await self._device(party)
        async with device.turn:
            device.handle = await self.supervisor.bridge.attach()
            port = await self.supervisor.bridge.join_by_rtp(device.handle, device.seat, audio_of(offer).port)
        self._events.put_nowait(DeviceConnected(party))
        return room_side(port, 1, 1, Direction.BOTH, has_digits=False)


@dataclass(frozen=True, slots=True)
class Served:
    """A server under test: its address and its process."""

    address: str
    sip_port: int
    process: psutil.Process

    def seconds(self) -> float:
        """Processor time that the server's own process has used, without the engines and PostgreSQL."""
        used = self.process.cpu_times()
        return used.user + used.system


@contextmanager
def served(scratch: Scratch, *, http_port: int, sip_port: int) -> Generator[Served]:
    """The server, ready to call. Raises `Unavailable`, with what is missing."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    values = {
        "data": str(scratch.settings.data),
        "database_url": scratch.database.url,
        "sip_host": "127.0.0.1",
        "sip_port": sip_port,
    }
    process = context.Process(target=_serve, args=(values, http_port, there))
    process.start()
    try:
        told = here.recv() if here.poll(START_SECONDS) else "it did not start in time"
        if told != "ready":
            raise Unavailable(f"The telephone cannot be measured: {told}.")
        yield Served(f"127.0.0.1:{http_port}", sip_port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.join(20)


def _serve(values: Mapping[str, object], http_port: int, told: Connection) -> None:
    """Serve until terminated; says when all is ready, or why not."""
    import uvicorn

    from offhook.voice.telephone import Telephone
    from offhook.web.app import create_app
    from offhook.web.server import end_by_unwinding, working

    end_by_unwinding()
    settings = Settings.model_validate(values)
    with Database(str(settings.database_url), clock=AtNoon()) as database, working(database, settings):
        telephone = Telephone(database, settings, engine=_plain)
        telephone.start()
        try:
            until = time.monotonic() + START_SECONDS / 2
            while telephone.state != "ready" and time.monotonic() < until:
                time.sleep(0.05)
            told.send("ready" if telephone.state == "ready" else telephone.reason or telephone.state)
            app = create_app(database, settings, telephone)
            uvicorn.run(app, host="127.0.0.1", port=http_port, log_level="warning", access_log=False)
        finally:
            telephone.stop()


def _plain(settings: MediaSettings) -> JanusEngine:
    return PlainHeadsets(settings)
