"""When an AE is free to meet a person, pure: working time less absences less meetings, cut into slots.

Slots begin on the half hour by the AE's clock (on the quarter for those shorter than half an hour), never overlap
what the AE has already, and end before the AE's working time does. Everything is reckoned in instants, so the days
on which clocks change come out right by themselves. Those that the person too would call office hours come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from offhook.identity import BusinessHours, free_spans, on_the_clock, working_spans

Span = tuple[datetime, datetime]
"""From an instant up to, not including, another."""

NOTICE = timedelta(minutes=15)
"""No slot begins sooner than this from now."""

PERSON_FROM, PERSON_UNTIL = time(8), time(18)
"""A person's office hours, on weekdays, by their own clock."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which an AE could meet the person."""

    starts_at: datetime
    ends_at: datetime
    is_in_person_hours: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of an AE's time: their team's working time, and what keeps them busy, in any order."""

    hours: BusinessHours
    busy: Sequence[Span]


def next_free(
    calendar: Calendar, start: datetime, end: datetime, length: timedelta, person: ZoneInfo, most: int
) -> list[Slot]:
    """Up to `most` slots between two instants, in order.

    Those at an odd hour for the person are offered only where there are too few others.
    """
    slots = [
        Slot(at, at + length, is_office_time(at, at + length, person))
        for at in _starts(calendar, start, end, length)
    ]
    fitting = [slot for slot in slots if slot.is_in_person_hours][:most]
    others = [slot for slot in slots if not slot.is_in_person_hours][: most - len(fitting)]
    return sorted([*fitting, *others], key=attrgetter("starts_at"))


def _starts(calendar: Calendar, start: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    step = timedelta(minutes=30 if length >= timedelta(minutes=30) else 15)
    zone = ZoneInfo(calendar.hours.time_zone)
    for begins, ends in free_spans(working_spans(calendar.hours, start, end), calendar.busy):
        at = on_the_clock(begins, zone, step)
        while at + length <= ends:
            yield at
            at = on_the_clock(at + step, zone, step)


def is_office_time(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether a meeting lies within a weekday's office hours of somebody in this zone."""
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    is_one_day = begins.date() == ends.date() and begins.weekday() < 5
    return is_one_day and begins.time() >= PERSON_FROM and ends.time() <= PERSON_UNTIL


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share an instant."""
    return one[0] < other[1] and other[0] < one[1]
