"""How long sessions last and how long whoever failed must wait. Pure: times are arguments.

The longest session and the idle limit follow OWASP's Session Management Cheat Sheet, stretched so that somebody
who leaves on Friday evening is still signed in on Monday morning; the waits follow NIST SP 800-63B, 5.2.2 (no more
than 100 failures in a row; growing waits rather than locking people out).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

LONGEST = timedelta(days=30)
IDLE = timedelta(days=3)
FACTOR_TIME = timedelta(minutes=10)
"""To show the second factor once the password was right."""
SEEN_GRAIN = timedelta(minutes=5)
"""How exactly it is kept when a session was last seen."""

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=24)
"""Failures that are older do not count."""


def is_over(seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Whether a session has ended by time."""
    return now >= expires_at or now - seen_at >= IDLE


def may_try_at(failures: Sequence[datetime]) -> datetime | None:
    """When somebody with these failures (any order) may try again; None: at once.

    Five are free; from then on the wait after the last one doubles with each, up to `LONGEST_WAIT`.
    """
    beyond = len(failures) - FREE_FAILURES
    if beyond < 0:
        return None
    doublings = min(beyond, 16)
    return max(failures) + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
