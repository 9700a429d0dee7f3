"""When somebody can be met, pure: working time less what keeps them busy, cut into slots.

A slot begins on a multiple of the step by the host's clock, with the buffers around it free as well. It lies in
the working time of the host (holidays are none of it), not sooner than the notice, not farther than the horizon,
and on a day, by the host's clock, on which the limit of meetings is not reached. All is reckoned in instants, so
the days on which clocks change come out right by themselves.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook.identity import BusinessHours, Span, free_spans, on_the_clock, working_spans


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How a slot may lie. `daily_limit`: the most meetings of one host on one day; None: any number."""

    length: timedelta
    step: timedelta
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    notice: timedelta = timedelta()
    horizon: timedelta = timedelta(days=30)
    daily_limit: int | None = None


@dataclass(frozen=True, slots=True)
class HostTime:
    """What is known of a host's time: working hours, what keeps them busy, and when meetings booked begin.

    `busy` holds absences, calendars and meetings, in any order; `booked` are those that count for the daily limit.
    """

    hours: BusinessHours
    busy: Sequence[Span]
    booked: Sequence[datetime] = ()


def free_slots(host: HostTime, rules: SlotRules, now: datetime, start: datetime, end: datetime) -> list[datetime]:
    """When slots begin, in order; all of each lies between `start` and `end`."""
    earliest, latest = max(start, now + rules.notice), min(end, now + rules.horizon)
    if earliest >= latest:
        return []
    zone = ZoneInfo(host.hours.time_zone)
    full = _full_days(host.booked, rules.daily_limit, zone)
    return [at for at in _starts(host, rules, earliest, latest, zone) if at.astimezone(zone).date() not in full]


def is_free(host: HostTime, rules: SlotRules, now: datetime, at: datetime) -> bool:
    """Whether a slot begins exactly then."""
    return at in free_slots(host, rules, now, at, at + rules.length)


def pool_slots(
    hosts: Mapping[UUID, HostTime], rules: SlotRules, now: datetime, start: datetime, end: datetime
) -> dict[datetime, list[UUID]]:
    """When slots of any host of a pool begin, in order, each with the hosts who are free then."""
    found: dict[datetime, list[UUID]] = {}
    for user_id in sorted(hosts):
        for at in free_slots(hosts[user_id], rules, now, start, end):
            found.setdefault(at, []).append(user_id)
    return dict(sorted(found.items()))


def _full_days(booked: Sequence[datetime], limit: int | None, zone: ZoneInfo) -> frozenset[object]:
    if limit is None:
        return frozenset()
    days = Counter(at.astimezone(zone).date() for at in booked)
    return frozenset(day for day, count in days.items() if count >= limit)


def _starts(
    host: HostTime, rules: SlotRules, earliest: datetime, latest: datetime, zone: ZoneInfo
) -> Iterator[datetime]:
    """A slot keeps `before` and `after` free, so to it everything else is longer by these, the other way round."""
    taken = [(begins - rules.after, ends + rules.before) for begins, ends in host.busy]
    for begins, ends in free_spans(working_spans(host.hours, earliest, latest), taken):
        at = on_the_clock(begins, zone, rules.step)
        while at + rules.length <= ends:
            yield at
            at = on_the_clock(at + rules.step, zone, rules.step)
