"""Room for batches of thousands of rows: in Python's memory, between its threads, and in PostgreSQL's plans.

Each row makes dozens of objects that all live until the batch is written. The collector of cycles would walk over
them again and again, for half of the whole time, and find nothing: rows hold no cycles.
"""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager

from offhook.kernel.database import Transaction

TURN_SECONDS = 0.0005
"""How long a thread may go on while another waits. The usual ten times as much keeps PostgreSQL waiting, too."""


@contextmanager
def uncollected() -> Generator[None]:
    """Inside, the collector of cycles rests; nested and in several threads, the first to end lets it go on."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def batch_after_batch() -> Generator[None]:
    """Inside, the collector rests but for `end_batch`, and does not look at what was there before."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    gc.freeze()
    try:
        with uncollected():
            yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(usual)


def end_batch() -> None:
    """Collect what a batch has left in cycles, so that memory stays flat."""
    gc.collect()


@contextmanager
def index_probes(tx: Transaction) -> Generator[None]:
    """Inside, statements are planned anew and prefer nested index look-ups, whatever the statistics say.

    A plan kept from when the tables were empty, or a hash join against a million rows to find five thousand,
    would make the cost of a batch grow with the base.
    """
    tx.execute_behind(
        "SELECT set_config(name, value, true) FROM (VALUES ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'),"
        " ('enable_mergejoin', 'off'), ('plan_cache_mode', 'force_custom_plan')) AS setting (name, value)"
    )
    yield
    tx.execute_behind(
        "SELECT set_config(name, value, true) FROM (VALUES ('enable_seqscan', 'on'), ('enable_hashjoin', 'on'),"
        " ('enable_mergejoin', 'on'), ('plan_cache_mode', 'auto')) AS setting (name, value)"
    )
