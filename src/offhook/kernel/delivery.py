"""Delivers events to the product's own consumers: at least once, in order per subject, effects exactly once.

A consumer's effects and its cursor are written in one transaction, so a crash repeats a batch or does not, and
never half of it. Each consumer goes its own pace; two relays at once take turns by the cursor's row.

An event that a consumer cannot digest is tried again, later and later, while that consumer waits; after
`MOST_ATTEMPTS` it becomes a dead letter and the consumer goes on. Later events of the same subject then wait as
dead letters behind it, so that the order per subject holds, until somebody replays them (`replay_dead_letters`).
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.events import StoredEvent, is_among
from offhook.kernel.ids import new_id
from offhook.kernel.listening import listening

logger = logging.getLogger(__name__)

BATCH = 1_000
"""Events that a consumer gets at once at most."""

MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(minutes=5)
WAITS = "waits behind an earlier event of the same subject"
POLL_SECONDS = 5.0
"""How long the relay sleeps when nothing wakes it; then it looks everywhere and makes the retries that are due."""

PAUSE_SECONDS = 1.0
LONGEST_ERROR = 1_000


Receive = Callable[[Transaction, Sequence[StoredEvent]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who wants which events. `kinds` are exact or `lead.*`; none stands for all.

    `receive` gets the open transaction and events in order; what it raises undoes what it did.
    """

    name: str
    kinds: tuple[str, ...]
    receive: Receive


@dataclass(frozen=True, slots=True)
class _Cursor:
    position: int
    attempts: int
    retry_at: datetime | None
    horizon: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A name and a position: where a consumer stands, or where the last event of a kind does."""

    name: str
    position: int


def deliver(
    database: Database,
    consumers: Sequence[Consumer],
    organisation_id: UUID,
    stopping: threading.Event | None = None,
) -> int:
    """Run every consumer up to the horizon; returns how many events were received.

    Consumers take turns, batch by batch, so that one with much to do keeps none of the others waiting. What fails
    is noted for later. Ends after the batch at hand when told to stop. Raises `psycopg.OperationalError` when the
    database is lost: that is no event's fault and counts against none.
    """
    received, behind = 0, _concerned(database, consumers, organisation_id)
    while behind and not (stopping and stopping.is_set()):
        turns = [(one, _turn(database, one, organisation_id)) for one in behind]
        received += sum(turn.received for _, turn in turns)
        behind = [one for one, turn in turns if turn.has_more]
    return received


def _concerned(database: Database, consumers: Sequence[Consumer], organisation_id: UUID) -> list[Consumer]:
    """Those for whom there may be something; the others are moved on to the horizon, all at once.

    Most events concern few consumers, and asking each one costs six statements whenever anything happens. Those
    that are far behind, or that failed, are not looked at here: their turn finds out.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        horizon = tx.scalar(int, "SELECT event_horizon()") or 0
        places = _near(tx, consumers, horizon)
        last = _last_of_kinds(tx, min(places.values(), default=horizon), horizon)
        idle = {one.name for one in consumers if one.name in places and not _has_any(one, places[one.name], last)}
        behind = [name for name in idle if places[name] < horizon]
        if behind:
            tx.execute(
                "UPDATE event_cursor SET position = %(horizon)s WHERE consumer = ANY(%(behind)s)",
                horizon=horizon,
                behind=behind,
            )
    return [one for one in consumers if one.name not in idle]


def _near(tx: Transaction, consumers: Sequence[Consumer], horizon: int) -> dict[str, int]:
    """Where those stand that are less than a batch behind, locked; without those that another relay is at."""
    rows = tx.rows(
        _Place,
        "SELECT consumer AS name, position FROM event_cursor WHERE consumer = ANY(%(names)s) AND attempts = 0"
        " AND position >= %(nearest)s FOR UPDATE SKIP LOCKED",
        names=[one.name for one in consumers],
        nearest=horizon - BATCH,
    )
    return {row.name: row.position for row in rows}


def _last_of_kinds(tx: Transaction, after: int, up_to: int) -> dict[str, int]:
    """The kinds of the events between two positions, each with the position of its last."""
    if after >= up_to:
        return {}
    rows = tx.rows(
        _Place,
        "SELECT kind AS name, max(position) AS position FROM event"
        " WHERE position > %(after)s AND position <= %(up_to)s GROUP BY kind",
        after=after,
        up_to=up_to,
    )
    return {row.name: row.position for row in rows}


def _has_any(consumer: Consumer, position: int, last: Mapping[str, int]) -> bool:
    fresh = (kind for kind, at in last.items() if at > position)
    return any(not consumer.kinds or is_among(kind, consumer.kinds) for kind in fresh)


@dataclass(frozen=True, slots=True)
class _Turn:
    received: int
    has_more: bool


class _Indigestible(Exception):
    """A consumer failed at the events behind its cursor's position."""

    def __init__(self, position: int) -> None:
        super().__init__(f"at position {position}")
        self.position = position


def _turn(database: Database, consumer: Consumer, organisation_id: UUID) -> _Turn:
    """One batch; where it fails its events are tried one by one, so that only the bad one is held back."""
    try:
        received = _one_batch(database, consumer, organisation_id, BATCH)
    except _Indigestible:
        return _singly(database, consumer, organisation_id)
    return _Turn(received, received == BATCH)


def _singly(database: Database, consumer: Consumer, organisation_id: UUID) -> _Turn:
    for received in range(BATCH):
        try:
            if not _one_batch(database, consumer, organisation_id, 1):
                return _Turn(received, has_more=False)
        except _Indigestible as failure:
            _note_failure(database, consumer, organisation_id, failure)
            return _Turn(received, has_more=False)
    return _Turn(BATCH, has_more=True)


def _one_batch(database: Database, consumer: Consumer, organisation_id: UUID, limit: int) -> int:
    """Deliver the next events, at most `limit`.

    0 when there are none, another relay is at it, or a pause holds. Raises `_Indigestible` where the consumer
    fails.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        cursor = _take_cursor(tx, consumer.name)
        if cursor is None or (cursor.retry_at is not None and cursor.retry_at > tx.now):
            return 0
        events = _events(tx, consumer, cursor.position, cursor.horizon, limit)
        reached = events[-1].position if len(events) == limit else cursor.horizon
        if reached <= cursor.position:
            return 0
        fresh = _park(tx, consumer.name, events)
        if fresh:
            _receive(tx, consumer, fresh, cursor.position)
        _move(tx, consumer.name, reached, 0, None, None)
        return len(events)


def _receive(tx: Transaction, consumer: Consumer, events: Sequence[StoredEvent], position: int) -> None:
    """Hand events over; events that the consumer appends are written here, so that they fail here too."""
    try:
        consumer.receive(tx, events)
        tx.flush_events()
    except Exception as error:
        if _is_lost_database(error):
            raise
        raise _Indigestible(position) from error


def _is_lost_database(error: Exception) -> bool:
    """Whether it failed for want of the database (gone, stopping, out of room or connections), not of the event.

    The first two letters of a SQLSTATE are its class: 08 connection, 53 resources, 57P administrator's orders
    (PostgreSQL documentation, appendix A). An error without one arose before the server could answer.
    """
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("08", "53", "57P"))


def _take_cursor(tx: Transaction, consumer: str) -> _Cursor | None:
    """The consumer's cursor, locked; None while another relay holds it."""
    return _lock_cursor(tx, consumer) or (_lock_cursor(tx, consumer) if _add_cursor(tx, consumer) else None)


def _lock_cursor(tx: Transaction, consumer: str) -> _Cursor | None:
    return tx.first(
        _Cursor,
        "SELECT position, attempts, retry_at, event_horizon() AS horizon FROM event_cursor"
        " WHERE consumer = %(consumer)s FOR UPDATE SKIP LOCKED",
        consumer=consumer,
    )


def _add_cursor(tx: Transaction, consumer: str) -> int:
    return tx.execute(
        "INSERT INTO event_cursor (consumer, position) VALUES (%(consumer)s, 0) ON CONFLICT DO NOTHING",
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
    if not events:
        return []
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


def _note_failure(database: Database, consumer: Consumer, organisation_id: UUID, failure: _Indigestible) -> None:
    """One event failed by itself: pause, or give it up after `MOST_ATTEMPTS`."""
    cause = failure.__cause__
    told = _storable(f"{type(cause).__name__}: {cause}")
    with database.transaction(organisation_id, SYSTEM) as tx:
        cursor = _take_cursor(tx, consumer.name)
        if cursor is None or cursor.position != failure.position:
            return  # another relay has come further meanwhile
        attempts = cursor.attempts + 1
        event = next(iter(_events(tx, consumer, cursor.position, 2**62, 1)), None)
        if event is not None and attempts >= MOST_ATTEMPTS:
            logger.error("%s gave up event %s (%s): %s", consumer.name, event.id, event.kind, told, exc_info=cause)
            _bury(tx, consumer.name, event, told)
            _move(tx, consumer.name, event.position, 0, None, None)
            return
        pause = min(timedelta(seconds=2**attempts), LONGEST_PAUSE)
        logger.warning("%s failed, attempt %s, again in %s: %s", consumer.name, attempts, pause, told)
        _move(tx, consumer.name, cursor.position, attempts, tx.now + pause, told)


def _storable(text: str) -> str:
    """As a text column takes it: without what PostgreSQL or UTF-8 cannot hold, and not too long."""
    return text[:LONGEST_ERROR].replace("\0", "").encode(errors="replace").decode()


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

    Of a subject whose first one fails again the later ones go on waiting. Those that a relay sets aside meanwhile
    are taken up too, so that at the end no subject that can go on is stuck.
    """
    delivered = 0
    failed: set[str] = set()
    while letters := [one for one in _letters(database, consumer, organisation_id) if one.subject not in failed]:
        for letter in letters:
            if letter.subject in failed:
                continue
            try:
                delivered += _replay(database, consumer, organisation_id, letter)
            except _Indigestible as failure:
                told = "%s still cannot receive event %s"
                logger.warning(told, consumer.name, letter.position, exc_info=failure.__cause__)
                failed.add(letter.subject)
    return delivered, len(_letters(database, consumer, organisation_id)) if failed else 0


@dataclass(frozen=True, slots=True)
class _Letter:
    id: UUID
    position: int
    subject: str


def _letters(database: Database, consumer: Consumer, organisation_id: UUID) -> list[_Letter]:
    """What waits to be replayed, in order; no relay is setting more aside at this moment."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        _hold_cursor(tx, consumer.name)
        return tx.rows(
            _Letter,
            "SELECT id, position, subject FROM dead_letter WHERE consumer = %(consumer)s AND replayed_at IS NULL"
            " ORDER BY position",
            consumer=consumer.name,
        )


def _replay(database: Database, consumer: Consumer, organisation_id: UUID, letter: _Letter) -> int:
    """Deliver one again, unless somebody else did meanwhile; how many."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        _hold_cursor(tx, consumer.name)
        taken = tx.execute(
            "UPDATE dead_letter SET replayed_at = %(now)s WHERE id = %(id)s AND replayed_at IS NULL",
            now=tx.now,
            id=letter.id,
        )
        if taken:
            events = _events(tx, consumer, letter.position - 1, letter.position, 1)
            _receive(tx, consumer, events, letter.position)
        return taken


def _hold_cursor(tx: Transaction, consumer: str) -> None:
    """Wait for the relay that is at this consumer, and keep all others off it until the transaction ends."""
    tx.execute("SELECT FROM event_cursor WHERE consumer = %(consumer)s FOR UPDATE", consumer=consumer)


def rewind(database: Database, consumer: str, organisation_id: UUID, position: int = 0) -> None:
    """Let a consumer receive all events after `position` again. Only for one whose effects can be made anew.

    Its dead letters after `position` are forgotten, as their events come again in their turn.
    """
    with database.transaction(organisation_id, SYSTEM) as tx:
        _hold_cursor(tx, consumer)
        _move(tx, consumer, position, 0, None, None)
        tx.execute(
            "DELETE FROM dead_letter WHERE consumer = %(consumer)s AND replayed_at IS NULL"
            " AND position > %(position)s",
            consumer=consumer,
            position=position,
        )


@dataclass(frozen=True, slots=True)
class Lag:
    """How far consumers are behind in one organisation.

    `events` is what the slowest has before it (counted up to `MOST_COUNTED`), `since` when the oldest of these was
    recorded; `consumer` names the slowest.
    """

    consumer: str
    events: int
    since: datetime | None


MOST_COUNTED = 100_000


def lag(tx: Transaction, consumers: Sequence[Consumer]) -> Lag:
    """How far the slowest consumer is behind the horizon."""
    found = tx.first(
        Lag,
        "WITH slowest AS (SELECT name, coalesce(position, 0) AS position"
        "  FROM unnest(%(names)s::text[]) AS c (name) LEFT JOIN event_cursor ON consumer = name"
        "  ORDER BY 2, 1 LIMIT 1),"
        " ahead AS (SELECT recorded_at FROM event, event_horizon() AS horizon"
        "  WHERE position > (SELECT position FROM slowest) AND position <= horizon"
        "  ORDER BY position LIMIT %(most)s)"
        " SELECT name AS consumer, (SELECT count(*)::int FROM ahead) AS events,"
        " (SELECT min(recorded_at) FROM ahead) AS since FROM slowest",
        names=[one.name for one in consumers],
        most=MOST_COUNTED,
    )
    return found or Lag("", 0, None)


def dead_letters(tx: Transaction) -> dict[str, int]:
    """How many events wait to be replayed, by consumer; consumers without any are left out."""

    def counted(consumer: str, letters: int) -> tuple[str, int]:
        return consumer, letters

    return dict(
        tx.rows(
            counted,
            "SELECT consumer, count(*)::int AS letters FROM dead_letter WHERE replayed_at IS NULL"
            " GROUP BY consumer ORDER BY consumer",
        )
    )


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
            except Exception:
                # Whatever went wrong, what is not delivered must be: the cursors know where to go on.
                logger.exception("The relay stumbled; trying again.")
            self._stopping.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        with listening(self._database.url, self._stopping) as ear:
            written: Collection[UUID] = ()
            while not self._stopping.is_set():
                for organisation_id in written or self._database.organisations():
                    deliver(self._database, self._consumers, organisation_id, self._stopping)
                written = ear.wait(POLL_SECONDS)
