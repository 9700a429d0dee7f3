"""The horizon: who reads behind it sees every event once, in order per subject, however writers overlap."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from time import sleep
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Begin
from offhook.kernel import delivery
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.delivery import Consumer, deliver
from offhook.kernel.events import Event, StoredEvent
from offhook.kernel.ids import new_id

WRITERS = 4

STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, WRITERS - 1), st.integers(1, 3)),
    st.tuples(st.just("write many"), st.integers(0, WRITERS - 1), st.just(70)),
    st.tuples(st.just("commit"), st.integers(0, WRITERS - 1), st.just(0)),
    st.tuples(st.just("roll back"), st.integers(0, WRITERS - 1), st.just(0)),
    st.tuples(st.just("read"), st.just(0), st.just(0)),
)
"""What can happen, one step after the other: which writer does what, and how many events they write."""


@dataclass
class Play:
    """Writers whose transactions overlap as a script says, and a reader who goes behind the horizon."""

    database: Database
    organisation: UUID
    committed: Counter[int] = field(default_factory=Counter[int])
    read: Counter[int] = field(default_factory=Counter[int])
    cursor: int = 0
    number: int = 0
    open: dict[int, tuple[ExitStack, Transaction, list[int]]] = field(
        default_factory=dict[int, tuple[ExitStack, Transaction, list[int]]]
    )

    def write(self, writer: int, events: int) -> None:
        """Write events in the writer's transaction, begun if need be."""
        if writer not in self.open:
            stack = ExitStack()
            self.open[writer] = (
                stack,
                stack.enter_context(self.database.transaction(self.organisation, SYSTEM)),
                [],
            )
        _, tx, mine = self.open[writer]
        for _ in range(events):
            self.number += 1
            mine.append(self.number)
            tx.append(Event("thing.done", f"thing:{writer}", {"n": self.number}))
        tx.flush_events()

    def end(self, writer: int, *, is_good: bool) -> None:
        """End the writer's transaction."""
        if writer not in self.open:
            return
        stack, tx, mine = self.open.pop(writer)
        if is_good:
            self.committed.update(mine)
        else:
            tx.undo()
        stack.close()

    def look(self) -> None:
        """Read all that is new up to the horizon."""
        with self.database.transaction(self.organisation, SYSTEM) as tx:
            horizon = tx.scalar(int, "SELECT event_horizon()") or 0
            assert horizon >= self.cursor, "what was readable once stays so"
            self.read.update(
                tx.scalars(
                    int,
                    "SELECT (data ->> 'n')::int FROM event WHERE position > %(after)s AND position <= %(up_to)s",
                    after=self.cursor,
                    up_to=horizon,
                )
            )
            self.cursor = horizon


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(STEPS, min_size=5, max_size=40))
def test_whatever_the_overlap_each_event_is_read_once(
    database: Database, organisation: UUID, script: list[tuple[str, int, int]]
) -> None:
    play = Play(database, organisation)
    play.look()
    play.read.clear()
    for step, writer, events in script:
        if step == "read":
            play.look()
        elif step.startswith("write"):
            play.write(writer, events)
        else:
            play.end(writer, is_good=step == "commit")
    for writer in range(WRITERS):
        play.end(writer, is_good=True)
    play.look()
    assert play.read == play.committed


SUBJECTS, WRITING, TURNS, RELAYS = 5, 8, 25, 3


class Bustle:
    """Writers who count on subjects under a lock, as use cases do, and a consumer that writes down what it got."""

    def __init__(self, begin: Begin) -> None:
        """Nothing written yet."""
        self.begin = begin
        self.reached = [0] * SUBJECTS
        self.consumer = Consumer("noting", ("thing.counted",), self.note)
        self.errors: list[BaseException] = []

    def write(self, seed: int) -> None:
        """Write now and then, and think better of a fifth of it."""
        dice = Random(seed)
        for _ in range(TURNS):
            about, events = dice.randrange(SUBJECTS), dice.randint(1, 4)
            with self.begin() as tx:
                tx.execute("SELECT pg_advisory_xact_lock(%(n)s)", n=7_000 + about)
                last = self.reached[about]
                tx.append(*(Event("thing.counted", f"thing:{about}", {"n": last + n + 1}) for n in range(events)))
                tx.flush_events()
                sleep(dice.random() * 0.01)
                if dice.random() < 0.2:
                    tx.undo()
                else:
                    self.reached[about] += events

    def note(self, tx: Transaction, events: Sequence[StoredEvent]) -> None:
        """Write down what came."""
        tx.append(*(Event("thing.noted", one.subject, {"n": one.data["n"]}) for one in events))

    def start(self, work: Callable[..., object], *args: object) -> threading.Thread:
        """Do it in a thread; what it raises is kept."""

        def guarded() -> None:
            try:
                work(*args)
            except BaseException as error:
                self.errors.append(error)

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    def noted(self) -> dict[str, list[int]]:
        """What was written down, by subject, in order."""
        by_subject: dict[str, list[int]] = defaultdict(list)
        with self.begin() as tx:
            for about, n in tx.rows(
                lambda subject, n: (subject, n),
                "SELECT subject, (data ->> 'n')::int AS n FROM event WHERE kind = 'thing.noted' ORDER BY position",
            ):
                by_subject[about].append(n)
        return by_subject


def test_many_writers_and_several_relays_at_once_lose_double_and_reorder_nothing(
    database: Database, organisation: UUID, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BATCH", 7)
    bustle, done = Bustle(begin), threading.Event()

    def relay() -> None:
        while not done.is_set():
            deliver(database, [bustle.consumer], organisation)

    relays = [bustle.start(relay) for _ in range(RELAYS)]
    for thread in [bustle.start(bustle.write, seed) for seed in range(WRITING)]:
        thread.join()
    done.set()
    for thread in relays:
        thread.join()
    deliver(database, [bustle.consumer], organisation)
    assert not bustle.errors
    assert bustle.noted() == {f"thing:{n}": [*range(1, last + 1)] for n, last in enumerate(bustle.reached)}


def test_a_writer_that_is_killed_holds_up_nobody_for_good(
    database: Database, organisation: UUID, begin: Begin
) -> None:
    """What a cut connection announced is let go by the server."""
    with begin() as tx:
        before = tx.scalar(int, "SELECT event_horizon()")
    with psycopg.connect(database.url) as doomed, psycopg.connect(database.url, autocommit=True) as surgeon:
        doomed.execute("SELECT announce_events()")
        with begin() as tx:
            tx.append(Event("thing.done", "thing:a", {"n": 1}))
        with begin() as tx:
            assert tx.scalar(int, "SELECT event_horizon()") == before
        surgeon.execute("SELECT pg_terminate_backend(%s, 5000)", (doomed.info.backend_pid,))
        with begin() as tx:
            horizon = tx.scalar(int, "SELECT event_horizon()") or 0
            position = tx.scalar(int, "SELECT max(position) FROM event WHERE kind = 'thing.done'") or 0
            assert horizon >= position
        doomed.close()


def test_writers_of_one_organisation_do_not_show_in_another(database: Database, organisation: UUID) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.append(Event("thing.done", "thing:a", {"n": 1}))
    seen: list[StoredEvent] = []
    stranger = new_id()
    deliver(database, [Consumer("stranger", (), lambda _tx, events: seen.extend(events))], stranger)
    assert seen == []
