"""Delivers events to the product's own consumers: at least once, in order per subject, effects exactly once.

A consumer's effects and its cursor are written in one transaction, so a crash repeats a batch or does not, and
never half of it. Each consumer goes its own pace; two relays at once take turns by the cursor's row.

An event that a consumer cannot digest is tried again, later and later, while that consumer waits; after
`MOST_ATTEMPTS` it becomes a dead letter and the consumer goes on. Later events of the same subject then wait as
dead letters behind it, so that the order per subject holds, until somebody replays them (`replay_dead_letters`).
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.events import StoredEvent
from offhook.kernel.ids import new_id

logger = logging.getLogger(__name__)

BATCH = 1_000
"""Events that a consumer gets at once at most."""

MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(minutes=5)
WAITS = "waits behind an earlier event of the same subject"
POLL_SECONDS = 5.0
"""How long the relay sleeps when nothing wakes it; then retries that are due are made."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who wants which events. `kinds` are exact or `lead.*`; none stands for all.

    `receive` gets the open transaction and events in order; what it raises undoes what it did.
    """

    name: str
    kinds: tuple[str, ...]
    receive: Callable[[Transaction, Sequence[StoredEvent]], None]


@dataclass(frozen=True, slots=True)
class _Cursor:
    position: int
    attempts: int
    retry_at: datetime | None


def deliver(database: Database, consumers: Sequence[Consumer], organisation_id: UUID) -> int:
    """Run every consumer up to the horizon; returns how many events were received.

    What fails is noted for later.
    """
    return sum(_catch_up(database, consumer, organisation_id) for consumer in consumers)


def _catch_up(database: Database, consumer: Consumer, organisation_id: UUID) -> int:
    received, limit = 0, BATCH
    while True:
        try:
            batch = _one_batch(database, consumer, organisation_id, limit)
        except Exception as error:
            if limit == 1:
                _note_failure(database, consumer, organisation_id, error)
                return received
            limit = 1
            continue
        received += batch
        if batch < limit:
            return received


def _one_batch(database: Database, consumer: Consumer, organisation_id: UUID, limit: int) -> int:
    """Deliver the next events, at most `limit`.

    0 when there are none, another relay is at it, or a pause holds.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        cursor = _take_cursor(tx, consumer.name)
        if cursor is None or (cursor.retry_at is not None and cursor.retry_at > tx.now):
            return 0
        horizon = tx.scalar(int, "SELECT event_horizon()") or 0
        events = _events(tx, consumer, cursor.position, horizon, limit)
        reached = events[-1].position if len(events) == limit else horizon
        if reached <= cursor.position:
            return 0
        fresh = _park(tx, consumer.name, events)
        if fresh:
            consumer.receive(tx, fresh)
        tx.execute(
            "UPDATE event_cursor SET position = %(position)s, attempts = 0, retry_at = NULL, last_error = NULL"
            " WHERE consumer = %(consumer)s",
            position=reached,
            consumer=consumer.name,
        )
        return len(events)


def _take_cursor(tx: Transaction, consumer: str) -> _Cursor | None:
    """The consumer's cursor, locked; None while another relay holds it."""
    tx.execute(
        "INSERT INTO event_cursor (consumer, position) VALUES (%(consumer)s, 0) ON CONFLICT DO NOTHING",
        consumer=consumer,
    )
    return tx.first(
        _Cursor,
        "SELECT position, attempts, retry_at FROM event_cursor WHERE consumer = %(consumer)s"
        " FOR UPDATE SKIP LOCKED",
        consumer=consumer,
    )


def _events(tx: Transaction, consumer: Consumer, after: int, up_to: int, limit: int) -> list[StoredEvent]:
    return tx.rows(
        StoredEvent,
        "SELECT position, id, kind, version, subject, data, at, actor, cause FROM event"
        " WHERE position > %(after)s AND position <= %(up_to)s AND (%(all)s OR kind = ANY(%(kinds)s)"
        " OR split_part(kind, '.', 1) = ANY(%(families)s)) ORDER BY position LIMIT %(limit)s",
        after=after,
        up_to=up_to,
        all=not consumer.kinds,
        kinds=[kind for kind in consumer.kinds if not kind.endswith(".*")],
        families=[kind.removesuffix(".*") for kind in consumer.kinds if kind.endswith(".*")],
        limit=limit,
    )


def _park(tx: Transaction, consumer: str, events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The events whose subjects have no dead letter; the others become dead letters behind it."""
    stuck = set(
        tx.scalars(
            str,
            "SELECT DISTINCT subject FROM dead_letter WHERE consumer = %(consumer)s AND replayed_at IS NULL",
            consumer=consumer,
        )
    )
    if not stuck:
        return list(events)
    for event in events:
        if event.subject in stuck:
            _bury(tx, consumer, event, WAITS)
    return [event for event in events if event.subject not in stuck]


def _bury(tx: Transaction, consumer: str, event: StoredEvent, error: str) -> None:
    tx.execute(
        "INSERT INTO dead_letter (id, consumer, position, event_id, subject, error, failed_at)"
        " VALUES (%(id)s, %(consumer)s, %(position)s, %(event)s, %(subject)s, %(error)s, %(now)s)",
        id=new_id(),
        consumer=consumer,
        position=event.position,
        event=event.id,
        subject=event.subject,
        error=error,
        now=tx.now,
    )


def _note_failure(database: Database, consumer: Consumer, organisation_id: UUID, error: Exception) -> None:
    """One event failed by itself: pause, or give it up after `MOST_ATTEMPTS`."""
    told = f"{type(error).__name__}: {error}"[:1_000]
    with database.transaction(organisation_id, SYSTEM) as tx:
        cursor = _take_cursor(tx, consumer.name)
        if cursor is None:
            return
        attempts = cursor.attempts + 1
        event = next(iter(_events(tx, consumer, cursor.position, 2**62, 1)), None)
        if event is not None and attempts >= MOST_ATTEMPTS:
            logger.error("%s gave up event %s (%s): %s", consumer.name, event.id, event.kind, told)
            _bury(tx, consumer.name, event, told)
            _move(tx, consumer.name, event.position, 0, None, told)
            return
        pause = min(timedelta(seconds=2**attempts), LONGEST_PAUSE)
        logger.warning("%s failed, attempt %s, again in %s: %s", consumer.name, attempts, pause, told)
        _move(tx, consumer.name, cursor.position, attempts, tx.now + pause, told)


def _move(
    tx: Transaction, consumer: str, position: int, attempts: int, retry_at: datetime | None, error: str | None
) -> None:
    tx.execute(
        "UPDATE event_cursor SET position = %(position)s, attempts = %(attempts)s, retry_at = %(retry_at)s,"
        " last_error = %(error)s WHERE consumer = %(consumer)s",
        position=position,
        attempts=attempts,
        retry_at=retry_at,
        error=error,
        consumer=consumer,
    )


def replay_dead_letters(database: Database, consumer: Consumer, organisation_id: UUID) -> tuple[int, int]:
    """Deliver a consumer's dead letters again, in order, each by itself; returns how many went well and not.

    Of a subject whose first one fails again the later ones go on waiting.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        letters = tx.rows(
            _Letter,
            "SELECT id, position, subject FROM dead_letter WHERE consumer = %(consumer)s AND replayed_at IS NULL"
            " ORDER BY position",
            consumer=consumer.name,
        )
    failed: dict[str, int] = {}
    for letter in letters:
        if letter.subject in failed:
            failed[letter.subject] += 1
            continue
        try:
            _replay(database, consumer, organisation_id, letter)
        except Exception:
            logger.exception("%s still cannot receive event %s", consumer.name, letter.position)
            failed[letter.subject] = 1
    left = sum(failed.values())
    return len(letters) - left, left


@dataclass(frozen=True, slots=True)
class _Letter:
    id: UUID
    position: int
    subject: str


def _replay(database: Database, consumer: Consumer, organisation_id: UUID, letter: _Letter) -> None:
    with database.transaction(organisation_id, SYSTEM) as tx:
        taken = tx.execute(
            "UPDATE dead_letter SET replayed_at = %(now)s WHERE id = %(id)s AND replayed_at IS NULL",
            now=tx.now,
            id=letter.id,
        )
        if taken:
            consumer.receive(tx, _events(tx, consumer, letter.position - 1, letter.position, 1))


def rewind(database: Database, consumer: str, organisation_id: UUID, position: int = 0) -> None:
    """Let a consumer receive all events after `position` again. For those whose effects can be made anew."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        _take_cursor(tx, consumer)
        _move(tx, consumer, position, 0, None, None)


class Relay:
    """Delivers for ever, in a thread of its own, woken by PostgreSQL whenever events are written."""

    def __init__(self, database: Database, consumers: Sequence[Consumer]) -> None:
        """Prepare; `start` begins."""
        self._database = database
        self._consumers = consumers
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand and end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.OperationalError as error:
                logger.warning("The relay lost the database (%s); trying again.", error)
                self._stopping.wait(1.0)

    def _listen(self) -> None:
        with psycopg.connect(self._database.url, autocommit=True) as connection:
            connection.execute("LISTEN offhook_event")
            while not self._stopping.is_set():
                for organisation_id in self._database.organisations():
                    deliver(self._database, self._consumers, organisation_id)
                self._wait(connection)

    def _wait(self, connection: psycopg.Connection) -> None:
        """Until something was written, it is time to look anyway, or the relay is to stop."""
        waited = 0.0
        while waited < POLL_SECONDS and not self._stopping.is_set():
            if next(connection.notifies(timeout=0.25, stop_after=1), None) is not None:
                return
            waited += 0.25
