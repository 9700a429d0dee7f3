"""A real CalDAV server for tests: Radicale, on loopback, with users and their calendars."""

import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx

PASSWORD = "secret of the calendar"  # noqa: S105 # of the test's own server


@dataclass(frozen=True)
class CalendarServer:
    """Where it listens. Every user is let in by `PASSWORD`."""

    address: str

    def client(self, user: str) -> httpx.Client:
        """Somebody else's program at this user's calendars."""
        return httpx.Client(base_url=self.address, auth=(user, PASSWORD), trust_env=False)

    def make_calendar(self, user: str, name: str = "work") -> str:
        """A calendar of this user; its address."""
        body = (
            '<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>'
            f"<d:displayname>{name.title()}</d:displayname></d:prop></d:set></c:mkcalendar>"
        )
        with self.client(user) as client:
            client.request("MKCALENDAR", f"/{user}/{name}/", content=body).raise_for_status()
        return f"{self.address}/{user}/{name}/"

    def put(self, user: str, uid: str, lines: str, name: str = "work", *, file: str = "") -> None:
        """Write an entry as the user's own program does."""
        with self.client(user) as client:
            answer = client.put(f"/{user}/{name}/{file or uid + '.ics'}", content=an_entry(uid, lines))
            answer.raise_for_status()

    def entries(self, user: str, name: str = "work") -> dict[str, str]:
        """The entries of a calendar by the names of their files."""
        with self.client(user) as client:
            listed = client.request("PROPFIND", f"/{user}/{name}/", headers={"depth": "1"}).text
            names = [part.split("<")[0] for part in listed.split("<href>") if ".ics" in part]
            return {one.rpartition("/")[2]: client.get(one).text for one in names}

    def remove(self, user: str, file: str, name: str = "work") -> None:
        """Remove an entry as the user's own program does."""
        with self.client(user) as client:
            client.delete(f"/{user}/{name}/{file}").raise_for_status()


def an_entry(uid: str, lines: str) -> str:
    """An iCalendar object with one entry."""
    body = "\r\n".join(line.strip() for line in lines.strip().splitlines())
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}"
    return f"{head}\r\nDTSTAMP:20260301T000000Z\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@contextmanager
def open_calendar_server(folder: Path, users: list[str]) -> Generator[CalendarServer]:
    """The server, running until the `with` ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in users))
    config = folder / "config"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder / 'collections'}\n"
    )
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(config)], stdout=log, stderr=log
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(server, address, folder)
        yield CalendarServer(address)
    finally:
        server.terminate()
        server.wait(10)


def _wait(server: "subprocess.Popen[bytes]", address: str, folder: Path) -> None:
    until = monotonic() + 30
    while monotonic() < until:
        try:
            httpx.get(address, trust_env=False)
        except httpx.TransportError:
            if server.poll() is not None:
                break
            sleep(0.1)
        else:
            return
    raise RuntimeError(f"Radicale does not start: {(folder / 'log').read_text()[-2000:]}")
