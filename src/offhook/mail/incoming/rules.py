"""When a mailbox that cannot be read is tried again, from when on a folder is read, which files are kept. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from offhook.mail.incoming.model import Found, Reading

WAITS: Sequence[timedelta] = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 60, 120, 300))
LAST_WAIT = timedelta(minutes=15)
LOGIN_WAITS: Sequence[timedelta] = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30))
LAST_LOGIN_WAIT = timedelta(hours=1)
"""Servers lock accounts at which wrong passwords are tried too often."""
QUIET = 1
"""So many failures in a row are a link that broke, which is told to nobody."""
MARGIN = timedelta(days=2)
"""For clocks that differ, and for time zones: RFC 3501's SINCE knows days only."""


LARGEST_FILES = 70 * 2**20
"""Bytes as sent of all files of a mail that are kept: encoded (RFC 2045, section 6.8), 50 MB are that."""


def kept_places(files: Sequence[Found]) -> list[int]:
    """The places of those files of a mail that are kept, in their order: what fits, and can be had."""
    places: list[int] = []
    left = LARGEST_FILES
    for place, file in enumerate(files):
        if file.source is not None and (file.size or 0) <= left:
            places.append(place)
            left -= file.size or 0
    return places


def wait_after(failures: int, *, is_login: bool) -> timedelta:
    """How long to wait after the so-manieth failure in a row."""
    waits, last = (LOGIN_WAITS, LAST_LOGIN_WAIT) if is_login else (WAITS, LAST_WAIT)
    return waits[failures - 1] if 0 < failures <= len(waits) else last


def failing(one: Reading, problem: str, now: datetime, *, is_login: bool) -> Reading:
    """The mailbox after it could not be read once more."""
    failures = one.failures + 1
    is_told = is_login or failures > QUIET
    return replace(
        one,
        failures=failures,
        retry_at=now + wait_after(failures, is_login=is_login),
        refusing_since=(one.refusing_since or now) if is_told else None,
        problem=problem if is_told else "",
    )


def reading_well(one: Reading, now: datetime) -> Reading:
    """The mailbox after its server let us in."""
    return replace(one, failures=0, retry_at=None, refusing_since=None, problem="", read_at=now)


def since_when(one: Reading) -> datetime:
    """From when on a folder whose UIDs mean something new is read: all that came since it was last looked into."""
    return max(one.since, one.read_at - MARGIN) if one.read_at else one.since
