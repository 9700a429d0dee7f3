"""How often somebody may try, counted in memory: a restart forgets it, and several servers count each for itself.

A first line against floods, at the doors that anybody may knock at; what must not be forgotten is kept in tables.
"""

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import ClassVar

from offhook.kernel.errors import TooManyRequests


class Limiter:
    """So many requests per key and time."""

    most_keys: ClassVar[int] = 100_000

    def __init__(self, most: int, per: timedelta) -> None:
        """Nobody has come yet."""
        self._most = most
        self._per = per
        self._moments: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def check(self, key: str, now: datetime) -> None:
        """Count one more. Raises `TooManyRequests` when there are too many already."""
        with self._lock:
            if len(self._moments) >= self.most_keys:
                self._forget(now)
            moments = self._moments.setdefault(key, deque())
            while moments and now - moments[0] > self._per:
                moments.popleft()
            if len(moments) >= self._most:
                minutes = int(self._per.total_seconds() // 60)
                raise TooManyRequests(f"Too many attempts from here. Please wait {minutes} minutes.")
            moments.append(now)

    def _forget(self, now: datetime) -> None:
        old = [key for key, moments in self._moments.items() if not moments or now - moments[-1] > self._per]
        for key in old:
            del self._moments[key]
