"""Room for batches of thousands of rows: while one is worked on, Python does not look for garbage in cycles.

Each row makes dozens of objects that all live until the batch is written. The collector would walk over them again
and again, for half of the whole time, and find nothing: rows hold no cycles.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


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
