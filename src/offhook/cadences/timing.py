"""When a step is due: pure, by the team's working time and the person's own clock.

Delays are counted in working time. A day is the person's calendar day, and a working one where the team works on
that weekday and has no holiday; so "two days after Friday" is Tuesday. Windows are laid on the person's clock each
day anew, so that clocks put forward or back need no case of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from offhook.cadences.model import DelayUnit, Plan, Step, Window
from offhook.identity import BusinessHours, add_business_minutes

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """By what time is counted: the team's working time, and the person's zone (one nobody knows is UTC)."""

    hours: BusinessHours
    zone: str


def due_after(step: Step, before: datetime, clockwork: Clockwork) -> datetime:
    """When a step is due whose predecessor was done at `before` (UTC); never earlier than that."""
    if step.delay.unit is DelayUnit.MINUTES:
        counted = add_business_minutes(clockwork.hours, before, step.delay.amount)
    else:
        counted = _days_later(before, step.delay.amount, step.window, clockwork)
    return suitable(step.window, counted, clockwork)


def suitable(window: Window | None, moment: datetime, clockwork: Clockwork) -> datetime:
    """The moment itself, or the next within the window, on a working day of the person's."""
    moment = moment.astimezone(UTC)
    if window is None:
        return moment
    zone = zone_of(clockwork.zone)
    for day in _working_days(moment.astimezone(zone).date(), clockwork.hours):
        opens = datetime.combine(day, window.opens, zone).astimezone(UTC)
        closes = datetime.combine(day, window.closes, zone).astimezone(UTC)
        if moment < closes or moment <= opens:
            return max(moment, opens)
    return moment


def _days_later(before: datetime, days: int, window: Window | None, clockwork: Clockwork) -> datetime:
    """So many working days later: at the same time of day, or when the window of that day opens if it is closed
    then. With no days it is the very moment.
    """
    if not days:
        return before
    zone = zone_of(clockwork.zone)
    local = before.astimezone(zone)
    following = _working_days(local.date() + DAY, clockwork.hours)
    day = next(one for number, one in enumerate(following, 1) if number == days)
    is_open = window is None or window.opens <= local.time() < window.closes
    clock_time = local.time() if is_open or window is None else window.opens
    return datetime.combine(day, clock_time, zone).astimezone(UTC)


def _working_days(first: date, hours: BusinessHours) -> Iterator[date]:
    """The days from this one on, on which the team works."""
    day = first
    while day < date.max:
        if hours.week[day.weekday()] and day not in hours.holidays:
            yield day
        day += DAY


def back_to_work(moment: datetime, step: Step, clockwork: Clockwork) -> datetime:
    """When a step may come due for somebody who is away until then: on a working day, within the window."""
    zone = zone_of(clockwork.zone)
    local = moment.astimezone(zone)
    day = next(_working_days(local.date(), clockwork.hours), local.date())
    start = moment if day == local.date() else datetime.combine(day, local.timetz()).astimezone(UTC)
    return suitable(step.window, start, clockwork)


def foreseen(plan: Plan, start: datetime, clockwork: Clockwork) -> list[datetime]:
    """When each step would be due if each is done as soon as it is due, and no branch is taken."""
    moments: list[datetime] = []
    for step in plan.steps:
        moments.append(due_after(step, moments[-1] if moments else start, clockwork))
    return moments


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
