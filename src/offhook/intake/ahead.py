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
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain, islice
from multiprocessing.queues import Queue, SimpleQueue
from operator import attrgetter

from offhook.intake.model import ReadRow, Row, Told
from offhook.intake.reading import Table
from offhook.intake.receive import prepare
from offhook.intake.understanding import Manner, read_row
from offhook.kernel.errors import Invalid, OffhookError, Unavailable
from offhook.people import Incoming, Understood

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


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows, and what resolving them can do beforehand."""

    rows: list[ReadRow]
    prepared: list[Incoming]


class Batches(Iterator[Batch]):
    """Batches in turn; `read_on` gets the next one ready while the present one is being written.

    What is wrong with the file behind the present batch is raised when its turn has come.
    """

    def __init__(self, rows: Iterator[list[ReadRow]]) -> None:
        """Of batches of rows."""
        self._rows = rows
        self._ready: Batch | None = None
        self._broken: OffhookError | None = None

    def read_on(self) -> None:
        """Read and prepare the next batch, if there is one."""
        try:
            rows = next(self._rows, None)
        except OffhookError as error:
            self._broken = error
            return
        if rows is not None:
            self._ready = Batch(rows, prepare(rows))

    def __next__(self) -> Batch:
        """The next batch."""
        if self._ready is None and self._broken is None:
            self.read_on()
        if self._broken is not None:
            raise self._broken
        if self._ready is None:
            raise StopIteration
        ready, self._ready = self._ready, None
        return ready


@contextmanager
def read_ahead(source: Source) -> Generator[Iterator[list[ReadRow]]]:
    """The batches of a source, read while the one before is worked on. Raises `Invalid` for a broken file."""
    if source.table.path.stat().st_size < FEW_BYTES:
        yield source.batches()
        return
    context = multiprocessing.get_context("spawn")
    sent: Queue[_Message] = context.Queue(WAITING_BATCHES)
    asked: SimpleQueue[Source] = context.SimpleQueue()
    process = context.Process(target=_send, args=(asked, sent), daemon=True, name="offhook-import")
    process.start()
    try:
        # The first batch is read here: to start, the process takes as long.
        first = list(islice(source.batches(), 1))
        asked.put(replace(source, after=first[0][-1].number) if first else source)
        yield chain(first, _received(sent, process.is_alive))
    finally:
        process.terminate()
        process.join()
        sent.close()


_Message = list[ReadRow] | str
"""A batch; an empty one ends; a text is what is wrong with the file."""


def _send(asked: "SimpleQueue[Source]", sent: "Queue[_Message]") -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Rows hold no cycles, and to look for some took half of this process's time.
    gc.disable()
    try:
        for batch in asked.get().batches():
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
