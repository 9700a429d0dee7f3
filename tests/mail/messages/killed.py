"""A process that sends what is due, and kills itself at its so-manieth step (0: never), as an outage would.

Its steps are all that the world can see of it: each word to a server, each answer, each transaction before and
after its commit. Writes how many steps it took when it comes to the end.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from imapclient import IMAPClient

from offhook.kernel.clock import SetClock
from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.sealing import Seal
from offhook.mail.links import Links
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.sending import send_due

kill_at, taken = int(sys.argv[4]), 0


def step() -> None:
    """One step; the last one is not taken."""
    global taken
    taken += 1
    if taken == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


def stepping(kind: type, name: str) -> None:
    """Count what is called as a step, once it is done."""
    real: Callable[..., Any] = getattr(kind, name)

    def counted(*args: Any, **named: Any) -> Any:
        done = real(*args, **named)
        step()
        return done

    setattr(kind, name, counted)


real_transaction = Database.transaction


@contextmanager
def transaction(self: Database, organisation_id: UUID, actor: Actor) -> Generator[Transaction]:
    """A transaction with a step before it commits, and one after."""
    with real_transaction(self, organisation_id, actor) as tx:
        yield tx
        step()
    step()


Database.transaction = transaction  # type: ignore[method-assign]
for method in ("send", "getreply"):
    stepping(smtplib.SMTP, method)
stepping(IMAPClient, "append")

url, secret, organisation = sys.argv[1:4]
with Database(url, clock=SetClock()) as database:
    seal, links = Seal(secret, "mailboxes"), Links("https://acme.example", secret)
    send_due(database, seal, links, UUID(organisation))
    file_due(database, seal, links, UUID(organisation))
sys.stdout.write(str(taken))
