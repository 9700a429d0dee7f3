"""A real DNS server for tests: Knot on a free port, with zones of the test's own.

Started as a process of the test's own and stopped by its id.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.query

from mail.post import HOST, free_port

KNOTD = shutil.which("knotd", path="/usr/sbin:/usr/bin")
PATIENCE = 20


def why_not() -> str | None:
    """Why it cannot run here; None when it can."""
    return None if KNOTD else "needs the Debian package knot"


@contextmanager
def open_name_server(folder: Path, zones: Mapping[str, str]) -> Generator[str]:
    """Serve these zones, each as the lines of its master file (RFC 1035, section 5); yields host:port."""
    port = free_port()
    lines = [f"server:\n  listen: {HOST}@{port}\n  rundir: {folder}\n", f"database:\n  storage: {folder}/db\n"]
    lines += ["log:\n  - target: stderr\n    any: warning\n", "zone:\n"]
    for zone, records in zones.items():
        file = folder / f"{zone}.zone"
        head = f"$ORIGIN {zone}.\n$TTL 60\n@ SOA ns.{zone}. root.{zone}. 1 60 60 60 60\n@ NS ns.{zone}.\n"
        file.write_text(f"{head}{records}\n")
        lines.append(f"  - domain: {zone}\n    file: {file}\n")
    (folder / "knot.conf").write_text("".join(lines))
    with (folder / "knot.log").open("wb") as log:
        process = subprocess.Popen(
            [str(KNOTD), "-c", str(folder / "knot.conf")], stdout=log, stderr=log, start_new_session=True
        )
    try:
        _await(port, next(iter(zones)), folder / "knot.log")
        yield f"{HOST}:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _await(port: int, zone: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if dns.query.udp(dns.message.make_query(zone, "SOA"), HOST, port=port, timeout=0.2).answer:
                return
        except (dns.exception.Timeout, OSError):
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def a_silent_port() -> tuple[str, socket.socket]:
    """A port at which questions come in and nothing is answered."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind((HOST, 0))
    return f"{HOST}:{silent.getsockname()[1]}", silent
