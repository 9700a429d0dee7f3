"""Sums over spans of days, pure: which there are, what each holds, and which few make up the days of a question.

A span is 1, 4, 16, 64 or 256 days long and begins at a multiple of its length since 1970-01-01. So each day lies
in one span of each length, and any run of days is made up of a handful: seven for a month, a dozen for a year,
whatever was done in them (a segment tree with four branches; de Berg et al., Computational Geometry, 10.3).

Spans are kept of each rep (with the team), of each campaign, and of all. They hold all counters side by side, as
KPIs ask for them: plain ones in `counts`, distributions in `spreads`, and summed by block of buckets in `blocks`,
at the fixed places of `PLAIN` and `SPREAD`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from offhook.goals.buckets import BLOCK, BLOCKS, BUCKETS
from offhook.goals.model import DISTRIBUTIONS, NIL, Counter, Key

LENGTHS = (1, 4, 16, 64, 256)
EPOCH = date(1970, 1, 1).toordinal()

PLAIN = tuple(counter for counter in Counter if counter not in DISTRIBUTIONS)
SPREAD = tuple(counter for counter in Counter if counter in DISTRIBUTIONS)
"""Counters by their place, in the order of `Counter`: stored, so new ones are added at the end of their kind."""

_PLACE = {counter: place for place, counter in enumerate(PLAIN)} | {
    counter: nth * len(BUCKETS) for nth, counter in enumerate(SPREAD)
}
_BUCKET_PLACE = {value: place for place, value in enumerate(BUCKETS)}


class Of(StrEnum):
    """Whose sums: one rep's in one team, one campaign's, or everybody's."""

    REP = "rep"
    CAMPAIGN = "campaign"
    ALL = "all"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The place of one row of sums; ids that do not tell whose they are are nil."""

    of: Of
    days: int
    first_day: date
    team_id: UUID = NIL
    user_id: UUID = NIL
    campaign_id: UUID = NIL


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a span holds; places beyond the end are 0."""

    counts: tuple[int, ...] = ()
    spreads: tuple[int, ...] = ()

    @property
    def blocks(self) -> tuple[int, ...]:
        """The buckets of `spreads` summed by block."""
        found = [0] * (len(SPREAD) * BLOCKS)
        for place, count in enumerate(self.spreads):
            nth, bucket = divmod(place, len(BUCKETS))
            found[nth * BLOCKS + bucket // BLOCK] += count
        return tuple(found) if self.spreads else ()

    def named(self) -> Iterator[tuple[Counter, int, int]]:
        """Counter, bucket and count of all that is not 0."""
        for counter, count in zip(PLAIN, self.counts, strict=False):
            if count:
                yield counter, 0, count
        for place, count in enumerate(self.spreads):
            if count:
                nth, bucket = divmod(place, len(BUCKETS))
                yield SPREAD[nth], BUCKETS[bucket], count


@dataclass(frozen=True, slots=True)
class _Places:
    """What a span holds while it is added up: count by place."""

    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    spreads: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def sums_of_spans(counts: Mapping[Key, int], kinds: Sequence[Of] = tuple(Of)) -> dict[Span, Amounts]:
    """What these counts come to in every span that their days lie in; spans that come to nothing are left out."""
    sums: dict[Span, _Places] = defaultdict(_Places)
    spans: dict[tuple[object, ...], list[_Places]] = {}
    for key, count in counts.items():
        whose = (key.day, key.team_id, key.user_id, key.campaign_id)
        if whose not in spans:
            spans[whose] = [sums[span] for span in spans_with(key, kinds)]
        place = _PLACE[key.counter]
        if key.counter in DISTRIBUTIONS:
            place += _BUCKET_PLACE[key.bucket]
            for span in spans[whose]:
                span.spreads[place] += count
        else:
            for span in spans[whose]:
                span.counts[place] += count
    found = {span: Amounts(_dense(places.counts), _dense(places.spreads)) for span, places in sums.items()}
    return {span: amounts for span, amounts in found.items() if amounts != Amounts()}


def _dense(places: Mapping[int, int]) -> tuple[int, ...]:
    filled = [place for place, count in places.items() if count]
    return tuple(places.get(place, 0) for place in range(max(filled) + 1)) if filled else ()


def place_of(counter: Counter) -> int:
    """Where a plain counter stands in `counts`, or a distribution begins in `spreads`; from 0."""
    return _PLACE[counter]


def spans_with(key: Key, kinds: Sequence[Of] = tuple(Of)) -> Iterator[Span]:
    """The spans that a count is part of."""
    day = key.day.toordinal() - EPOCH
    for days in LENGTHS:
        first_day = date.fromordinal(EPOCH + day // days * days)
        if Of.REP in kinds:
            yield Span(Of.REP, days, first_day, key.team_id, key.user_id)
        if Of.CAMPAIGN in kinds:
            yield Span(Of.CAMPAIGN, days, first_day, campaign_id=key.campaign_id)
        if Of.ALL in kinds:
            yield Span(Of.ALL, days, first_day)


def covering(first_day: date, last_day: date) -> list[tuple[int, date]]:
    """Length and first day of the fewest spans that make up these days, in order."""
    found: list[tuple[int, date]] = []
    day = first_day
    while day <= last_day:
        days = _longest(day, (last_day - day).days + 1)
        found.append((days, day))
        day += timedelta(days=days)
    return found


def _longest(day: date, left: int) -> int:
    """The longest span that begins on this day and does not reach beyond the days left."""
    since = day.toordinal() - EPOCH
    return next(days for days in reversed(LENGTHS) if days <= left and since % days == 0)
