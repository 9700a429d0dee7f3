"""Delivery: every event once, in order, with its effect; what cannot be digested is set aside with its subject."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from conftest import Begin
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database, Transaction
from offhook.kernel.delivery import MOST_ATTEMPTS, Consumer, deliver, replay_dead_letters, rewind
from offhook.kernel.events import Event, StoredEvent


class Noting:
    """A consumer that notes what it got, and stumbles over events that say so."""

    def __init__(self, *kinds: str) -> None:
        """Nothing received yet."""
        self.seen: list[tuple[str, object]] = []
        self.stumbles = True
        self.consumer = Consumer("noting", kinds, self.receive)

    def receive(self, tx: Transaction, events: Sequence[StoredEvent]) -> None:
        """Note them, unless one of them is bad."""
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
