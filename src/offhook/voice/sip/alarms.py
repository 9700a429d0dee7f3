"""Deadlines, earliest first: what the machines of this package call timers.

Time is a number of seconds of a monotonic clock, always handed in. A deadline belongs to an owner and has a name;
setting it again moves it. Moved and cleared ones stay in the heap until their time comes and are then passed over,
which is cheaper than to search for them.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count


@dataclass(eq=False)
class Owner:
    """Whatever has deadlines: a transaction, a leg, a trunk."""

    deadlines: dict[str, float] = field(default_factory=dict[str, float], init=False, repr=False)


class Alarms:
    """All deadlines of one endpoint."""

    def __init__(self) -> None:
        """None yet."""
        self._heap: list[tuple[float, int, Owner, str]] = []
        self._numbers = count()

    def set(self, owner: Owner, name: str, at: float) -> None:
        """Ring at that time, and not at the one set before."""
        owner.deadlines[name] = at
        heapq.heappush(self._heap, (at, next(self._numbers), owner, name))

    def due(self, now: float) -> Iterator[tuple[Owner, str]]:
        """Take what is due, one by one; more may become due meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            at, _, owner, name = heapq.heappop(self._heap)
            if owner.deadlines.get(name) == at:
                del owner.deadlines[name]
                yield owner, name

    @property
    def next_wake(self) -> float | None:
        """When the next one rings; None: never."""
        while self._heap:
            at, _, owner, name = self._heap[0]
            if owner.deadlines.get(name) == at:
                return at
            heapq.heappop(self._heap)
        return None
