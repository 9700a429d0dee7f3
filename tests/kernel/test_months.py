"""Months of history: each is made once, by whoever needs it first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from offhook.kernel.database import Database

MANY = 8


def test_a_month_that_many_need_at_once_is_made_by_one_and_waited_for_by_the_others(database: Database) -> None:
    together = threading.Barrier(MANY)

    def need(_: int) -> None:
        with Database(database.url, pool_size=1) as one:
            together.wait(10)
            one.ensure_months("event", [datetime(2101, 1, 1, tzinfo=UTC)])

    with ThreadPoolExecutor(MANY) as threads:
        list(threads.map(need, range(MANY)))
    with database.across_organisations() as connection:
        made = connection.execute("SELECT to_regclass('event_2101_01') IS NOT NULL").fetchone()
    assert made == (True,)
