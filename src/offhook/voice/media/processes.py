"""The engine's processes as our children: found, started, watched, ended; none outlives us.

A child is told to end when we die by any means (PR_SET_PDEATHSIG, set by `setpriv`). What a crash of the whole
machine's process tree may still leave is ended at the next start by its pid file, if it is still the same process.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from offhook.voice.media.engine import MediaUnavailable

_PATIENCE = 2.0
"""Seconds between asking a process to end and ending it."""


def program(name: str, package: str) -> str:
    """Where a program is. Raises `MediaUnavailable` naming the Debian package."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if found is None:
        raise MediaUnavailable(
            f"Calls need {name}, which is not installed: sudo apt-get install --no-install-recommends {package}"
        )
    return found


def janus_libraries() -> Path:
    """The folder of Janus' plug-ins, wherever this architecture keeps it. Raises `MediaUnavailable`."""
    for found in (*sorted(Path("/usr/lib").glob("*/janus")), Path("/usr/lib/janus"), Path("/usr/local/lib/janus")):
        if (found / "plugins" / "libjanus_audiobridge.so").exists():
            return found
    raise MediaUnavailable(
        "Calls need Janus' AudioBridge plug-in, which is not installed: the Debian package janus"
    )


def free_port(kind: socket.SocketKind) -> int:
    """A loopback port that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def outside_interfaces() -> tuple[str, ...]:
    """Names of the network interfaces that are up and lead somewhere, for ICE."""
    states = psutil.net_if_stats()
    return tuple(
        name
        for name, addresses in psutil.net_if_addrs().items()
        if name in states
        and states[name].isup
        and any(one.family is socket.AF_INET and not one.address.startswith("127.") for one in addresses)
    )


class Child:
    """One process of the engine."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, ends_by: signal.Signals) -> None:
        """Nothing runs yet; `ends_by` is the signal the system sends it when we die."""
        self.name = name
        self._command = command
        self._folder = folder
        self._ends_by = ends_by
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Run it; its output goes to `<name>.log`, of which the previous run's is kept beside."""
        log = self._folder / f"{self.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        setpriv = shutil.which("setpriv")
        guard = (setpriv, "--pdeathsig", self._ends_by.name.removeprefix("SIG"), "--") if setpriv else ()
        with log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *guard, *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        _note(self._folder / f"{self.name}.pid", self._process.pid, self._command[0])

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def ended(self) -> str:
        """Wait until it ends; in words how."""
        if self._process is None:
            return f"{self.name} was not started"
        code = await self._process.wait()
        return f"{self.name} was killed (signal {-code})" if code < 0 else f"{self.name} ended with code {code}"

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def stop(self) -> None:
        """Ask it to end, then insist."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _PATIENCE)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        (self._folder / f"{self.name}.pid").unlink(missing_ok=True)

    def resident(self) -> int:
        """Bytes of memory it holds; 0 when it does not run."""
        if self.pid is None:
            return 0
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0


def _note(path: Path, pid: int, command: str) -> None:
    with suppress(psutil.Error):
        path.write_text(
            json.dumps({"pid": pid, "began": psutil.Process(pid).create_time(), "command": Path(command).name})
        )


def end_leftovers(folder: Path) -> None:
    """End what an earlier run of ours in this folder left behind.

    Only if the process of that id began when we noted and still runs that program: ids are used again.
    """
    for path in folder.glob("*.pid"):
        with suppress(psutil.Error, ValueError, KeyError, OSError):
            noted = json.loads(path.read_text())
            process = psutil.Process(int(noted["pid"]))
            is_same = abs(process.create_time() - float(noted["began"])) < 1
            if is_same and any(Path(part).name == noted["command"] for part in process.cmdline()):
                os.kill(process.pid, signal.SIGKILL)
                process.wait(_PATIENCE)
        path.unlink(missing_ok=True)
