"""When a call is allowed, as spans of absolute time: pure.

The hours of each rule are laid on the clocks of each zone the person may be in; a call is allowed where all of
these overlap. What comes out is a list of spans in UTC for some days ahead, kept per day, so that to ask again
costs a search in a short list. Clocks that are put forward or back need no case of their own: every day's opening
and closing is worked out by itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from offhook.compliance.holiday_calendar import holidays_of
from offhook.compliance.model import CallingSettings, HoursRule

DAYS_AHEAD = 16
"""Further than any run of days on which no rule lets one call."""

Span = tuple[datetime, datetime]
Week = tuple[tuple[tuple[time, time], ...], ...]


@dataclass(frozen=True, slots=True)
class OwnHours:
    """How an organisation narrows the hours further."""

    opens: time | None
    closes: time | None
    days: frozenset[int]

    @classmethod
    def of(cls, settings: CallingSettings) -> "OwnHours":
        """Those of these settings."""
        return cls(settings.opens, settings.closes, settings.days)


NOT_NARROWED = OwnHours(None, None, frozenset(range(7)))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether hours are open at a moment, and when that changes (UTC); None: not within `DAYS_AHEAD`."""

    is_open: bool
    changes_at: datetime | None


def standing(zones: Sequence[str], rules: Sequence[HoursRule], own: OwnHours, at: datetime) -> Standing:
    """How it stands at a moment for somebody who may be in any of these zones, under all of these rules."""
    spans = _spans(tuple(zones), tuple(rules), own, at.astimezone(UTC).date())
    place = bisect_right(spans, at, key=lambda span: span[0])
    if place and at < spans[place - 1][1]:
        return Standing(True, spans[place - 1][1])
    return Standing(False, spans[place][0] if place < len(spans) else None)


def first_open(zones: Sequence[str], rules: Sequence[HoursRule], own: OwnHours, at: datetime) -> datetime | None:
    """The first moment from `at` on at which hours are open."""
    now = standing(zones, rules, own, at)
    return at if now.is_open else now.changes_at


@lru_cache(maxsize=4096)
def _spans(zones: tuple[str, ...], rules: tuple[HoursRule, ...], own: OwnHours, day: date) -> list[Span]:
    """All spans from the day before to `DAYS_AHEAD` after, in order; what touches is one span."""
    days = [day + timedelta(days=ahead) for ahead in range(-1, DAYS_AHEAD)]
    common: list[Span] | None = None
    for zone in zones:
        for rule in rules:
            laid = _laid(rule, zone, own, days)
            common = laid if common is None else _both(common, laid)
    return common or []


def _laid(rule: HoursRule, zone: str, own: OwnHours, days: Iterable[date]) -> list[Span]:
    """One rule's spans on the clocks of one zone."""
    clock = ZoneInfo(zone)
    return [
        (_moment(day, opens, clock), _moment(day, closes, clock))
        for day in days
        if day.weekday() in own.days and not (rule.holidays and day in holidays_of(rule.region, day.year))
        for opens, closes in _narrowed(rule.week[day.weekday()], own)
    ]


def _narrowed(spans: Iterable[tuple[time, time]], own: OwnHours) -> list[tuple[time, time]]:
    narrowed = [(max(opens, own.opens or opens), min(closes, own.closes or closes)) for opens, closes in spans]
    return [(opens, closes) for opens, closes in narrowed if opens < closes]


def _moment(day: date, clock_time: time, clock: ZoneInfo) -> datetime:
    return datetime.combine(day, clock_time, clock).astimezone(UTC)


def _both(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Where two lists of spans overlap."""
    overlaps = ((max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right if a[0] < b[1] and b[0] < a[1])
    return sorted(overlaps)
