"""KPIs from counts, pure: each is a quotient of two counts or a median; the formulae are the glossary's.

Both counts are kept beside the value, so that KPIs of several reps or weeks can be added up before dividing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from offhook.goals.model import Counter, Kpi

Counts = Mapping[Counter, int]
Distributions = Mapping[Counter, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A KPI that divides counts: `less` is taken off the denominator."""

    name: str
    numerator: Counter
    denominator: Counter
    less: Counter | None = None


RATIOS = (
    Ratio("connect_rate", Counter.CONNECTS, Counter.DIALS),
    Ratio("conversation_rate", Counter.CONVERSATIONS, Counter.CONNECTS),
    Ratio("mql_to_sal_rate", Counter.COHORT_SALS, Counter.MQLS),
    Ratio("sal_to_sql_rate", Counter.COHORT_SQLS, Counter.SALS),
    Ratio("acceptance_rate", Counter.HAND_OFFS_ACCEPTED, Counter.HAND_OFFS_DECIDED),
    Ratio("show_rate", Counter.MEETINGS_HELD, Counter.MEETINGS_DUE),
    Ratio("reply_rate", Counter.EMAILS_REPLIED, Counter.EMAILS_SENT, less=Counter.EMAILS_BOUNCED),
    Ratio("bounce_rate", Counter.EMAILS_BOUNCED, Counter.EMAILS_SENT),
)

MEDIANS = (
    ("attempts_to_contact", Counter.ATTEMPTS_TO_CONTACT),
    ("speed_to_lead_minutes", Counter.MINUTES_TO_ATTEMPT),
    ("speed_to_lead_business_minutes", Counter.BUSINESS_MINUTES_TO_ATTEMPT),
)


def kpis(counts: Counts, distributions: Distributions) -> tuple[Kpi, ...]:
    """All KPIs of these counts."""
    ratios = tuple(_ratio(ratio, counts) for ratio in RATIOS)
    return ratios + tuple(_median(name, distributions.get(counter, {})) for name, counter in MEDIANS)


def _ratio(ratio: Ratio, counts: Counts) -> Kpi:
    above = counts.get(ratio.numerator, 0)
    below = counts.get(ratio.denominator, 0) - (counts.get(ratio.less, 0) if ratio.less else 0)
    return Kpi(ratio.name, above, below, above / below if below > 0 else None)


def _median(name: str, buckets: Mapping[int, int]) -> Kpi:
    total = sum(buckets.values())
    return Kpi(name, None, total, median(buckets))


def median(buckets: Mapping[int, int]) -> float | None:
    """The median of a distribution given as value → how often; the mean of the middle two of an even number."""
    total = sum(buckets.values())
    if total <= 0:
        return None
    return (_nth(buckets, (total - 1) // 2) + _nth(buckets, total // 2)) / 2


def _nth(buckets: Mapping[int, int], n: int) -> int:
    passed = 0
    for value in sorted(buckets):
        passed += buckets[value]
        if passed > n:
            return value
    raise ValueError(n)
