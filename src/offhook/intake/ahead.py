"""Reads and understands the rows of a file ahead of their taking in: in another process when there are many.

The other process sends batches through a bounded queue, so that memory stays flat; it ends when it has sent all,
when the file turns out to be broken (the error comes through the queue), or when nobody wants more: also when this
process is killed.
"""

import copyreg
import gc
import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from multiprocessing.queues import Queue
from operator import attrgetter

from offhook.intake.model import ReadRow, Row, Told
from offhook.intake.reading import Table
from offhook.intake.understanding import Manner, read_row
from offhook.kernel.errors import Invalid, Unavailable
from offhook.people import Understood

BATCH_ROWS = 5_000
FEW_BYTES = 500_000
"""Files below this are understood here: to start a process would take longer."""
WAITING_BATCHES = 2


def _travel_light(kind: type[ReadRow | Told | Understood]) -> None:
    """Send objects of this kind as their values: half the time of what dataclasses with slots do by themselves."""
    values = attrgetter(*(field.name for field in fields(kind)))
    copyreg.pickle(kind, lambda one: (kind, values(one)))


for _kind in (ReadRow, Told, Understood):
    _travel_light(_kind)


@dataclass(frozen=True, slots=True)
class Source:
    """What to read: the table from beyond a row, how, and the time that counts as now."""

    table: Table
    manner: Manner
    after: int
    now: datetime

    def batches(self) -> Iterator[list[ReadRow]]:
        """The rows, understood, in batches."""
        return _batches(self.table.rows(self.after), self.manner, self.now)


def _batches(rows: Iterable[Row], manner: Manner, now: datetime) -> Iterator[list[ReadRow]]:
    """The rows in batches; those before a break of the file come before its error."""
    rows = iter(rows)
    batch: list[ReadRow] = []
    broken: Invalid | None = None
    while broken is None:
        try:
            for row in islice(rows, BATCH_ROWS):
                batch.append(read_row(row, manner, now))  # noqa: PERF401 # what came before an error is kept
        except Invalid as error:
            broken = error
        if not batch:
            break
        yield batch
        batch = []
    if broken:
        raise broken


@contextmanager
def read_ahead(source: Source) -> Generator[Iterator[list[ReadRow]]]:
    """The batches of a source, read while the one before is worked on. Raises `Invalid` for a broken file."""
    if source.table.path.stat().st_size < FEW_BYTES:
        yield source.batches()
        return
    context = multiprocessing.get_context("spawn")
    sent: Queue[_Message] = context.Queue(WAITING_BATCHES)
    process = context.Process(target=_send, args=(source, sent), daemon=True, name="offhook-import")
    process.start()
    try:
        yield _received(sent, process.is_alive)
    finally:
        process.terminate()
        process.join()
        sent.close()


_Message = list[ReadRow] | str
"""A batch; an empty one ends; a text is what is wrong with the file."""


def _send(source: Source, sent: "Queue[_Message]") -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Rows hold no cycles, and to look for some took half of this process's time.
    gc.disable()
    try:
        for batch in source.batches():
            sent.put(batch)
        sent.put([])
    except Invalid as error:
        sent.put(error.message)
    sent.close()
    sent.join_thread()


def _end_with_parent() -> None:
    """Whoever waits at a full queue that nobody empties would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _received(sent: "Queue[_Message]", is_alive: Callable[[], bool]) -> Iterator[list[ReadRow]]:
    while True:
        try:
            message = sent.get(timeout=1.0)
        except queue.Empty:
            if is_alive():
                continue
            raise Unavailable("The process that reads the file has died. Import the file again.") from None
        if isinstance(message, str):
            raise Invalid(message)
        if not message:
            return
        yield message
