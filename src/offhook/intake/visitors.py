"""Tells visitors from robots: a trap, a least time to fill a form in, and so many answers per address and time.

The page of a form carries a sealed stamp of when it was shown, so that an answer proves that somebody opened it.
How often an address may answer is counted in memory: a restart forgets it, and several servers count each for
itself.
"""

import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from offhook.kernel.errors import Invalid, TooManyRequests, Unavailable
from offhook.kernel.sealing import Seal

TRAP = "homepage_url"
"""A field that people do not see; whatever fills it in is a robot."""

STAMP = "shown"
CONSENT = "consent"
LEAST_SECONDS = 2
LONGEST_OPEN = timedelta(hours=24)
MOST_ANSWERS = 10
PER = timedelta(minutes=10)


def stamp(secret: str, form_id: str, now: datetime) -> str:
    """What a form's page carries to prove when it was shown."""
    return Seal(secret, "forms").close(f"{form_id} {now.isoformat()}")


def is_robot(answers: Mapping[str, str]) -> bool:
    """Whether the trap was filled in."""
    return bool(answers.get(TRAP))


def check_stamp(secret: str, form_id: str, shown: str, now: datetime) -> None:
    """Raise `Invalid` for an answer to a page that was never shown, too long ago, or just now."""
    try:
        stamped, _, moment = Seal(secret, "forms").open(shown).partition(" ")
        age = now - datetime.fromisoformat(moment)
    except (Unavailable, ValueError) as error:
        raise Invalid("This form was not opened here. Load the page again.") from error
    if stamped != form_id or age > LONGEST_OPEN:
        raise Invalid("This form was opened too long ago. Load the page again; your answers are not lost yet.")
    if age < timedelta(seconds=LEAST_SECONDS):
        raise Invalid("That was very fast. Please send it once more.")


class Limiter:
    """So many answers per key and time."""

    most_keys: ClassVar[int] = 100_000

    def __init__(self, most: int = MOST_ANSWERS, per: timedelta = PER) -> None:
        """Nobody has answered yet."""
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
                raise TooManyRequests(f"Too many answers from here. Please wait {minutes} minutes.")
            moments.append(now)

    def _forget(self, now: datetime) -> None:
        old = [key for key, moments in self._moments.items() if not moments or now - moments[-1] > self._per]
        for key in old:
            del self._moments[key]
