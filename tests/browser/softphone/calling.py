"""A server with a telephone for browser tests: real engines, the virtual carrier, an hour at which one calls."""

import shutil
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import uvicorn

from browser.conftest import Server
from browser.world import World, a_world, respond
from offhook.carrier import Carrier
from offhook.compliance import CallingSettings, set_settings
from offhook.identity.sessions import api as sign_in_api
from offhook.kernel.database import SYSTEM
from offhook.kernel.installation import open_installation
from offhook.kernel.limiter import Limiter
from offhook.kernel.settings import Settings
from offhook.voice import trunks
from offhook.voice.telephone import Telephone
from offhook.voice.trunks import HealthState, Ring, RingKind
from offhook.web.app import create_app
from offhook.web.server import calling, working

ENGINES = ("janus", "rtpengine", "sipp", "espeak-ng")
OUR_NUMBER = "+12125550142"
BUSY, VOICEMAIL = "+12125550125", "+12125550106"
PATIENCE = 40


class WorkingHours:
    """A clock that runs, from a Monday on at 16:00 UTC: morning in all of North America."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The time."""
        return datetime(2026, 3, 2, 16, tzinfo=UTC) + timedelta(seconds=time.monotonic() - self._began)


@dataclass(frozen=True)
class Floor:
    """The running product with what calls go by."""

    server: Server
    telephone: Telephone
    carrier: Carrier


def missing() -> str | None:
    """What is not installed, or why browsers' sound could not arrive."""
    absent = [name for name in ENGINES if shutil.which(name) is None]
    if absent:
        return f"needs {', '.join(absent)}: sh .ci/engines"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks for the way
        except OSError:
            return "needs a network interface besides loopback: browsers send no sound over that"
        return None if probe.getsockname()[0] != "127.0.0.1" else "needs a network interface besides loopback"


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_floor(folder: Path) -> Generator[Floor]:
    """Server, telephone and carrier, for as long as the `with` lasts."""
    settings = Settings(data=folder / "offhook", database_url=None, sip_host="127.0.0.1", sip_port=free_port())
    sign_in_api.limiter = Limiter(10_000, sign_in_api.PER)
    with (
        open_installation(settings, clock=WorkingHours()) as database,
        Carrier(folder / "carrier", pace=4) as carrier,
        working(database, settings),
        calling(database, settings) as telephone,
    ):
        app = create_app(database, settings, telephone)
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="websockets-sansio")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        until = time.monotonic() + PATIENCE
        while not running.started or telephone.state != "ready":
            assert time.monotonic() < until, telephone.reason or "the server did not start"
            time.sleep(0.05)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield Floor(Server(f"http://localhost:{port}", database, settings), telephone, carrier)
        running.should_exit = True
        thread.join(10)


@contextmanager
def a_calling_world(floor: Floor) -> Generator[World]:
    """The usual organisation whose calls go to the carrier, and whose number rings the rep.

    Its trunk is switched off after, as those of all such organisations have one address.
    """
    world = a_world(floor.server.database)
    seal = trunks.seal_of(floor.server.settings)
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        trunk = trunks.add_trunk(
            tx, seal, name="Carrier", host=floor.carrier.host, port=floor.carrier.port, region="US"
        )
        rings = Ring(RingKind.USER, world.of("rep"))
        number = trunks.add_number(tx, number=OUR_NUMBER, trunk_id=trunk.id, rings=rings)
        trunks.change_organisation_calling(tx, 0, {"default_number_id": number.id})
        set_settings(tx, CallingSettings(calls_per_minute_of_user=120, attempts_per_day=50, attempts_per_week=50))
    until = time.monotonic() + PATIENCE
    while floor.telephone.health(trunk.id).state is not HealthState.UP:
        assert time.monotonic() < until, "the trunk is not known"
        time.sleep(0.05)
    yield world
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        trunks.change_trunk(tx, seal, trunk.id, 1, {"is_active": False})


def another_lead(world: World, number: str, name: str = "Katherine Johnson") -> UUID:
    """A lead of the rep with this number."""
    with world.database.transaction(world.organisation_id, SYSTEM) as tx:
        mail = f"{name.split()[0].lower()}@langley.example"
        return respond(tx, world.campaign, world.users["rep"], name, "Head", "Langley", mail, number).lead_id
