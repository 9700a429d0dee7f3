"""KPI formulae, medians, pace and forecasts: pure."""

from datetime import date
from math import exp, fsum, lgamma, log
from statistics import median as true_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.goals.kpis import RATIOS, kpis, median
from offhook.goals.model import Counter, Period
from offhook.goals.pace import bounds, forecast, further, incomplete_beta, pace, time_to_goal


def test_every_ratio_is_the_glossarys() -> None:
    counts = {counter: 1000 - 10 * n for n, counter in enumerate(Counter, start=1)}
    found = {kpi.name: kpi for kpi in kpis(counts, {})}
    assert found["connect_rate"].value == counts[Counter.CONNECTS] / counts[Counter.DIALS]
    assert found["conversation_rate"].value == counts[Counter.CONVERSATIONS] / counts[Counter.CONNECTS]
    assert found["mql_to_sal_rate"].value == counts[Counter.COHORT_SALS] / counts[Counter.MQLS]
    assert found["sal_to_sql_rate"].value == counts[Counter.COHORT_SQLS] / counts[Counter.SALS]
    assert found["acceptance_rate"].value == (
        counts[Counter.HAND_OFFS_ACCEPTED] / counts[Counter.HAND_OFFS_DECIDED]
    )
    assert found["show_rate"].value == counts[Counter.MEETINGS_HELD] / counts[Counter.MEETINGS_DUE]
    delivered = counts[Counter.EMAILS_SENT] - counts[Counter.EMAILS_BOUNCED]
    assert found["reply_rate"].value == counts[Counter.EMAILS_REPLIED] / delivered
    assert found["bounce_rate"].value == counts[Counter.EMAILS_BOUNCED] / counts[Counter.EMAILS_SENT]


def test_nothing_is_divided_by_nothing() -> None:
    assert {kpi.value for kpi in kpis({}, {})} == {None}
    assert {kpi.denominator for kpi in kpis({}, {})} == {0}
    assert len(kpis({}, {})) == len(RATIOS) + 3


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_the_median_of_buckets_is_the_median_of_the_values(values: list[int]) -> None:
    buckets = {value: values.count(value) for value in values}
    assert median(buckets) == true_median(values)


@pytest.mark.parametrize(
    ("period", "on", "first", "last"),
    [
        (Period.DAY, date(2026, 3, 4), date(2026, 3, 4), date(2026, 3, 4)),
        (Period.WEEK, date(2026, 3, 1), date(2026, 2, 23), date(2026, 3, 1)),
        (Period.WEEK, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 8)),
        (Period.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
        (Period.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods_begin_and_end(period: Period, on: date, first: date, last: date) -> None:
    assert bounds(period, on) == (first, last)


def test_pace_is_one_on_track() -> None:
    assert pace(5, 10, 0.5) == 1
    assert pace(0, 10, 0.5) == 0
    assert pace(3, 10, 0) is None


def test_the_forecast_holds_what_the_present_rate_gives() -> None:
    low, high = forecast(20, 1200, 1200) or (0, 0)
    assert low < 40 < high
    assert forecast(20, 1200, 0) == (20, 20)
    assert forecast(0, 0, 10) is None


@given(done=st.integers(0, 300), passed=st.floats(1, 5000), left=st.floats(0, 5000))
def test_quantiles_grow_with_probability_and_time(done: int, passed: float, left: float) -> None:
    low, high = further(done, passed, left, 0.1), further(done, passed, left, 0.9)
    assert 0 <= low <= high
    assert further(done, passed, left * 2, 0.9) >= high


def test_time_to_goal_lies_within_its_interval_and_ends_when_reached() -> None:
    low, expected, high = time_to_goal(10, 20, 600) or (0, 0, 0)
    assert low < expected == 600 < high
    assert time_to_goal(20, 20, 600) is None
    assert time_to_goal(0, 20, 600) is None


@given(missing=st.integers(1, 300), done=st.integers(0, 300), x=st.floats(0.001, 0.999))
def test_the_chance_of_enough_is_the_sum_of_the_chances_of_less(missing: int, done: int, x: float) -> None:
    """The upper tail of the negative binomial distribution, added up term by term."""
    r = done + 0.5
    less = fsum(
        exp(lgamma(k + r) - lgamma(r) - lgamma(k + 1) + r * log(1 - x) + k * log(x)) for k in range(missing)
    )
    assert incomplete_beta(missing, r, x) == pytest.approx(1 - less, abs=1e-8)


def test_a_forecast_takes_no_longer_for_great_counts() -> None:
    low, high = forecast(400_000, 10_000, 10_000) or (0, 0)
    assert 798_000 < low < 800_000 < high < 802_000
    low, expected, high = time_to_goal(400_000, 900_000, 10_000) or (0, 0, 0)
    assert low < expected == 12_500 < high < 12_550
