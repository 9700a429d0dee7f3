"""Working time, against a slow oracle that walks the wall clock minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from offhook.identity import (
    BusinessHours,
    add_business_minutes,
    business_minutes,
    is_business_time,
    weekdays,
)
from offhook.kernel.errors import Invalid

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",  # +05:45
    "Asia/Beirut",  # changes at midnight, back into the day before
    "America/Havana",  # changes at midnight, skipping it
    "Atlantic/Azores",
    "Africa/Casablanca",  # its summer time pauses for Ramadan
]
CHANGES = [
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 4, 5, tzinfo=UTC),
    datetime(2026, 10, 4, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
]
BERLIN = weekdays("Europe/Berlin")


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    """Up to three intervals of a day, in order; sometimes until midnight."""
    marks = sorted(draw(st.sets(st.integers(0, 24 * 12), max_size=6)))
    marks = marks[: len(marks) // 2 * 2]
    walls = [time(mark * 5 // 60 % 24, mark * 5 % 60) for mark in marks]
    return tuple(zip(walls[::2], walls[1::2], strict=True))


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    """Any hours, in any of the zones that have surprised programmers."""
    week = tuple(draw(days()) for _ in range(7))
    assume(any(week))
    holidays = draw(st.frozensets(st.dates(date(2026, 3, 1), date(2026, 11, 5)), max_size=3))
    return BusinessHours(draw(st.sampled_from(ZONES)), week, holidays)


moments = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-2880, 2880),
)


def is_open(hours: BusinessHours, at: datetime) -> bool:
    """The definition, read off the wall clock."""
    wall = at.astimezone(ZoneInfo(hours.time_zone))
    if wall.date() in hours.holidays:
        return False
    return any(
        opens <= wall.time() and (closes == time.min or wall.time() < closes)
        for opens, closes in hours.week[wall.weekday()]
    )


def walked(hours: BusinessHours, start: datetime, end: datetime) -> int:
    """How many minutes from start to end are open."""
    span = int((end - start) / timedelta(minutes=1))
    return sum(is_open(hours, start + timedelta(minutes=minute)) for minute in range(span))


@given(business_hours(), moments, st.integers(0, 2000))
@settings(max_examples=150, deadline=None)
def test_working_minutes_are_those_at_which_the_wall_clock_is_in_hours(
    hours: BusinessHours, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    assert business_minutes(hours, start, end) == walked(hours, start, end)


@given(business_hours(), moments)
@settings(max_examples=200, deadline=None)
def test_a_moment_is_business_time_when_the_wall_clock_says_so(hours: BusinessHours, at: datetime) -> None:
    assert is_business_time(hours, at) == is_open(hours, at)


@given(business_hours(), moments, st.integers(1, 5000))
@settings(max_examples=200, deadline=None)
def test_adding_and_measuring_are_each_others_opposite(
    hours: BusinessHours, start: datetime, minutes: int
) -> None:
    due = add_business_minutes(hours, start, minutes)
    assert business_minutes(hours, start, due) == minutes
    assert business_minutes(hours, start, due - timedelta(minutes=1)) == minutes - 1, "the last minute is worked"


@given(business_hours(), moments, st.integers(0, 3000), st.integers(0, 3000))
@settings(max_examples=200, deadline=None)
def test_time_adds_up(hours: BusinessHours, start: datetime, first: int, second: int) -> None:
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    parts = business_minutes(hours, start, middle) + business_minutes(hours, middle, end)
    assert parts == pytest.approx(business_minutes(hours, start, end))


def test_friday_evening_waits_for_monday_morning() -> None:
    friday = datetime(2026, 3, 6, 16, 15, tzinfo=UTC)  # 17:15 in Berlin
    assert add_business_minutes(BERLIN, friday, 30) == datetime(2026, 3, 9, 8, 15, tzinfo=UTC)


def test_a_deadline_on_closing_time_is_not_pushed_to_the_next_opening() -> None:
    friday = datetime(2026, 3, 6, 16, 15, tzinfo=UTC)
    assert add_business_minutes(BERLIN, friday, 15) == datetime(2026, 3, 6, 16, 30, tzinfo=UTC)


def test_a_holiday_is_skipped() -> None:
    hours = BusinessHours(BERLIN.time_zone, BERLIN.week, frozenset({date(2026, 3, 9)}))
    friday = datetime(2026, 3, 6, 16, 15, tzinfo=UTC)
    assert add_business_minutes(hours, friday, 30) == datetime(2026, 3, 10, 8, 15, tzinfo=UTC)


def test_the_hour_that_spring_skips_is_not_worked_and_the_one_autumn_repeats_counts_twice() -> None:
    nights = BusinessHours("Europe/Berlin", (((time(2), time(4)),),) * 7)
    spring, autumn = datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)
    assert business_minutes(nights, spring, spring + timedelta(hours=12)) == 60
    assert business_minutes(nights, autumn, autumn + timedelta(hours=12)) == 180


def test_a_day_that_never_was_has_no_working_time() -> None:
    """Samoa had no 30 December 2011."""
    always = BusinessHours("Pacific/Apia", (((time(0), time(0)),),) * 7)
    start = datetime(2011, 12, 29, 10, tzinfo=UTC)
    assert business_minutes(always, start, start + timedelta(days=2)) == 2 * 24 * 60


def test_an_end_before_the_start_is_no_time() -> None:
    monday = datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert business_minutes(BERLIN, monday, monday - timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        ((((time(9), time(17)),),) * 6, "seven"),
        (((),) * 7, "no working time"),
        ((((time(17), time(9)),),) * 7, "before it opens"),
        ((((time(9), time(12)), (time(11), time(17))),) * 7, "overlapping"),
        ((((time(9), time(0)), (time(11), time(17))),) * 7, "overlapping"),
    ],
)
def test_a_week_that_is_none_is_refused(week: tuple[tuple[tuple[time, time], ...], ...], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        BusinessHours("UTC", week)


def test_an_unknown_zone_negative_minutes_and_endless_deadlines_are_refused() -> None:
    monday = datetime(2026, 3, 9, 10, tzinfo=UTC)
    with pytest.raises(Invalid, match="time zone"):
        business_minutes(weekdays("Mars/Olympus"), monday, monday)
    with pytest.raises(Invalid):
        add_business_minutes(BERLIN, monday, -1)
    with pytest.raises(Invalid):
        add_business_minutes(BERLIN, monday, 1e12)
