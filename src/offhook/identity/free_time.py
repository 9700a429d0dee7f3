"""What is left of working time without what keeps somebody busy, and times that stand well on a clock. Pure.

Everything is reckoned in instants, so the days on which clocks change come out right by themselves.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from offhook.identity.working_time import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def free_spans(working: Iterable[Span], busy: Sequence[Span]) -> Iterator[Span]:
    """What is left of working time without what keeps somebody busy, in order."""
    in_order = sorted(busy)
    for opens, closes in working:
        free_from = opens
        for taken_from, taken_until in in_order:
            if taken_from >= closes:
                break
            if taken_from > free_from:
                yield free_from, taken_from
            free_from = max(free_from, taken_until)
        if free_from < closes:
            yield free_from, closes


def on_the_clock(at: datetime, zone: ZoneInfo, step: timedelta) -> datetime:
    """The first instant from `at` on at which the zone's wall clock stands on a multiple of `step`; UTC."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    beyond = (at - _EPOCH + offset) % step
    return (at + (step - beyond if beyond else timedelta())).astimezone(UTC)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as it takes, in order; empty ones are left out."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if ends <= begins:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found
