"""All mailboxes of an installation, read at once: a thread each, looked after by one more, in one process.

The lock that says which process it is lies on the connection that listens for changes of mailboxes: who loses the
database loses both, ends its readers and begins anew. Should two processes read for a moment, the cursor in the
database decides (inbox.py).
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.listening import Ear, listening
from offhook.kernel.objects import ObjectStore
from offhook.kernel.sealing import Seal
from offhook.mail.incoming import store
from offhook.mail.incoming.inbox import LISTEN_SECONDS, Inbox
from offhook.mail.incoming.store import Box

logger = logging.getLogger(__name__)

LOCK = "mail.readers"
LOOK_SECONDS = 5.0
"""How often it is looked which mailboxes there are, if nothing tells."""
PAUSE_SECONDS = 0.5
"""Between looking again because something was written, however much is."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """A thread that reads one mailbox as it was connected then."""

    box: Box
    thread: threading.Thread
    stopping: threading.Event


class Readers:
    """Call `start` before, `stop` after."""

    def __init__(self, database: Database, seal: Seal, objects: ObjectStore) -> None:
        """Nothing runs yet. Files of mails go into `objects`."""
        self._database = database
        self._seal = seal
        self._objects = objects
        self._stopping = threading.Event()
        self._running: dict[UUID, _Reader] = {}
        self._thread = threading.Thread(target=self._run, name="mail readers", daemon=True)

    def start(self) -> None:
        """Begin; mailboxes are connected to a moment later."""
        self._thread.start()

    def stop(self) -> None:
        """End all reading; what was not read yet is read at the next start."""
        self._stopping.set()
        self._thread.join(2 * LISTEN_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with listening(self._database.url, self._stopping) as ear:
                    if ear.is_alone(LOCK):
                        self._look_after(ear)
            except psycopg.OperationalError as error:
                logger.warning("mail is not read while there is no database: %s", error)
            except Exception:
                logger.exception("looking after mailboxes stumbled; beginning anew")
            finally:
                self._end(list(self._running))
            self._stopping.wait(LOOK_SECONDS)

    def _look_after(self, ear: Ear) -> None:
        """Read each mailbox there is, until told to stop. Raises when the database, and so the lock, is lost."""
        is_first = True
        while not self._stopping.is_set():
            boxes = self._boxes()
            changed = [one for one, reader in self._running.items() if boxes.get(one) != reader.box]
            self._end(changed)
            dead = [one for one, reader in self._running.items() if not reader.thread.is_alive()]
            self._end(dead)
            for identifier, box in boxes.items():
                if identifier not in self._running:
                    self._begin(box, is_retried_at_once=not is_first)
            is_first = False
            ear.wait(LOOK_SECONDS)
            self._stopping.wait(PAUSE_SECONDS)

    def _boxes(self) -> Mapping[UUID, Box]:
        found: dict[UUID, Box] = {}
        for organisation_id in self._database.organisations():
            with self._database.transaction(organisation_id, SYSTEM) as tx:
                found |= {one.mailbox_id: one for one in store.boxes(tx)}
        return found

    def _begin(self, box: Box, *, is_retried_at_once: bool) -> None:
        stopping = threading.Event()
        inbox = Inbox(self._database, self._seal, self._objects, box.organisation_id, box.mailbox_id, stopping)
        thread = threading.Thread(
            target=inbox.read_on,
            kwargs={"is_retried_at_once": is_retried_at_once},
            name=f"mailbox {box.mailbox_id}",
            daemon=True,
        )
        self._running[box.mailbox_id] = _Reader(box, thread, stopping)
        thread.start()

    def _end(self, mailbox_ids: list[UUID]) -> None:
        """Let these readers end, all at once, and wait for them."""
        ending = [self._running.pop(one) for one in mailbox_ids]
        for reader in ending:
            reader.stopping.set()
        until = monotonic() + 2 * LISTEN_SECONDS
        for reader in ending:
            reader.thread.join(max(0.0, until - monotonic()))
