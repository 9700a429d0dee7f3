"""The running product: the API server with the relay, the jobs and the webhook sender beside it.

One process does it all; several may run side by side on one database (`offhook worker` without the API), as every
part of the work is taken under a lock or a lease.
"""

import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

import uvicorn

from offhook.kernel.database import Database
from offhook.kernel.delivery import Relay
from offhook.kernel.errors import Unavailable
from offhook.kernel.installation import open_installation
from offhook.kernel.jobs import JobRunner
from offhook.kernel.postgres import Keeper
from offhook.kernel.settings import Settings
from offhook.mail.incoming.files import objects_of
from offhook.mail.incoming.readers import Readers
from offhook.mail.mailboxes.service import seal_of
from offhook.voice.telephone import Telephone
from offhook.web.app import create_app
from offhook.web.consumers import CONSUMERS
from offhook.web.jobs import jobs_of
from offhook.webhooks import Sender, Terms

SECONDS_TO_END = 10
"""For requests that are being answered, then for what runs beside them."""

SECONDS_AT_LAST = 2


class _Part(Protocol):
    """What runs beside the API."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def working(database: Database, settings: Settings) -> Generator[None]:
    """Deliver events, do jobs and send webhooks for as long as the `with` lasts."""
    parts: list[_Part] = [
        Relay(database, CONSUMERS),
        JobRunner(database, jobs_of(settings)),
        Sender(database, Terms.of(settings)),
        Readers(database, seal_of(settings), objects_of(settings)),
    ]
    if not settings.database_url:
        parts.insert(0, Keeper(settings.data, when_restarted=database.check))
    for part in parts:
        part.start()
    try:
        yield
    finally:
        _stop(parts, database)


@contextmanager
def calling(database: Database, settings: Settings) -> Generator[Telephone]:
    """Make and take calls for as long as the `with` lasts, if the engines are there."""
    telephone = Telephone(database, settings)
    telephone.start()
    try:
        yield telephone
    finally:
        telephone.stop()


def _stop(parts: Sequence[_Part], database: Database) -> None:
    """Let all end what they are at, side by side; whoever is not done by then gets no connection any more.

    That is no loss: what was not committed is done at the next start, or by whoever else is running.
    """
    stopping = [threading.Thread(target=part.stop, daemon=True) for part in parts]
    for thread in stopping:
        thread.start()
    until = monotonic() + SECONDS_TO_END
    for thread in stopping:
        thread.join(max(0.0, until - monotonic()))
    if any(thread.is_alive() for thread in stopping):
        database.close()
        for thread in stopping:
            thread.join(SECONDS_AT_LAST)


def serve(settings: Settings, *, when_ready: Callable[[], None] | None = None) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). Raises `Unavailable` when the address cannot be had."""
    check_address(settings.host, settings.port)
    end_by_unwinding()
    with (
        open_installation(settings) as database,
        working(database, settings),
        calling(database, settings) as telephone,
    ):
        config = uvicorn.Config(
            create_app(database, settings, telephone),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
        _Server(config, when_ready).run()


def end_by_unwinding() -> None:
    """Let a signal end the process through every `with`: uvicorn raises it again once it has ended itself."""

    def end(_signal: int, _frame: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started and self._when_ready:
            self._when_ready()


def check_address(host: str, port: int) -> None:
    """Raise `Unavailable`, with what to do, when something else listens there or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}:{port}: {error.strerror}. Stop what listens there, or choose another"
                " port (--port, OFFHOOK_PORT)."
            ) from error


def work(settings: Settings, *, when_ready: Callable[[], None] | None = None) -> None:
    """Do all that a server does except answering, until told to stop."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: object) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with open_installation(settings) as database, working(database, settings):
        if when_ready:
            when_ready()
        stopping.wait()
