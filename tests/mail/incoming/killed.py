"""A process that reads a mailbox once, and kills itself at its so-manieth step (0: never), as an outage would.

Its steps are all that the world can see of it: each answer of the server, each transaction before and after its
commit, each file before and after it is there. Writes how many steps it took when it comes to the end.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from imapclient import IMAPClient

from offhook.kernel.clock import SetClock
from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.objects import FolderStore
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.mail.incoming.files import objects_of
from offhook.mail.incoming.inbox import Inbox

kill_at, taken = int(sys.argv[5]), 0


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
for method in ("login", "select_folder", "search", "fetch"):
    stepping(IMAPClient, method)

stepping(FolderStore, "_unfinished")
stepping(FolderStore, "keep")
stepping(FolderStore, "take")

url, secret, organisation, mailbox = sys.argv[1:5]
objects = objects_of(Settings(data=Path(sys.argv[6])))
with Database(url, clock=SetClock()) as database:
    seal = Seal(secret, "mailboxes")
    inbox = Inbox(database, seal, objects, UUID(organisation), UUID(mailbox), threading.Event())
    inbox.read(is_once=True)
sys.stdout.write(str(taken))
