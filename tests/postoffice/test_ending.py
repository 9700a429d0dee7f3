"""How the post office ends: in order, by a killed Dovecot, by its own death; and that it needs no root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from offhook.postoffice import Manner, PostOffice, missing
from offhook.postoffice.office import HOST
from postoffice.customer import PATIENCE, Customer, Elsewhere, somebody

ANN = "ann@offhook.example"

pytestmark = pytest.mark.skipif(bool(missing()), reason="needs the Debian package dovecot-imapd")

OPEN = f"""
import sys
from offhook.postoffice import PostOffice
with PostOffice([{ANN!r}], pace=1000.0) as office:
    print(office.smtp_port, office.imap_port, office.password, office.trusted, flush=True)
    sys.stdin.read()
"""


def dovecots(process: psutil.Process) -> list[psutil.Process]:
    """The Dovecot that a process started, the master first, and all its parts."""
    masters = [one for one in process.children() if one.name() == "dovecot"]
    return [*masters, *(part for one in masters for part in one.children(recursive=True))]


def test_after_closing_no_process_and_no_mail_is_left() -> None:
    before = set(psutil.Process().children(recursive=True))
    with PostOffice([ANN]) as office:
        Customer(office, ANN).write(somebody(Manner.SILENT))
        folder = office.trusted.parent
    assert not folder.exists()
    assert set(psutil.Process().children(recursive=True)) <= before


def test_while_dovecot_is_killed_mail_is_taken_and_shown_and_all_still_ends() -> None:
    before = set(dovecots(psutil.Process()))
    with PostOffice([ANN]) as office:
        ours = [one for one in dovecots(psutil.Process()) if one not in before]
        ours[0].kill()
        psutil.wait_procs(ours, timeout=PATIENCE)
        ann = Customer(office, ANN)
        ann.write(somebody(Manner.SILENT), "While nobody reads")
        assert [one.mail["Subject"] for one in office.received()] == ["While nobody reads"]
        with pytest.raises(ConnectionRefusedError):
            ann.reading()
    assert not [one for one in ours if one.is_running()]


def test_dovecot_ends_with_whoever_opened_the_office_however_they_end() -> None:
    opener = subprocess.Popen([sys.executable, "-c", OPEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert opener.stdout is not None
    folder = Path(opener.stdout.readline().decode().split()[-1]).parent
    parts = dovecots(psutil.Process(opener.pid))
    assert parts
    opener.kill()
    opener.wait()
    _, alive = psutil.wait_procs(parts, timeout=PATIENCE)
    shutil.rmtree(folder)
    assert alive == []


@pytest.mark.skipif(os.geteuid() != 0, reason="without root all other tests show it")
def test_it_opens_without_root() -> None:
    # What is loaded late, here, is loaded before: it may lie where only root reads.
    load = "import certifi, encodings.idna, os; certifi.contents()\n"
    become = "os.setgroups([]); os.setgid(1); os.setuid(1)\n"
    opened = OPEN.replace("with ", load + become + "with ", 1)
    with subprocess.Popen(
        [sys.executable, "-c", opened],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": "/tmp"},  # noqa: S108 # where everybody may write
    ) as opener:
        assert opener.stdin is not None
        assert opener.stdout is not None
        assert opener.stderr is not None
        told = opener.stdout.readline().split()
        assert told, opener.stderr.read()
        ann = Customer(Elsewhere(HOST, int(told[0]), int(told[1]), told[2], Path(told[3])), ANN)
        ann.write(somebody(Manner.INTERESTED), "Without root")
        assert ann.await_mail("Re: Without root")
        assert dovecots(psutil.Process(opener.pid))[0].username() == "daemon"
        opener.stdin.close()
        assert opener.wait(PATIENCE) == 0
