"""Spans and buckets: any days are made up of few spans, and values are kept near what they were."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from offhook.goals.buckets import (
    BLOCK,
    BLOCKS,
    BUCKETS,
    EXACT,
    LONGEST,
    around_median,
    blocks_of_median,
    bucket_of,
)
from offhook.goals.kpis import median
from offhook.goals.model import Counter, Key
from offhook.goals.spans import LENGTHS, PLAIN, SPREAD, Of, covering, sums_of_spans

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(first=DAYS, length=st.integers(0, 1100))
def test_spans_make_up_the_days_without_gap_or_overlap(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    day = first
    for days, first_day in covering(first, last):
        assert first_day == day
        assert days in LENGTHS
        day += timedelta(days=days)
    assert day == last + timedelta(days=1)


@given(first=DAYS)
def test_a_month_takes_few_spans_and_a_year_hardly_more(first: date) -> None:
    assert len(covering(first, first + timedelta(days=29))) <= 12
    assert len(covering(first, first + timedelta(days=364))) <= 20


def test_no_days_take_no_spans() -> None:
    assert covering(date(2026, 3, 2), date(2026, 3, 1)) == []


@given(first=DAYS, length=st.integers(0, 400), inside=st.integers(0, 400))
def test_a_count_is_found_once_in_the_spans_of_any_days_around_it(first: date, length: int, inside: int) -> None:
    day = first + timedelta(days=min(inside, length))
    sums = sums_of_spans({Key(Counter.MINUTES_TO_ATTEMPT, day, bucket=BUCKETS[90]): 3})
    chosen = set(covering(first, first + timedelta(days=length)))
    for of in Of:
        met = [
            amounts for span, amounts in sums.items() if span.of is of and (span.days, span.first_day) in chosen
        ]
        assert [list(amounts.named()) for amounts in met] == [[(Counter.MINUTES_TO_ATTEMPT, BUCKETS[90], 3)]]


def test_the_places_of_stored_counts_stay() -> None:
    """What is stored stands at these places: new counters come last."""
    assert PLAIN[:3] == (Counter.RESPONSES, Counter.MQLS, Counter.OUTBOUND_LEADS)
    assert PLAIN.index(Counter.SALS) == 16
    assert PLAIN.index(Counter.AE_SQLS) == 31
    assert SPREAD[:2] == (Counter.MINUTES_TO_ATTEMPT, Counter.BUSINESS_MINUTES_TO_ATTEMPT)
    assert SPREAD[2:] == (Counter.ATTEMPTS_TO_CONTACT,)
    assert len(BUCKETS) == 156 == BLOCK * BLOCKS
    assert BUCKETS[100] == 1404


@given(st.floats(0, LONGEST))
def test_a_value_is_kept_to_four_per_cent_and_small_ones_to_the_unit(value: float) -> None:
    kept = bucket_of(value)
    assert abs(kept - value) <= max(0.5, 0.042 * value)
    assert bucket_of(kept) == kept


@given(st.integers(0, EXACT))
def test_up_to_an_hour_whole_minutes_are_kept_exactly(minutes: int) -> None:
    assert bucket_of(minutes) == minutes


def test_what_lies_beyond_the_ends_is_kept_as_the_ends() -> None:
    assert bucket_of(-3) == 0
    assert bucket_of(10**9) == LONGEST


@given(st.dictionaries(st.integers(0, len(BUCKETS) - 1), st.integers(1, 5), max_size=40))
def test_the_blocks_around_the_median_tell_the_median(held: dict[int, int]) -> None:
    fine = [held.get(place, 0) for place in range(len(BUCKETS))]
    blocks = [sum(fine[n * BLOCK : (n + 1) * BLOCK]) for n in range(BLOCKS)]
    told = {block: fine[block * BLOCK : (block + 1) * BLOCK] for block in blocks_of_median(blocks)}
    thinned = list(around_median(blocks, told))
    assert sum(count for _, count in thinned) == sum(held.values())
    assert len({bucket for bucket, _ in thinned}) == len(thinned)
    assert median(dict(thinned)) == median({BUCKETS[place]: count for place, count in held.items()})
