"""A calendar as a feed: iCalendar text at an address, as calendars elsewhere publish it. It is read alone."""

import hashlib
from datetime import datetime

from offhook.calendar.sources.fetching import Fetcher, told_of
from offhook.calendar.sources.source import Entry, Reading, Trouble


class Feed:
    """The feed at an address."""

    def __init__(self, fetcher: Fetcher, address: str) -> None:
        """Ask for nothing yet."""
        self._fetcher = fetcher
        self._address = address

    def read(self, start: datetime, end: datetime, mark: str) -> Reading | None:
        """All of it: a feed cannot be asked for a span of time. Raises `Trouble`."""
        headers = {"accept": "text/calendar"}
        if mark.startswith(("W/", '"')):
            headers["if-none-match"] = mark
        answer = self._fetcher.ask("GET", self._address, headers)
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise Trouble(f"{told_of(answer.url)} answers {answer.status} instead of the feed.")
        if b"BEGIN:VCALENDAR" not in answer.body.upper():
            raise Trouble(f"{told_of(answer.url)} answers something that is no calendar (iCalendar).")
        new = answer.headers.get("etag") or hashlib.sha256(answer.body).hexdigest()
        return None if new == mark else Reading([Entry(answer.body)], new)
