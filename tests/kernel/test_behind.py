"""What a transaction writes behind is written in order, waited for, and raised where it failed."""

from threading import current_thread, main_thread
from uuid import UUID

import psycopg
import pytest

from offhook.kernel.behind import Behind
from offhook.kernel.database import STAGES, SYSTEM, Database, Transaction
from offhook.kernel.events import Event

CURSORS = ("consumer", "position")


def count(tx: Transaction) -> int | None:
    return tx.scalar(int, "SELECT count(*) FROM event_cursor")


def test_before_it_is_started_all_is_done_at_once() -> None:
    done: list[bool] = []
    Behind().begin(lambda: done.append(current_thread() is main_thread()))
    assert done == [True]


def test_once_started_it_is_done_in_order_in_another_thread() -> None:
    done: list[tuple[int, bool]] = []
    behind = Behind()
    behind.start()
    for n in range(100):
        behind.begin(lambda n=n: done.append((n, current_thread() is main_thread())))
    behind.settle()
    behind.end()
    assert done == [(n, False) for n in range(100)]


def test_whatever_is_asked_next_sees_what_was_written(database: Database, organisation: UUID) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.behind.start()
        for part in range(2 * STAGES):
            tx.copy_behind("event_cursor", CURSORS, [(f"{part}.{n}", n) for n in range(50)])
        assert count(tx) == 100 * STAGES
    with database.transaction(organisation, SYSTEM) as tx:
        assert count(tx) == 100 * STAGES


def test_columns_that_are_the_same_in_every_row_are_told_once(database: Database, organisation: UUID) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.copy_behind("event_cursor", ("consumer",), [("a",), ("b",)], position=7, last_error=None)
        assert tx.scalars(int, "SELECT position FROM event_cursor") == [7, 7]


def write_twice(database: Database, organisation: UUID, *, and_ask: bool) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.behind.start()
        tx.append(Event("test.happened", "test:1"))
        tx.copy_behind("event_cursor", CURSORS, [("twice", 1), ("twice", 2)])
        tx.execute_behind("SELECT 1")
        if and_ask:
            count(tx)
            pytest.fail("the question was answered")


@pytest.mark.parametrize("and_ask", [True, False])
def test_what_failed_behind_is_raised_by_what_is_asked_next_or_keeps_from_the_commit(
    database: Database, organisation: UUID, *, and_ask: bool
) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        write_twice(database, organisation, and_ask=and_ask)
    with database.transaction(organisation, SYSTEM) as tx:
        assert count(tx) == 0
        assert tx.scalar(int, "SELECT count(*) FROM event") == 0


def write_and_break(database: Database, organisation: UUID) -> None:
    with database.transaction(organisation, SYSTEM) as tx:
        tx.behind.start()
        tx.copy_behind("event_cursor", CURSORS, [(str(n), n) for n in range(5_000)])
        raise ValueError("broken")


def test_an_error_of_the_caller_undoes_what_was_begun(database: Database, organisation: UUID) -> None:
    with pytest.raises(ValueError, match="broken"):
        write_and_break(database, organisation)
    with database.transaction(organisation, SYSTEM) as tx:
        assert count(tx) == 0
