"""The values that distributions are kept in, pure: so few that medians cost the same whatever lies behind them.

Whole numbers up to an hour's minutes are kept as they are; longer ones in steps of 8 %, so that a median beyond an
hour is told to 4 %. The same goes for small numbers such as attempts, which hardly ever reach sixty.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

EXACT = 60
STEP = 1.082
LONGEST = 100_000
"""Greater values are kept as this: minutes of more than two months."""


def _buckets() -> tuple[int, ...]:
    values = list(range(EXACT + 1))
    while values[-1] < LONGEST:
        values.append(min(LONGEST, round(values[-1] * STEP)))
    return tuple(values)


BUCKETS = _buckets()
"""All values that are kept, ascending. Stored counts stand at these places: never change them, nor their order."""


BLOCK = 12
"""Neighbouring buckets that are also counted together, so that a median is looked for in one block alone."""
BLOCKS = len(BUCKETS) // BLOCK


def blocks_of_median(blocks: Sequence[int]) -> set[int]:
    """In which blocks the middle lies, given how many each holds: two where it falls between two, none of none."""
    total = sum(blocks)
    reached = list(accumulate(blocks))
    return {bisect_right(reached, nth) for nth in ((total - 1) // 2, total // 2)} if total > 0 else set()


def around_median(blocks: Sequence[int], told: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, int]]:
    """A distribution of the same median and number of cases, in at most four values.

    `told` holds the blocks of the median bucket by bucket. What lies below and above the middle values is told as
    the least and the greatest value.
    """
    fine = [
        (block * BLOCK + nth, count) for block in sorted(told) for nth, count in enumerate(told[block]) if count
    ]
    if not fine:
        return
    total = sum(blocks)
    reached = list(accumulate((count for _, count in fine), initial=sum(blocks[: min(told)])))
    low, high = (bisect_right(reached, nth) - 1 for nth in ((total - 1) // 2, total // 2))
    if reached[low]:
        yield BUCKETS[0], reached[low]
    yield from ((BUCKETS[place], count) for place, count in fine[low : high + 1])
    if total > reached[high + 1]:
        yield BUCKETS[-1], total - reached[high + 1]


def bucket_of(value: float) -> int:
    """The kept value nearest to this one."""
    above = bisect_left(BUCKETS, value)
    if above == 0:
        return BUCKETS[0]
    if above == len(BUCKETS):
        return BUCKETS[-1]
    low, high = BUCKETS[above - 1], BUCKETS[above]
    return low if value - low < high - value else high
