"""A running telephone with real engines, before the virtual carrier, at an hour at which people may be called."""

import shutil
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from identity.factories import a_token
from offhook.carrier import Carrier
from offhook.identity import actor_of
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings
from offhook.voice import trunks
from offhook.voice.telephone import Telephone
from offhook.voice.trunks import HealthState
from offhook.web.app import create_app
from voice.exchange.handset import Handset
from voice.exchange.world import World, a_world

NEEDED = ("janus", "rtpengine", "sipp", "espeak-ng")


class WorkingHours:
    """A clock that runs, from a Monday on at 16:00 UTC: noon in New York, morning in Denver."""

    def __init__(self, later: timedelta = timedelta()) -> None:
        self._began = time.monotonic()
        self._later = later

    def now(self) -> datetime:
        """The time."""
        return (
            datetime(2026, 3, 2, 16, tzinfo=UTC) + self._later + timedelta(seconds=time.monotonic() - self._began)
        )


def free_port() -> int:
    """A port that nobody has, for udp and tcp."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(telephone: Telephone) -> Generator[None]:
    """The telephone, ready."""
    telephone.start()
    try:
        until = time.monotonic() + 30
        while telephone.state != "ready":
            assert time.monotonic() < until, telephone.reason
            time.sleep(0.05)
        yield
    finally:
        telephone.stop()


@dataclass
class Floor:
    """The installation."""

    database: Database
    settings: Settings
    telephone: Telephone
    carrier: Carrier
    app: FastAPI


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Generator[Floor]:
    """Telephone and carrier, started once; a world a test."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: sh .ci/engines")
    folder = tmp_path_factory.mktemp("voice")
    settings = Settings(data=folder / "offhook", database_url=None, sip_host="127.0.0.1", sip_port=free_port())
    with (
        open_installation(settings, clock=WorkingHours()) as database,
        Carrier(Path(folder / "carrier"), pace=4) as carrier,
    ):
        telephone = Telephone(database, settings)
        with running(telephone):
            yield Floor(database, settings, telephone, carrier, create_app(database, settings, telephone))


@pytest.fixture
def world(floor: Floor) -> Generator[World]:
    """A fresh organisation, known to the telephone; its trunk is switched off after, as all have one address."""
    made = a_world(floor.database, floor.settings, floor.carrier)
    until = time.monotonic() + 20
    while floor.telephone.health(made.trunk.id).state is not HealthState.UP:
        assert time.monotonic() < until, "the trunk is not known"
        time.sleep(0.05)
    yield made
    with floor.database.transaction(made.organisation_id, SYSTEM) as tx:
        trunks.change_trunk(tx, trunks.seal_of(floor.settings), made.trunk.id, 1, {"is_active": False})


@pytest.fixture
def client(floor: Floor, world: World) -> Callable[[str], TestClient]:
    """A program that acts as somebody of the world: `client("rep")`."""

    def made(who: str) -> TestClient:
        user = world.users[who]
        with floor.database.transaction(world.organisation_id, actor_of(user)) as tx:
            text = a_token(tx, user)
        return TestClient(floor.app, headers={"authorization": f"Bearer {text}"})

    return made


@pytest.fixture
def handset(client: Callable[[str], TestClient]) -> Generator[Callable[[str], Handset]]:
    """Somebody's phone, connected: `handset("rep")`."""
    opened: list[Handset] = []

    def made(who: str) -> Handset:
        phone = Handset(client(who)).__enter__()
        opened.append(phone)
        return phone

    yield made
    for phone in opened:
        phone.__exit__(None, None, None)
