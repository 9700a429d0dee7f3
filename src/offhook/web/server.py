"""The running product: the API server with the relay, the jobs and the webhook sender beside it.

One process does it all; several may run side by side on one database (`offhook worker` without the API), as every
part of the work is taken under a lock or a lease.
"""

import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Protocol

import uvicorn

from offhook.kernel.database import Database
from offhook.kernel.delivery import Relay
from offhook.kernel.errors import Unavailable
from offhook.kernel.installation import open_installation
from offhook.kernel.jobs import JobRunner
from offhook.kernel.postgres import Keeper
from offhook.kernel.settings import Settings
from offhook.web.app import create_app
from offhook.web.consumers import CONSUMERS
from offhook.web.jobs import jobs_of
from offhook.webhooks import Sender, Terms

SECONDS_TO_END = 10


@contextmanager
def working(database: Database, settings: Settings) -> Generator[None]:
    """Deliver events, do jobs and send webhooks for as long as the `with` lasts."""
    with ExitStack() as running:
        if not settings.database_url:
            running.enter_context(_running(Keeper(settings.data, when_restarted=database.pool.check)))
        running.enter_context(_running(Relay(database, CONSUMERS)))
        running.enter_context(_running(JobRunner(database, jobs_of(settings))))
        running.enter_context(_running(Sender(database, Terms.of(settings))))
        yield


class _Part(Protocol):
    """What runs beside the API."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def _running(part: _Part) -> Generator[None]:
    part.start()
    try:
        yield
    finally:
        part.stop()


def serve(settings: Settings, *, when_ready: Callable[[], None] | None = None) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). Raises `Unavailable` when the address cannot be had."""
    check_address(settings.host, settings.port)
    _end_by_unwinding()
    with open_installation(settings) as database, working(database, settings):
        config = uvicorn.Config(
            create_app(database, settings),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
        _Server(config, when_ready).run()


def _end_by_unwinding() -> None:
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
