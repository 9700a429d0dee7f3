"""Offhook as real processes: started, asked, killed, started again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import psutil

PYTHON = (sys.executable, "-c")
OFFHOOK = (*PYTHON, "from offhook.cli.main import run; run()")
PATIENCE = 240.0


def bare_environment() -> dict[str, str]:
    """Our environment without the installation around the tests, and with these modules to import."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OFFHOOK_")}
    paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


@dataclass
class Installation:
    """A data folder or a database of its own, and the commands that run on it."""

    data: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        return bare_environment() | {"OFFHOOK_DATA": str(self.data), "PYTHONUNBUFFERED": "1"} | self.variables

    def run(self, *words: str, is_good: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            [*OFFHOOK, *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert not is_good or done.returncode == 0, done.stderr
        return done

    def told(self, *words: str, is_good: bool = True) -> Any:
        """What a command tells as JSON."""
        return json.loads(self.run(*words, "--json", is_good=is_good).stdout)

    def found(self) -> str:
        """Found the organisation; returns its admin's token."""
        return self.told("init", "--name", "Acme", "--admin", "ada@acme.example")["token"]

    def start(self, *words: str) -> "Process":
        """Start a command that goes on."""
        return Process(
            subprocess.Popen(
                [*OFFHOOK, *words],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )

    @contextmanager
    def served(self, *words: str, port: int | None = None) -> Generator["Process"]:
        """`offhook up`, listening; stopped at the end if it still runs."""
        process = self.start("up", "--port", str(port or free_port()), *words)
        try:
            process.await_line("Offhook serves")
            yield process
        finally:
            process.stop()

    def postmaster(self) -> psutil.Process:
        """The embedded server's first process."""
        return psutil.Process(int((self.data / "postgres" / "postmaster.pid").read_text().split()[0]))

    def kill_server(self) -> None:
        """End all of the embedded server's processes at once, as an outage does."""
        family = [self.postmaster(), *self.postmaster().children()]
        for blow in (signal.SIGSTOP, signal.SIGKILL):
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(blow)
        psutil.wait_procs(family, PATIENCE)

    def end(self) -> None:
        """Stop the embedded server if killed processes have left it running."""
        with suppress(FileNotFoundError, IndexError, psutil.Error):
            postmaster = self.postmaster()
            if postmaster.name() == "postgres" and str(self.data / "postgres") in postmaster.cmdline():
                postmaster.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
                with suppress(psutil.TimeoutExpired):
                    postmaster.wait(PATIENCE)


@dataclass
class Process:
    """A started command."""

    popen: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list[str])

    def await_line(self, words: str) -> str:
        """The first printed line with these words; fails when the process ends before it."""
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            self.printed.append(line)
            if words in line:
                return line
        raise AssertionError(f"It ended without saying '{words}': {''.join(self.printed)}")

    @property
    def address(self) -> str:
        """Where it serves."""
        found = re.search(r"http://\S+?:\d+", "".join(self.printed))
        assert found
        return found[0]

    def kill(self) -> None:
        """End it as an outage does."""
        self.popen.kill()
        self.popen.wait(PATIENCE)
        self._close()

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End it as a service manager does; its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(by)
        code = self.popen.wait(PATIENCE)
        self._close()
        return code

    def _close(self) -> None:
        if self.popen.stdout is not None and not self.popen.stdout.closed:
            self.printed += self.popen.stdout.readlines()
            self.popen.stdout.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client(address: str, token: str) -> httpx.Client:
    """A client of the API."""
    return httpx.Client(
        base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE
    )


def until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so; fail when it takes too long."""
    end = monotonic() + seconds
    while not is_so():
        assert monotonic() < end, "it took too long"
        sleep(0.05)


def pages(api: httpx.Client, path: str, **wanted: str) -> Iterator[Any]:
    """All items of a list, page by page."""
    parameters: dict[str, Any] = {"limit": 200, **wanted}
    while True:
        page = api.get(path, params=parameters)
        assert page.status_code == 200, page.text
        yield from page.json()["items"]
        if not page.json().get("next_cursor"):
            return
        parameters["cursor"] = page.json()["next_cursor"]
