"""sipp as a child process: its ports, its arguments, and whether it answers."""

import contextlib
import secrets
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from offhook.carrier.programs import require

TRANSPORTS = ("udp", "tcp")

_STOPPING_SECONDS = 3.0


@dataclass
class Sipp:
    """One running sipp, known by its process; it ends only when `stop` is called, or by itself."""

    transport: str
    port: int
    process: subprocess.Popen[bytes] = field(repr=False)
    folder: Path

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End it now, as a telephone line that is cut; no error when it is over already."""
        if self.is_running:
            self.process.terminate()
        try:
            self.process.wait(_STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """What it said on its error output, as far as it helps: the end."""
        said = (self.folder / f"{self.transport}.err").read_text(encoding="utf-8", errors="replace")
        return said.strip()[-400:]


def start(arguments: Sequence[str], *, transport: str, host: str, port: int, folder: Path) -> Sipp:
    """Start sipp in `folder`, bound to the address alone. Raises `Unavailable` when sipp is not installed.

    Its media and control ports are free ones of the same address. `-aa` answers INFO, UPDATE, NOTIFY and OPTIONS
    within calls; its screen, which nobody would see, is thrown away.
    """
    command = [
        *(require("sipp"), *arguments, "-t", {"udp": "u1", "tcp": "t1"}[transport]),
        *("-i", host, "-p", str(port), "-bind_local", "-mi", host, "-mp", str(free_port(host, ("udp",)))),
        *("-ci", "127.0.0.1", "-cp", str(free_port("127.0.0.1", ("udp",))), "-aa", "-nostdin"),
    ]
    with (folder / f"{transport}.err").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 # our own arguments, no shell
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,  # a Ctrl-C is for us, who then stop it
        )
    return Sipp(transport, port, process, folder)


def free_port(host: str, transports: Sequence[str] = TRANSPORTS) -> int:
    """A port of this address that is free in each of these transports. Raises `OSError` when there is none."""
    for _ in range(50):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            first = held.enter_context(_bound(host, 0, transports[0]))
            port = first.getsockname()[1]
            for transport in transports[1:]:
                held.enter_context(_bound(host, port, transport))
            return port
    raise OSError(f"No port of {host} is free.")


def is_free(host: str, port: int) -> bool:
    """Whether nobody has this port of the address, in either transport."""
    try:
        for transport in TRANSPORTS:
            _bound(host, port, transport).close()
    except OSError:
        return False
    return True


def _bound(host: str, port: int, transport: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
    try:
        if transport == "tcp":  # connections of one who had the port before may still linger
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def answers(transport: str, host: str, port: int, *, seconds: float) -> bool:
    """Whether a SIP server there answers OPTIONS (RFC 3261, section 11) with 200 within the time."""
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as asking:
        asking.settimeout(seconds)
        try:
            asking.connect((host, port))
            asking.send(_options(transport, host, port, asking.getsockname()[1]))
            return asking.recv(4096).startswith(b"SIP/2.0 200")
        except OSError:
            return False


def _options(transport: str, host: str, port: int, ours: int) -> bytes:
    token = secrets.token_hex(8)
    lines = (
        f"OPTIONS sip:{host}:{port} SIP/2.0",
        f"Via: SIP/2.0/{transport.upper()} {host}:{ours};branch=z9hG4bK{token}",
        f"From: <sip:offhook@{host}>;tag={token}",
        f"To: <sip:{host}:{port}>",
        f"Call-ID: {token}",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 70",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()
