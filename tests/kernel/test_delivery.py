"""Delivery: every event once, in order, with its effect; what cannot be digested is set aside with its subject."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic, sleep
from uuid import UUID

import psycopg
import pytest

from conftest import Begin
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.delivery import (
    BATCH,
    MOST_ATTEMPTS,
    POLL_SECONDS,
    Consumer,
    Lag,
    Relay,
    dead_letters,
    deliver,
    lag,
    replay_dead_letters,
    rewind,
)
from offhook.kernel.events import Event, StoredEvent


class Noting:
    """A consumer that notes what it got, and stumbles over events that say so."""

    def __init__(self, *kinds: str) -> None:
        """Nothing received yet."""
        self.seen: list[tuple[str, object]] = []
        self.stumbles = True
        self.only: UUID | None = None
        self.consumer = Consumer("noting", kinds, self.receive)

    def receive(self, tx: Transaction, events: Sequence[StoredEvent]) -> None:
        """Note them, unless one of them is bad; those of other organisations are nothing to it."""
        if self.only and tx.organisation_id != self.only:
            return
        for event in events:
            if self.stumbles and event.data.get("bad"):
                raise ValueError("cannot digest this")
        self.seen += [(event.subject, event.data["n"]) for event in events]


def write(
    begin: Begin, *numbers: int, subject: str = "thing:a", kind: str = "thing.done", bad: bool = False
) -> None:
    """Write events."""
    with begin() as tx:
        tx.append(*(Event(kind, subject, {"n": n, "bad": bad}) for n in numbers))


def test_events_come_once_and_in_order(database: Database, organisation: UUID, begin: Begin) -> None:
    noting = Noting()
    write(begin, 1, 2)
    assert deliver(database, [noting.consumer], organisation) == 2
    write(begin, 3)
    assert deliver(database, [noting.consumer], organisation) == 1
    assert deliver(database, [noting.consumer], organisation) == 0
    assert [n for _, n in noting.seen] == [1, 2, 3]


def test_a_consumer_gets_the_kinds_it_asks_for(database: Database, organisation: UUID, begin: Begin) -> None:
    noting = Noting("thing.*", "other.done")
    write(begin, 1)
    write(begin, 2, kind="other.done")
    write(begin, 3, kind="other.undone")
    write(begin, 4, kind="things.done")
    deliver(database, [noting.consumer], organisation)
    assert [n for _, n in noting.seen] == [1, 2]


def test_who_is_concerned_by_nothing_is_not_behind(database: Database, organisation: UUID, begin: Begin) -> None:
    family, other = Noting("thing.*"), Noting("other.done")
    consumers = [family.consumer, replace(other.consumer, name="other")]
    for number in range(3):  # from the second time on both are near the horizon
        write(begin, number)
        assert deliver(database, consumers, organisation) == 1
        with begin() as tx:
            assert lag(tx, consumers).events == 0
    write(begin, 3, kind="other.done")
    assert deliver(database, consumers, organisation) == 1
    assert ([n for _, n in family.seen], [n for _, n in other.seen]) == ([0, 1, 2], [3])


def test_what_fails_is_tried_again_and_then_set_aside_with_its_subject(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    noting = Noting()
    write(begin, 1)
    write(begin, 2, bad=True)
    write(begin, 3)
    write(begin, 4, subject="thing:b")
    for _ in range(MOST_ATTEMPTS):
        deliver(database, [noting.consumer], organisation)
        assert [n for _, n in noting.seen] == [1]
        clock.advance(timedelta(minutes=6))
    deliver(database, [noting.consumer], organisation)
    assert [n for _, n in noting.seen] == [1, 4]
    write(begin, 5)
    deliver(database, [noting.consumer], organisation)
    assert replay_dead_letters(database, noting.consumer, organisation) == (0, 3)
    noting.stumbles = False
    assert replay_dead_letters(database, noting.consumer, organisation) == (3, 0)
    assert [n for subject, n in noting.seen if subject == "thing:a"] == [1, 2, 3, 5]
    assert replay_dead_letters(database, noting.consumer, organisation) == (0, 0)


def test_a_pause_holds_until_it_is_over(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    noting = Noting()
    write(begin, 1, bad=True)
    deliver(database, [noting.consumer], organisation)
    noting.stumbles = False
    assert deliver(database, [noting.consumer], organisation) == 0
    clock.advance(timedelta(seconds=3))
    assert deliver(database, [noting.consumer], organisation) == 1


def test_a_rewound_consumer_receives_everything_again(
    database: Database, organisation: UUID, begin: Begin
) -> None:
    noting = Noting()
    write(begin, 1, 2)
    deliver(database, [noting.consumer], organisation)
    rewind(database, "noting", organisation)
    deliver(database, [noting.consumer], organisation)
    assert [n for _, n in noting.seen] == [1, 2, 1, 2]


def test_what_a_failing_consumer_wrote_is_undone(database: Database, organisation: UUID, begin: Begin) -> None:
    def write_and_fail(tx: Transaction, events: Sequence[StoredEvent]) -> None:
        tx.append(Event("thing.echoed", "thing:c", {"n": 1}))
        tx.flush_events()
        raise ValueError("no")

    write(begin, 1)
    deliver(database, [Consumer("failing", ("thing.done",), write_and_fail)], organisation)
    with begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM event WHERE kind = 'thing.echoed'") == 0


def test_a_bad_event_holds_up_no_more_than_its_subject_of_a_large_batch(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    noting = Noting()
    with begin() as tx:
        tx.append(
            *(
                Event("thing.done", f"thing:{n % 50}", {"n": n, "bad": n == 700})
                for n in range(2 * BATCH + BATCH // 2)
            )
        )
    assert deliver(database, [noting.consumer], organisation) == 700
    for _ in range(MOST_ATTEMPTS):
        clock.advance(timedelta(minutes=6))
        deliver(database, [noting.consumer], organisation)
    received = [n for _, n in noting.seen]
    assert received == [n for n in range(2 * BATCH + BATCH // 2) if n < 700 or n % 50]


def test_a_lost_database_is_no_events_fault(database: Database, organisation: UUID, begin: Begin) -> None:
    noting = Noting()

    def lose_it(tx: Transaction, events: Sequence[StoredEvent]) -> None:
        noting.receive(tx, events)
        if len(noting.seen) < 2 * MOST_ATTEMPTS:
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    write(begin, 1)
    losing = Consumer("noting", (), lose_it)
    for _ in range(2 * MOST_ATTEMPTS - 1):
        with pytest.raises(psycopg.OperationalError):
            deliver(database, [losing], organisation)
    assert deliver(database, [losing], organisation) == 1
    with begin() as tx:
        assert dead_letters(tx) == {}


def test_events_that_a_consumer_appends_wrongly_count_against_what_it_received(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    def append_nonsense(tx: Transaction, events: Sequence[StoredEvent]) -> None:
        tx.append(*(Event("thing.echoed", "thing:\0", {"of": event.data["n"]}) for event in events))

    write(begin, 1)
    echoing = Consumer("echoing", ("thing.done",), append_nonsense)
    for _ in range(MOST_ATTEMPTS):
        deliver(database, [echoing], organisation)
        clock.advance(timedelta(minutes=6))
    with begin() as tx:
        assert dead_letters(tx) == {"echoing": 1}


def test_consumers_take_turns(database: Database, organisation: UUID, begin: Begin) -> None:
    turns: list[str] = []

    def named(name: str) -> Consumer:
        return Consumer(name, (), lambda _tx, _events: turns.append(name))

    with begin() as tx:
        tx.append(*(Event("thing.done", "thing:a", {"n": n}) for n in range(2 * BATCH + 1)))
    assert deliver(database, [named("first"), named("second")], organisation) == 2 * (2 * BATCH + 1)
    assert turns == ["first", "second"] * 3


def test_a_rewound_consumer_gets_set_aside_events_once_again_not_twice(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    noting = Noting()
    write(begin, 1, bad=True)
    write(begin, 2)
    for _ in range(MOST_ATTEMPTS + 1):
        deliver(database, [noting.consumer], organisation)
        clock.advance(timedelta(minutes=6))
    with begin() as tx:
        assert dead_letters(tx) == {"noting": 2}
    noting.stumbles = False
    rewind(database, "noting", organisation)
    deliver(database, [noting.consumer], organisation)
    assert replay_dead_letters(database, noting.consumer, organisation) == (0, 0)
    assert [n for _, n in noting.seen] == [1, 2]


def test_what_a_relay_sets_aside_during_a_replay_is_replayed_too(
    database: Database, organisation: UUID, begin: Begin, clock: SetClock
) -> None:
    noting = Noting()
    write(begin, 1, bad=True)
    for _ in range(MOST_ATTEMPTS):
        deliver(database, [noting.consumer], organisation)
        clock.advance(timedelta(minutes=6))
    relay = threading.Thread(target=deliver, args=(database, [noting.consumer], organisation))

    def receive_while_a_relay_runs(tx: Transaction, events: Sequence[StoredEvent]) -> None:
        if not noting.seen:
            write(begin, 2)
            relay.start()
            relay.join(0.5)
        noting.receive(tx, events)

    noting.stumbles = False
    replaying = Consumer("noting", (), receive_while_a_relay_runs)
    replay_dead_letters(database, replaying, organisation)
    relay.join()
    deliver(database, [noting.consumer], organisation)
    assert [n for _, n in noting.seen] == [1, 2]


def test_a_long_catching_up_ends_at_a_stop(database: Database, organisation: UUID, begin: Begin) -> None:
    stopping = threading.Event()

    def stop_after_one(_tx: Transaction, _events: Sequence[StoredEvent]) -> None:
        stopping.set()

    with begin() as tx:
        tx.append(*(Event("thing.done", "thing:a", {"n": n}) for n in range(3 * BATCH)))
    assert deliver(database, [Consumer("stopped", (), stop_after_one)], organisation, stopping) == BATCH


def test_lag_is_that_of_the_slowest(database: Database, organisation: UUID, begin: Begin, clock: SetClock) -> None:
    fast, slow = Consumer("fast", (), lambda *_: None), Consumer("slow", (), lambda *_: None)
    deliver(database, [fast, slow], organisation)
    written_at = clock.now()
    write(begin, 1, 2)
    clock.advance(timedelta(minutes=1))
    write(begin, 3)
    deliver(database, [fast], organisation)
    with begin() as tx:
        assert lag(tx, [fast, slow]) == Lag("slow", 3, written_at)
        assert lag(tx, [fast]) == Lag("fast", 0, None)


def test_a_relay_delivers_at_once_what_is_written_and_stops(
    database: Database, organisation: UUID, begin: Begin
) -> None:
    noting = Noting()
    noting.only = organisation
    relay = Relay(database, [noting.consumer])
    relay.start()
    try:
        for n in range(5):
            write(begin, n)
            until = monotonic() + 4 * POLL_SECONDS / 5
            while len(noting.seen) <= n:
                assert monotonic() < until, "it was not woken"
                sleep(0.01)
    finally:
        began = monotonic()
        relay.stop()
    assert monotonic() - began < 2
    assert [n for _, n in noting.seen] == [*range(5)]


def test_a_relay_survives_that_its_connections_are_cut(
    database: Database, organisation: UUID, begin: Begin
) -> None:
    noting = Noting()
    noting.only = organisation
    relay = Relay(database, [noting.consumer])
    relay.start()
    try:
        write(begin, 1)
        _wait_for(noting, 1)
        with psycopg.connect(database.url, autocommit=True) as surgeon:
            surgeon.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        database.check()
        write(begin, 2)
        _wait_for(noting, 2)
    finally:
        relay.stop()


def _wait_for(noting: Noting, number: int) -> None:
    until = monotonic() + 15
    while len(noting.seen) < number:
        assert monotonic() < until
        sleep(0.01)
