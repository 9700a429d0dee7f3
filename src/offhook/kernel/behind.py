"""Writing behind: the statements of a batch run one after the other in a thread of their own, while it goes on.

PostgreSQL writes one table of a batch while Python makes the rows of the next. Nobody sees a difference: whatever
else is asked of the transaction waits for them first, and raises what the first of them raised. It takes a thread,
so it is for batches of thousands: until `start`, all is done at once, where it is begun.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Behind:
    """What one transaction has begun and not waited for."""

    def __init__(self) -> None:
        """Begin with nothing to wait for, and no thread."""
        self._worker: ThreadPoolExecutor | None = None
        self._begun: deque[Future[object]] = deque()

    def start(self) -> None:
        """From now on let what is begun run in a thread."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="offhook-behind")

    def begin(self, work: Callable[[], object]) -> None:
        """Do this, after all that was begun before."""
        if self._worker is None:
            work()
        else:
            self._begun.append(self._worker.submit(work))

    def settle(self) -> None:
        """Wait until all is done. Raises what the first to fail raised; the others are then not done."""
        while self._begun:
            self._begun.popleft().result()

    def end(self) -> None:
        """Give up what was not begun, wait for what was, and let the thread go."""
        self._begun.clear()
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)
            self._worker = None
