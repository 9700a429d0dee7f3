"""The sending process killed by SIGKILL at each of its steps: never two mails, none lost."""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

import pytest

from mail.conftest import REP, Writer
from mail.post import PostOffice
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.links import Links
from offhook.mail.mailboxes.service import mailbox
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.model import MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id, send_again

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("killed.py")
SIGKILLED = -9
PATIENCE = 10


def run(writer: Writer, settings: Settings, kill_at: int) -> subprocess.CompletedProcess[str]:
    """The process, killed before that step."""
    words = [sys.executable, str(SCRIPT), writer.database.url, settings.secret, str(writer.organisation)]
    return subprocess.run(
        [*words, str(kill_at)], env=os.environ, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.timeout(900)
def test_a_mail_goes_once_wherever_its_process_is_killed(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, settings: Settings
) -> None:
    first = writer.write()
    whole = run(writer, settings, 0)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    with writer.begin() as tx:
        assert mail_by_id(tx, first.id).state is MailState.SENT, mailbox(tx, writer.mailbox.id).problem
    assert steps > 20
    before = len(office.await_mails(writer.to, 1))
    assert before == 1
    seen = {MailState.SENT: 0, MailState.IN_DOUBT: 0}

    for kill_at in range(1, steps + 1):
        mail = writer.write()
        done = run(writer, settings, kill_at)
        assert done.returncode == SIGKILLED, done.stderr
        state = _settled(writer, seal, links, mail.id)
        office.await_quiet()
        copies = [one for one in office.received(writer.to) if one["Message-ID"] == mail.message_id]
        assert len(copies) <= 1, f"sent twice when killed before step {kill_at}"
        seen[state] += 1
        if state is MailState.IN_DOUBT:
            _decided_to_send_again(writer, seal, links, mail.id)
            continue
        assert len(copies) == 1, f"said to be sent, and lost, when killed before step {kill_at}"
        filed = [one for one in office.received(REP, "Gesendet") if one["Message-ID"] == mail.message_id]
        assert len(filed) == 1, f"filed {len(filed)} times when killed before step {kill_at}"

    assert seen[MailState.SENT] > seen[MailState.IN_DOUBT] > 0


def _settled(writer: Writer, seal: Seal, links: Links, mail_id: UUID) -> MailState:
    """What becomes of the mail when others go on; the dead process' locks may last for a moment."""
    end = monotonic() + PATIENCE
    while True:
        send_due(writer.database, seal, links, writer.organisation)
        file_due(writer.database, seal, links, writer.organisation)
        with writer.begin() as tx:
            state = mail_by_id(tx, mail_id).state
        if state not in {MailState.QUEUED, MailState.SENDING} or monotonic() > end:
            return state
        sleep(0.1)


def _decided_to_send_again(writer: Writer, seal: Seal, links: Links, mail_id: UUID) -> None:
    """What is in doubt is not lost: the user's word sends it."""
    with writer.begin(writer.actor) as tx:
        send_again(tx, mail_id)
    send_due(writer.database, seal, links, writer.organisation)
    with writer.begin() as tx:
        assert mail_by_id(tx, mail_id).state is MailState.SENT
