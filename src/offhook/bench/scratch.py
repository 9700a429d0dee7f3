"""A throw-away installation for one bench: its own server, its own organisation, gone at the end."""

import socket
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

from offhook.identity import found_organisation
from offhook.kernel.database import Database
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class Scratch:
    """The scratch installation: its database, its only organisation, its folder."""

    database: Database
    organisation_id: UUID
    settings: Settings


@contextmanager
def scratch_installation() -> Generator[Scratch]:
    """A fresh installation in a temporary folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="offhook-bench-", ignore_cleanup_errors=True) as folder:
        settings = Settings(data=Path(folder) / "offhook", database_url=None)
        with open_installation(settings) as database:
            organisation_id = found_organisation(
                database, name="Bench", slug="bench", time_zone="America/Chicago", region="US"
            )
            yield Scratch(database, organisation_id, settings)


def wait_until_up(url: str) -> None:
    """Wait until a server listens. Raises `RuntimeError` after ten seconds."""
    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start within ten seconds")


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
