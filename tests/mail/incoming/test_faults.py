"""Reading that is killed, cut off or doubled: no mail twice, none missed."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from mail.conftest import NewWriter
from mail.incoming.conftest import REP, Desk, an_answer
from mail.post import HOST, PASSWORD, PostOffice, free_port
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.incoming import service
from offhook.mail.incoming.files import UNCLAIMED, forget_files, objects_of
from offhook.mail.incoming.inbox import Inbox, Overtaken
from offhook.mail.incoming.readers import Readers
from offhook.mail.incoming.rules import QUIET, failing, reading_well, wait_after
from offhook.mail.links import Links
from offhook.mail.mailboxes.service import change_mailbox, mailbox

SCRIPT = Path(__file__).with_name("killed.py")
SIGKILLED = -9
PATIENCE = 15


def texts(desk: Desk) -> list[str]:
    """What the kept mails say, in order of the alphabet."""
    return sorted(one.body_text for one in desk.kept())


def told(desk: Desk) -> int:
    """How often a reply was told."""
    return len(desk.events("mail.received"))


def await_texts(desk: Desk, wanted: list[str]) -> None:
    """Wait until these were kept, and no others."""
    end = monotonic() + PATIENCE
    while texts(desk) != wanted and monotonic() < end:
        sleep(0.05)
    assert texts(desk) == wanted


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_mail_is_kept_once_wherever_its_reader_is_killed(desk: Desk, settings: Settings) -> None:
    writer, mail = desk.writer, desk.sent()
    words = [sys.executable, str(SCRIPT), writer.database.url, settings.secret, str(writer.organisation)]

    def run(kill_at: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*words, str(writer.mailbox.id), str(kill_at), str(settings.data)],
            env=os.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def come(number: int) -> None:
        with_file = an_answer(mail, text=f"{number} a")
        with_file.add_attachment(b"plan %d" % number, maintype="application", subtype="pdf", filename="plan.pdf")
        desk.come(with_file.as_bytes())
        desk.come(an_answer(sender="friend@private.example").as_bytes())
        desk.come(an_answer(mail, text=f"{number} b").as_bytes())

    come(0)
    whole = run(0)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    assert steps > 15
    wanted = ["0 a", "0 b"]
    for kill_at in range(1, steps + 1):
        come(kill_at)
        done = run(kill_at)
        assert done.returncode == SIGKILLED, done.stderr
        desk.read()
        wanted += [f"{kill_at} a", f"{kill_at} b"]
        assert texts(desk) == sorted(wanted), f"when killed at step {kill_at}"
        assert told(desk) == len(wanted), f"when killed at step {kill_at}"
    reading = desk.reading()
    assert (reading.kept, reading.others) == (len(wanted), len(wanted) // 2)
    desk.clock.advance(UNCLAIMED + timedelta(seconds=1))
    forget_files(writer.database, desk.objects, writer.organisation)
    files = {str(file.file_id): one for one in desk.kept() for file in one.attachments}
    folder = settings.data / "mail" / "received" / str(writer.organisation)
    assert {path.name for path in folder.iterdir()} == files.keys(), "each object is a file of a mail"
    for name, one in files.items():
        assert (folder / name).read_bytes() == f"plan {one.body_text.split()[0]}".encode()
    assert len(files) == steps + 1, "and each mail has its own"


def test_two_readers_of_one_mailbox_keep_each_mail_once(desk: Desk) -> None:
    mail = desk.sent()
    for number in range(12):
        desk.come(an_answer(mail, text=f"{number:02}").as_bytes())

    def read() -> None:
        for _ in range(20):
            try:
                desk.inbox().read(is_once=True)
            except Overtaken:
                continue
            return

    both = [threading.Thread(target=read) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert texts(desk) == [f"{number:02}" for number in range(12)]
    assert told(desk) == 12
    assert desk.reading().kept == 12


class Line:
    """A way to a server that can be cut."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._links: list[socket.socket] = []
        self._server = socket.create_server((HOST, self.port))
        self.is_open = True
        self.accepted = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """End all links, and take no new ones."""
        self.is_open = False
        for one in self._links:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._links.clear()

    def close(self) -> None:
        """End it all."""
        self.cut()
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if not self.is_open:
                    near.close()
                    continue
                self.accepted += 1
                far = socket.create_connection((HOST, self._to))
                self._links += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def reading(desk: Desk) -> Generator[None]:
    """Read on, as a server does."""
    stopping = threading.Event()
    writer = desk.writer
    inbox = Inbox(writer.database, desk.seal, desk.objects, writer.organisation, writer.mailbox.id, stopping)
    thread = threading.Thread(target=inbox.read_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "it heeds that it is to end"


def test_a_link_that_is_lost_is_opened_again_and_a_lost_server_is_told(
    trusted: PostOffice, new_writer: NewWriter, seal: Seal, links: Links, settings: Settings
) -> None:
    line = Line(trusted.imaps)
    trusted.empty(REP)
    desk = Desk(new_writer(trusted.submission, line.port), trusted, seal, links, objects_of(settings))
    mail = desk.sent()
    with reading(desk):
        desk.come(an_answer(mail, text="1").as_bytes())
        await_texts(desk, ["1"])
        line.cut()
        desk.come(an_answer(mail, text="2").as_bytes())
        end = monotonic() + PATIENCE
        while not desk.reading().problem and monotonic() < end:
            sleep(0.1)
        assert f"{HOST}:{line.port}" in desk.reading().problem
        (event,) = desk.events("mailbox.refusing")
        assert event.data["server"] == "imap"
        with desk.writer.begin() as tx:
            assert mailbox(tx, desk.writer.mailbox.id).problem == "", "it can be sent from all the same"
        line.is_open = True
        await_texts(desk, ["1", "2"])
    assert desk.reading().problem == ""
    assert len(desk.events("mailbox.recovered")) == 1
    line.close()


def test_news_arrive_while_one_waits_and_a_mailbox_that_is_changed_is_read_as_it_is_now(desk: Desk) -> None:
    mail = desk.sent()
    readers = Readers(desk.writer.database, desk.seal, desk.objects)
    beside = Readers(desk.writer.database, desk.seal, desk.objects)
    readers.start()
    beside.start()
    try:
        desk.come(an_answer(mail, text="1").as_bytes())
        await_texts(desk, ["1"])
        begun = monotonic()
        desk.come(an_answer(mail, text="2").as_bytes())
        await_texts(desk, ["1", "2"])
        assert monotonic() - begun < 2
        with desk.writer.begin(desk.writer.actor) as tx:
            changed = change_mailbox(tx, desk.seal, desk.writer.mailbox.id, 1, {"password": "wrong"})
        end = monotonic() + 2 * PATIENCE
        while not desk.reading().problem and monotonic() < end:
            sleep(0.1)
        assert "password" in desk.reading().problem
        desk.come(an_answer(mail, text="3").as_bytes())
        with desk.writer.begin(desk.writer.actor) as tx:
            change_mailbox(tx, desk.seal, desk.writer.mailbox.id, changed.version, {"password": PASSWORD})
        await_texts(desk, ["1", "2", "3"])
    finally:
        readers.stop()
        beside.stop()
    assert told(desk) == 3


def test_a_mailbox_that_fails_is_tried_later_and_later_and_a_broken_link_is_told_to_nobody(desk: Desk) -> None:
    with desk.writer.begin() as tx:
        one, now = service.begin(tx, desk.writer.mailbox.id), tx.now
    assert QUIET == 1
    first = failing(one, "broke off", now, is_login=False)
    second = failing(first, "broke off", now, is_login=False)
    assert (first.problem, first.refusing_since) == ("", None)
    assert (second.problem, second.refusing_since) == ("broke off", now)
    assert failing(one, "wrong password", now, is_login=True).problem == "wrong password"
    waits = [wait_after(number, is_login=False) for number in range(1, 12)]
    assert waits == sorted(waits)
    assert wait_after(1, is_login=True) > waits[3]
    assert reading_well(second, now).problem == ""
