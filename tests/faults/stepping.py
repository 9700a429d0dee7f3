"""A process that does the steps of cadences and can be caught at any moment of its work; killed by its parent.

`python -c "from faults.stepping import main; main()" MOMENT URL ORGANISATION`: it says "now" when that moment has
come, and then waits to be killed. Without a moment to wait for it does all that is due, hears of it, and ends.
It holds no job's lock: what keeps two of these apart is what keeps cadences right when a lock is lost.
"""

import os
import sys
from collections.abc import Callable
from time import sleep
from uuid import UUID

from offhook.cadences import carrying_out, ledger, scheduling
from offhook.cadences.carrying_out import Round
from offhook.cadences.jobs import CONSUMERS
from offhook.kernel.database import Database
from offhook.kernel.delivery import deliver

MOMENTS = (
    "before a mail",
    "a mail is written",
    "its step is noted",
    "before the commit",
    "after a commit",
    "before it is heard",
)
AT_ONCE = 5
CAUGHT = 8
"""At its eighth mail, in the middle of its second batch."""


def main() -> None:
    """Work until the moment."""
    moment, url, organisation = sys.argv[1:]
    scheduling.MAILS_AT_ONCE = AT_ONCE
    _catch(moment)
    with Database(url) as database:
        scheduling.run_due(database, UUID(organisation))
        if moment == "before it is heard":
            _wait()
        deliver(database, CONSUMERS, UUID(organisation))


def _catch(moment: str) -> None:
    mails, batches = _Counter(), _Counter()
    written, noted, finish = carrying_out.mail.send_template, ledger.note_mail, Round.finish

    def send_template(*args: object, **told: object) -> object:
        if mails.next() == CAUGHT and moment == "before a mail":
            _wait()
        made: object = written(*args, **told)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if mails.count == CAUGHT and moment == "a mail is written":
            _wait()
        return made

    def note_mail(*args: object) -> None:
        noted(*args)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if mails.count == CAUGHT and moment == "its step is noted":
            _wait()

    def finished(work: Round) -> None:
        if batches.next() == 3 and moment == "after a commit":
            _wait()
        finish(work)
        if batches.count == 2 and moment == "before the commit":
            _wait()

    carrying_out.mail.send_template = send_template  # pyright: ignore[reportAttributeAccessIssue]
    _replace(ledger, "note_mail", note_mail)
    _replace(Round, "finish", finished)


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def next(self) -> int:
        self.count += 1
        return self.count


def _replace(where: object, name: str, by: Callable[..., None]) -> None:
    setattr(where, name, by)


def _wait() -> None:
    os.write(1, b"now\n")
    sleep(600)
