"""Writes what becomes of calls into the database, in order, without keeping calls waiting.

One thread, one transaction after another. What cannot be written because the database is away is tried again until
it is back: a call goes on meanwhile. What the database refuses for good is logged and left out, as trying again
would hold up every other call.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Actor, Database, Transaction

log = logging.getLogger("offhook.voice")

PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts; the last one for ever."""


@dataclass(frozen=True, slots=True)
class _Entry:
    organisation_id: UUID
    actor: Actor
    work: Callable[[Transaction], object]


class Ledger:
    """Call `start` before, `stop` after."""

    def __init__(self, database: Database) -> None:
        """Nothing is written yet."""
        self._database = database
        self._waiting: queue.Queue[_Entry | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voice ledger", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Write all that waits, for so many seconds at the most."""
        self._waiting.put(None)
        self._thread.join(patience)
        self._stopping.set()

    def write(self, organisation_id: UUID, work: Callable[[Transaction], object], actor: Actor = SYSTEM) -> None:
        """Have a transaction done, after all that was asked for before."""
        self._waiting.put(_Entry(organisation_id, actor, work))

    def settle(self, patience: float = 5.0) -> bool:
        """Wait until all that was asked for so far is written; whether it was in time."""
        done = threading.Event()
        self._waiting.put(_Entry(UUID(int=0), SYSTEM, lambda _: done.set()))
        return done.wait(patience)

    def _run(self) -> None:
        while (entry := self._waiting.get()) is not None:
            self._write(entry)

    def _write(self, entry: _Entry) -> None:
        attempt = 0
        while not self._stopping.is_set():
            try:
                with self._database.transaction(entry.organisation_id, entry.actor) as tx:
                    entry.work(tx)
            except psycopg.OperationalError as error:
                pause = PAUSES[min(attempt, len(PAUSES) - 1)]
                log.warning("The record of calls waits for the database (%s); again in %s s.", error, pause)
                self._stopping.wait(pause)
                attempt += 1
            except Exception:
                # Whatever this call's entry suffers from, every other call's must still be written.
                log.exception("An entry of the record of calls could not be written.")
                return
            else:
                return
