"""The edge for tests: deploy/kamailio as it stands, on free ports, and sipp on both sides of it."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "kamailio"
SCENARIOS = Path(__file__).parent / "kamailio"
KAMAILIO = shutil.which("kamailio", path="/usr/sbin:/usr/bin:/usr/local/sbin")
SIPP = shutil.which("sipp")
HOST, STRANGER = "127.0.0.1", "127.0.0.2"
CARRIER = "carrier.example"
PATIENCE = 20
"""Seconds in which a call is over, on a busy machine too."""


def free_port() -> int:
    """A port that nobody uses, for UDP and TCP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind((HOST, 0))
        tcp.bind((HOST, udp.getsockname()[1]))
        return udp.getsockname()[1]


@dataclass(frozen=True)
class Edge:
    """A running edge: where its sides listen, where it expects the user agent and the carrier, what it logs."""

    inside: int
    outside: int
    user_agent: int
    carrier: int
    log: Path


def written(folder: Path, defined: Mapping[str, str], carriers: Sequence[int], user_agent: int) -> Path:
    """The configuration with the addresses of this test; all else is what is deployed."""
    shutil.copytree(CONFIGURATION, folder, dirs_exist_ok=True)
    lines = [f"#!define {name} {value}" for name, value in defined.items()]
    (folder / "edge.cfg").write_text("\n".join([*lines, ""]))
    places = [f"100 sip:{HOST}:{port} 0 {10 - place}" for place, port in enumerate(carriers)]
    (folder / "dispatcher.list").write_text("\n".join([f"1 sip:{HOST}:{user_agent} 0 0", *places, ""]))
    (folder / "address.list").write_text(f"1 {HOST} 32 0 {CARRIER}\n2 {HOST} 32 0\n")
    return folder / "kamailio.cfg"


def addresses(folder: Path, inside: int, outside: int) -> dict[str, str]:
    """What edge.cfg must say."""
    return {
        "FILES": f'"{folder}"',
        "RUN_FOLDER": f'"{folder}"',
        "PING_SECONDS": "3600",
        "REGISTRATIONS": f'"text://{folder}/dbtext"',
        "INSIDE_UDP": f"udp:{HOST}:{inside}",
        "INSIDE_TCP": f"tcp:{HOST}:{inside}",
        "OUTSIDE_UDP": f"udp:{HOST}:{outside}",
        "OUTSIDE_TCP": f"tcp:{HOST}:{outside}",
        "OUTSIDE_ADVERTISED": f"{HOST}:{outside}",
    }


@contextlib.contextmanager
def running(folder: Path, *, dead_carriers: int = 0, registers: bool = False) -> Generator[Edge]:
    """A running edge; before the carrier that may answer stand some addresses at which nobody does."""
    inside, outside, user_agent, carrier = (free_port() for _ in range(4))
    dead = [free_port() for _ in range(dead_carriers)]
    defined = addresses(folder, inside, outside)
    if registers:
        defined |= {"WITH_REGISTRATION": "", "REGISTER_CONTACT": f'"{HOST}:{outside}"'}
    configuration = written(folder, defined, [*dead, carrier], user_agent)
    if registers:
        _register_with(folder / "dbtext" / "uacreg", carrier, outside)
    log = folder / "log"
    command = [str(KAMAILIO), "-DD", "-E", "-f", str(configuration), "-m", "32", "-M", "8", "-Y", str(folder)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, cwd=folder)
    try:
        _wait_until_it_answers(process, inside, log)
        yield Edge(inside, outside, user_agent, carrier, log)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _register_with(table: Path, carrier: int, outside: int) -> None:
    """Add the account "acme" at the carrier, as docs in deploy/kamailio say."""
    row = [
        *("1", "trunk1", "acme", f"{HOST}", "acme", CARRIER, CARRIER, "acme", "line-secret", ""),
        *(rf"sip\:{HOST}\:{carrier}", "300", "0", "0", "", rf"udp\:{HOST}\:{outside}"),
    ]
    with table.open("a") as file:
        file.write(":".join(row) + "\n")


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-3000:]
        with contextlib.suppress(TimeoutError):
            if ask(port, "OPTIONS", f"sip:{HOST}:{port}", wait=0.3).startswith("SIP/2.0 200"):
                return
    raise AssertionError(log.read_text()[-3000:])


def ask(port: int, method: str, uri: str, *, source: str = HOST, wait: float = 5) -> str:
    """Send one request and return the first answer that is not 100. Raises `TimeoutError`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind((source, 0))
        link.settimeout(wait)
        own = f"{source}:{link.getsockname()[1]}"
        mark = f"z9hG4bK{time.monotonic_ns()}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {own};branch={mark}",
            "Max-Forwards: 70",
            f"From: <sip:ada@{own}>;tag={mark}",
            f"To: <{uri}>",
            f"Call-ID: {mark}@{own}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:ada@{own}>",
            "Content-Length: 0",
        ]
        link.sendto("\r\n".join([*lines, "", ""]).encode(), (HOST, port))
        while True:
            answer = link.recv(65_535).decode()
            if not answer.startswith("SIP/2.0 100"):
                return answer


def sipp(scenario: str, folder: Path, port: int, *more: str) -> subprocess.Popen[bytes]:
    """One call of a scenario from or at a port; what it sends and gets is written down."""
    command = [
        str(SIPP),
        "-sf",
        str(SCENARIOS / f"{scenario}.xml"),
        "-i",
        HOST,
        "-p",
        str(port),
        "-m",
        "1",
        "-nostdin",
    ]
    command += [
        "-timeout",
        f"{PATIENCE}s",
        "-timeout_error",
        "-trace_msg",
        "-message_file",
        str(folder / scenario),
    ]
    return subprocess.Popen([*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Wait until sipp's call is over, and all was as its scenario says."""
    _, told = process.communicate(timeout=PATIENCE + 5)
    assert process.returncode == 0, told.decode(errors="replace")[-2000:]
