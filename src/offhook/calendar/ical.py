"""The one way to the iCalendar library (RFC 5545): what of it we use to read and to write, with types. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, cast
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vCalAddress


class Value(Protocol):
    """One property of a component; its text is `str(value)`."""

    @property
    def params(self) -> Mapping[str, object]:
        """Its parameters."""
        ...


class Part(Protocol):
    """A component: a calendar, an entry, an alarm."""

    subcomponents: list["Part"]

    def walk(self, name: str) -> list["Part"]:
        """All components of this kind within."""
        ...

    def get(self, name: str, default: object = None) -> object:
        """A property, or a list of those that stand several times."""
        ...


class Writing(Protocol):
    """A component that is being written."""

    def add(self, name: str, value: object) -> None:
        """Give it a property."""
        ...

    def add_component(self, component: object) -> None:
        """Put another into it."""
        ...

    def to_ical(self) -> bytes:
        """The text: lines of at most 75 octets, ended by CR LF (RFC 5545, section 3.1)."""
        ...


def new_calendar() -> Writing:
    """A calendar to be written."""
    return cast("Writing", Calendar())


def new_event() -> Writing:
    """An entry to be written."""
    return cast("Writing", Event())


def party(address: str, parameters: Mapping[str, str]) -> object:
    """Somebody at a meeting, with parameters: the value of ORGANIZER and ATTENDEE."""
    value = vCalAddress(f"mailto:{address}")
    for key, told in parameters.items():
        value.params[key] = told
    return value


class Unreadable(Exception):
    """Text that is no iCalendar: why."""


def parsed(data: bytes) -> list[Part]:
    """The calendars in a text. Raises `Unreadable`."""
    try:
        return cast("list[Part]", Calendar.from_ical(data, multiple=True))
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise Unreadable(" ".join(str(error).split())[:200]) from error


def unrolled(calendar: Part, start: datetime, end: datetime) -> Sequence[Part]:
    """The entries that touch a span of time, each recurrence one; a series that is broken is left out."""
    query = recurring_ical_events.of(calendar, skip_bad_series=True)  # pyright: ignore[reportArgumentType] # as parsed
    return cast("Sequence[Part]", query.between(start, end))


def text_of(part: Part, name: str) -> str:
    """A property as text; empty without it."""
    return str(part.get(name, "") or "")


def values_of(part: Part, name: str) -> list[Value]:
    """A property that may stand several times."""
    told = part.get(name, [])
    return cast("list[Value]", told if isinstance(told, list) else [told])


def parameter(value: Value, name: str) -> str:
    """A parameter of a property in capitals; empty without it."""
    return str(value.params.get(name, "")).upper()


def worth(value: object) -> object:
    """What a date, time, duration or period is in Python."""
    return getattr(value, "dt", None)


def span_of(part: Part, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From when until when an entry is (RFC 5545, section 3.6.1); None for one that does not say.

    Times without a zone, and days, are meant by `zone`.
    """
    begins = worth(part.get("DTSTART"))
    if not isinstance(begins, date):
        return None
    ends, lasts = worth(part.get("DTEND")), worth(part.get("DURATION"))
    if isinstance(ends, date):
        return instant(begins, zone), instant(ends, zone)
    if isinstance(lasts, timedelta):
        return instant(begins, zone), instant(begins, zone) + lasts
    is_day = not isinstance(begins, datetime)
    return instant(begins, zone), instant(begins + timedelta(days=1) if is_day else begins, zone)


def instant(told: date, zone: ZoneInfo) -> datetime:
    """A date or time as an instant, UTC."""
    at = told if isinstance(told, datetime) else datetime.combine(told, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
