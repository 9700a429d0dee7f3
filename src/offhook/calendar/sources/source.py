"""What every kind of calendar can do for us, and what may go wrong, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Trouble(Exception):
    """A calendar could not be used: a sentence that names where, and what to do if that is known."""


class Changed(Exception):
    """An entry was changed elsewhere since it was read: read it again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One iCalendar object of a calendar, and the tag that changes with it; feeds have one without a tag."""

    data: bytes
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar holds in a span of time; `mark` is given again the next time, to learn of changes."""

    entries: Sequence[Entry]
    mark: str


class CalendarSource(Protocol):
    """A calendar that can be read. Every method raises `Trouble`."""

    def read(self, start: datetime, end: datetime, mark: str) -> Reading | None:
        """What it holds between two instants; None when nothing changed since it gave that mark."""
        ...


class WritableSource(CalendarSource, Protocol):
    """A calendar that meetings can be written to, each an entry of its own named by its UID."""

    def find(self, uid: str) -> Entry | None:
        """The entry; None when there is none."""
        ...

    def put(self, uid: str, data: bytes, etag: str) -> str:
        """Write the entry over the one with that tag, or anew without one; its tag now. Raises `Changed`."""
        ...

    def remove(self, uid: str) -> None:
        """Remove the entry; nothing to do when there is none."""
        ...
