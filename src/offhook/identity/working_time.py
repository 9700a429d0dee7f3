"""Business-hours arithmetic: pure, exact across daylight-saving changes, weeks, holidays and skipped days.

An instant is working time when the wall clock of the hours' zone, at that instant, stands in one of the
weekday's intervals `[opens, closes)` and the day is no holiday. So an hour that the clock repeats in autumn
counts twice if it is working time, and one that it skips in spring does not exist. A day's intervals are
turned into spans of UTC first; everything after that adds and subtracts instants, which cannot go wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from offhook.kernel.errors import FieldError, Invalid

Span = tuple[datetime, datetime]
"""From an instant up to, not including, another; both UTC."""

Interval = tuple[time, time]
"""Opening and closing by the wall clock; a closing at 00:00 is the midnight that ends the day."""

_INSTANT = timedelta(microseconds=1)
_CALENDAR_MINUTES = (date.max - date.min) / timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a team works: per weekday (Monday first) the intervals, in an IANA zone, save on holidays.

    Raises `Invalid` for what is no week of at least one working minute.
    """

    time_zone: str
    week: tuple[tuple[Interval, ...], ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a week that has not seven days, no working time, or intervals out of order."""
        if len(self.week) != len(_DAYS):
            raise _invalid(f"needs seven lists, Monday first; there are {len(self.week)}")
        if not any(self.week):
            raise _invalid("has no working time at all; give at least one interval")
        for name, intervals in zip(_DAYS, self.week, strict=True):
            _check_day(name, intervals)


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _invalid(reason: str) -> Invalid:
    return Invalid(f"The week of business hours {reason}.", fields=[FieldError("week", reason)])


def _check_day(name: str, intervals: tuple[Interval, ...]) -> None:
    for opens, closes in intervals:
        if opens.tzinfo or closes.tzinfo:
            raise _invalid(f"holds wall-clock times; those of {name} carry a zone")
        if closes != time.min and closes <= opens:
            raise _invalid(f"closes on {name} at {closes:%H:%M}, before it opens at {opens:%H:%M}")
    for (_, closes), (opens, _) in pairwise(intervals):
        if closes == time.min or opens < closes:
            raise _invalid(f"has overlapping intervals on {name}; put them in order")


def weekdays(time_zone: str, opens: time = time(9), closes: time = time(17, 30)) -> BusinessHours:
    """Monday to Friday, the same hours each day: what an organisation begins with."""
    return BusinessHours(time_zone, (((opens, closes),),) * 5 + ((),) * 2)


def add_business_minutes(hours: BusinessHours, start: datetime, minutes: float) -> datetime:
    """The instant (UTC) at which `minutes` of working time have passed since `start`.

    With 0 it is `start` itself, in or out of hours. A deadline that falls on closing time is that closing
    time, not the next opening. Raises `Invalid` for negative minutes, or beyond the year 9999.
    """
    if not 0 <= minutes < _CALENDAR_MINUTES:
        raise Invalid(f"Business minutes are counted forward and within the calendar; {minutes} are not.")
    start = start.astimezone(UTC)
    left = timedelta(minutes=minutes)
    if not left:
        return start
    for opens, closes in _spans_from(hours, start):
        available = closes - opens
        if available >= left:
            return opens + left
        left -= available
    raise Invalid(f"{minutes} business minutes after {start:%Y-%m-%d} lie beyond the calendar.")


def business_minutes(hours: BusinessHours, start: datetime, end: datetime) -> float:
    """How many minutes of working time lie between two instants; 0 when `end` is not after `start`."""
    end = end.astimezone(UTC)
    passed = timedelta()
    for opens, closes in _spans_from(hours, start.astimezone(UTC)):
        if opens >= end:
            break
        passed += min(closes, end) - opens
    return passed / timedelta(minutes=1)


def is_business_time(hours: BusinessHours, at: datetime) -> bool:
    """Whether the instant is working time."""
    at = at.astimezone(UTC)
    return any(opens <= at < closes for opens, closes in _day_spans(hours, _local_day(hours, at)))


def working_spans(hours: BusinessHours, start: datetime, end: datetime) -> Iterator[Span]:
    """The spans of working time between two instants, in order, the first and the last cut to them."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    for opens, closes in _spans_from(hours, start):
        if opens >= end:
            return
        yield opens, min(closes, end)


def _local_day(hours: BusinessHours, at: datetime) -> date:
    return at.astimezone(_zone(hours.time_zone)).date()


def _spans_from(hours: BusinessHours, start: datetime) -> Iterator[Span]:
    """The spans of working time from `start` on, the first one cut to it."""
    day = _local_day(hours, start)
    while day < date.max:
        for opens, closes in _day_spans(hours, day):
            if closes > start:
                yield max(opens, start), closes
        day += timedelta(days=1)


@lru_cache(maxsize=8192)
def _day_spans(hours: BusinessHours, day: date) -> tuple[Span, ...]:
    """The working time of one local day as spans of UTC, in order."""
    if day in hours.holidays:
        return ()
    zone = _zone(hours.time_zone)
    return tuple(
        span for opens, closes in hours.week[day.weekday()] for span in _interval_spans(zone, day, opens, closes)
    )


def _interval_spans(zone: ZoneInfo, day: date, opens: time, closes: time) -> list[Span]:
    """One interval in UTC: one span on most days, cut or doubled where the clock is changed inside it."""
    first = datetime.combine(day, opens)  # wall-clock time; offsets are applied one by one
    last_day = day + timedelta(days=1) if closes == time.min else day
    last = datetime.combine(last_day, closes)  # likewise
    before = _offset(zone, first, fold=0)
    after = _offset(zone, last - _INSTANT, fold=1)
    if before == after:
        return [_utc_span(first, last, before)]
    change = _change_between(zone, _utc(first, max(before, after)), _utc(last, min(before, after)), after)
    earlier = _utc_span(first, last, before)
    later = _utc_span(first, last, after)
    spans = [(earlier[0], min(earlier[1], change)), (max(later[0], change), later[1])]
    return [(begins, ends) for begins, ends in spans if begins < ends]


def _offset(zone: ZoneInfo, wall: datetime, fold: int) -> timedelta:
    return wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()


def _utc(wall: datetime, offset: timedelta) -> datetime:
    return (wall - offset).replace(tzinfo=UTC)


def _utc_span(first: datetime, last: datetime, offset: timedelta) -> Span:
    return _utc(first, offset), _utc(last, offset)


def _change_between(zone: ZoneInfo, low: datetime, high: datetime, after: timedelta) -> datetime:
    """The first instant in `(low, high]` with the offset `after`, found by halving; offsets change on seconds."""
    seconds_low, seconds_high = 0, int((high - low).total_seconds())
    while seconds_low < seconds_high:
        middle = (seconds_low + seconds_high) // 2
        if (low + timedelta(seconds=middle)).astimezone(zone).utcoffset() == after:
            seconds_high = middle
        else:
            seconds_low = middle + 1
    return low + timedelta(seconds=seconds_high)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(
            f"There is no time zone '{name}'. Use an IANA name such as Europe/Berlin.",
            fields=[FieldError("time_zone", "not an IANA time zone", name)],
        ) from error


def check_time_zone(name: str) -> str:
    """The name itself if there is such an IANA zone. Raises `Invalid` otherwise."""
    _zone(name)
    return name
