"""Which of several variants brings more replies, as far as the numbers can tell. Pure.

A rate is shown with its interval by Wilson's score method (E. B. Wilson, "Probable inference, the law of
succession, and statistical inference", JASA 22, 1927), which holds for small numbers and for none at all, where
the usual one claims certainty (Brown, Cai and DasGupta, "Interval estimation for a binomial proportion",
Statistical Science 16, 2001). Two rates are compared by Newcombe's interval of their difference, which is made of
those (R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of
eleven methods", Statistics in Medicine 17, 1998, method 10).

The verdict asks for 99 %, not the usual 95: people look every day until they see a difference, and five looks make
an error of 5 % one of 14 (Armitage, McPherson and Rowe, "Repeated significance tests on accumulating data", JRSS A
132, 1969). Where more than two are compared, each comparison is asked for that much more (Bonferroni).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

SHOWN = 0.95
"""How sure the intervals are that are shown beside rates."""
ERROR = 0.01
"""How often a verdict may name a better one where there is none."""
FEWEST = 30
"""Delivered mails of each variant before anything is said."""
ALIKE = 0.05
"""Rates that differ by no more than five points are alike for whoever writes mails."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many mails were delivered, and how many of these were replied to."""

    delivered: int
    replied: int

    @property
    def rate(self) -> float:
        """Replied of delivered; 0 of none."""
        return self.replied / self.delivered if self.delivered else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """From, to."""

    low: float
    high: float


class Conclusion(StrEnum):
    """What the numbers say."""

    ALONE = "alone"
    """There is nothing to compare it with."""
    TOO_FEW = "too_few"
    """They cannot tell yet."""
    ALIKE = "alike"
    """Enough to say that there is no difference that matters."""
    BETTER = "better"
    """One brings more replies than each of the others."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the numbers say; `best`: the place of the better one, where there is one."""

    conclusion: Conclusion
    best: int | None = None


def wilson(counts: Counts, confidence: float = SHOWN) -> Interval:
    """The interval in which the true rate lies with this confidence; of no mails, anywhere."""
    n = counts.delivered
    if n == 0:
        return Interval(0.0, 1.0)
    z, p = NormalDist().inv_cdf((1 + confidence) / 2), counts.rate
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def difference(one: Counts, other: Counts, confidence: float = SHOWN) -> Interval:
    """The interval of the first rate minus the second (Newcombe, method 10)."""
    a, b = wilson(one, confidence), wilson(other, confidence)
    gap = one.rate - other.rate
    return Interval(
        gap - sqrt((one.rate - a.low) ** 2 + (b.high - other.rate) ** 2),
        gap + sqrt((a.high - one.rate) ** 2 + (other.rate - b.low) ** 2),
    )


def compare(variants: Sequence[Counts]) -> Verdict:
    """What can be said of variants that were sent over the same time."""
    if len(variants) < 2:
        return Verdict(Conclusion.ALONE)
    if any(one.delivered < FEWEST for one in variants):
        return Verdict(Conclusion.TOO_FEW)
    best = max(range(len(variants)), key=lambda place: variants[place].rate)
    others = [one for place, one in enumerate(variants) if place != best]
    confidence = 1 - ERROR / len(others)
    gaps = [difference(variants[best], other, confidence) for other in others]
    if all(gap.low > 0 for gap in gaps):
        return Verdict(Conclusion.BETTER, best)
    if all(max(-gap.low, gap.high) <= ALIKE for gap in gaps):
        return Verdict(Conclusion.ALIKE)
    return Verdict(Conclusion.TOO_FEW)
