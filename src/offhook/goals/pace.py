"""How a goal stands: attainment, pace, and what is to be expected, pure.

Work is taken as a Poisson process in working time whose rate is not known: what it has done so far says how fast
it may be. With Jeffreys' prior the rate after n in time t is Gamma(n + 1/2, t), so the number in a further time s
is negative binomial with r = n + 1/2 and p = t / (t + s) (Gelman et al., Bayesian Data Analysis, section 2.6);
that at least k come has the probability I(k, r) at s / (t + s), the regularised incomplete beta function.
Its 10 % and 90 % quantiles bound the 80 % interval.
"""

from collections.abc import Callable
from datetime import date, timedelta
from math import exp, lgamma, log, log1p

from offhook.goals.model import Period

LOW, HIGH = 0.1, 0.9
MOST_COUNTED = 10_000_000
NEARLY_NONE = 1e-12
"""A share of time in which nothing can be expected to happen."""
MOST_STEPS, CLOSE, TINY = 10_000, 1e-10, 1e-300


def bounds(period: Period, on: date) -> tuple[date, date]:
    """First and last day of the period that a day lies in; weeks begin on Monday (ISO 8601)."""
    if period is Period.DAY:
        return on, on
    if period is Period.WEEK:
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=6)
    first = on.replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    return first, next_month - timedelta(days=1)


def pace(actual: int, target: int, share_passed: float) -> float | None:
    """actual / (target x share of the working time that has passed); None before any has."""
    expected = target * share_passed
    return actual / expected if expected > 0 else None


def forecast(actual: int, passed: float, left: float) -> tuple[int, int] | None:
    """The count at the end of the period: low and high of the 80 % interval. Times in working minutes."""
    if passed <= 0:
        return None
    return actual + further(actual, passed, left, LOW), actual + further(actual, passed, left, HIGH)


def further(done: int, passed: float, left: float, probability: float) -> int:
    """The least further count in the time left whose cumulative probability reaches `probability`."""
    if left <= passed * NEARLY_NONE:
        return 0

    def is_enough(count: int) -> bool:
        return 1.0 - _chance(count + 1, done, passed, left) >= probability

    low, high = -1, 1 + round((done + 0.5) * left / passed)
    while not is_enough(high) and high < MOST_COUNTED:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return min(high, MOST_COUNTED)


def time_to_goal(actual: int, target: int, passed: float) -> tuple[float, float, float] | None:
    """Working minutes until the target: low, expected at the present rate, high of the 80 % interval.

    None once it is reached, or before anything was done.
    """
    missing = target - actual
    if missing <= 0 or actual <= 0 or passed <= 0:
        return None
    expected = missing * passed / actual
    low = _time_at(lambda left: _chance(missing, actual, passed, left) >= LOW, expected)
    high = _time_at(lambda left: _chance(missing, actual, passed, left) >= HIGH, expected)
    return low, expected, high


def _chance(missing: int, done: int, passed: float, left: float) -> float:
    """The probability of at least `missing` more within the time: a regularised incomplete beta function."""
    if left <= passed * NEARLY_NONE:
        return 0.0
    return incomplete_beta(missing, done + 0.5, left / (passed + left))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b), for a and b above 0 and x from 0 to 1, to about ten digits.

    By its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), worked out by the modified
    Lentz method; it takes some root of the greater parameter steps, on the side where it converges fast.
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    upper = 1.0
    lower = fraction = 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1))
    for m in range(1, MOST_STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            lower = 1.0 / _not_zero(1.0 + term * lower)
            upper = _not_zero(1.0 + term / upper)
            fraction *= upper * lower
        if abs(upper * lower - 1.0) < CLOSE:
            break
    return min(1.0, front * fraction)


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


def _time_at(is_enough: Callable[[float], bool], expected: float) -> float:
    """The shortest time that is enough, to a thousandth, by halving."""
    low, high = 0.0, expected
    while not is_enough(high) and high < expected * 1e6:
        low, high = high, high * 2
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
