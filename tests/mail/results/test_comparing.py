"""Rates with their intervals, and what can be said of two: never more than the numbers do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.mail.results.comparing import FEWEST, Conclusion, Counts, Interval, compare, difference, wilson

COUNTS = st.integers(0, 5_000).flatmap(lambda n: st.integers(0, n).map(lambda k: Counts(n, k)))


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        (
            Counts(263, 81),
            0.2553,
            0.3662,
        ),  # Newcombe 1998, "Two-sided intervals for the single proportion", table I
        (Counts(148, 15), 0.0624, 0.1605),
        (Counts(20, 0), 0.0, 0.1611),
        (Counts(29, 1), 0.0061, 0.1718),
        (Counts(0, 0), 0.0, 1.0),
    ],
)
def test_intervals_are_those_of_the_literature(counts: Counts, low: float, high: float) -> None:
    found = wilson(counts)

    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_interval_of_a_difference_is_that_of_the_literature() -> None:
    """Newcombe 1998, "Interval estimation for the difference", table II, example (a): 56/70 - 48/80."""
    found = difference(Counts(70, 56), Counts(80, 48))

    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


@given(COUNTS)
def test_a_rate_lies_within_its_interval_and_that_within_reason(counts: Counts) -> None:
    found = wilson(counts)

    assert 0 <= found.low <= found.high <= 1
    if counts.delivered:
        assert found.low - 1e-9 <= counts.rate <= found.high + 1e-9


@given(COUNTS, COUNTS)
def test_a_difference_turned_round_is_the_same_the_other_way(one: Counts, other: Counts) -> None:
    there, back = difference(one, other), difference(other, one)

    assert there == Interval(pytest.approx(-back.high), pytest.approx(-back.low))


def test_nothing_is_said_of_one_variant_or_of_a_few_mails() -> None:
    assert compare([Counts(500, 100)]).conclusion is Conclusion.ALONE
    assert compare([Counts(FEWEST - 1, 29), Counts(500, 0)]).conclusion is Conclusion.TOO_FEW
    assert compare([Counts(100, 12), Counts(100, 8)]).conclusion is Conclusion.TOO_FEW


def test_a_clear_difference_is_said_and_so_is_none_among_many() -> None:
    better = compare([Counts(400, 20), Counts(400, 60), Counts(400, 21)])

    assert (better.conclusion, better.best) == (Conclusion.BETTER, 1)
    assert compare([Counts(4_000, 200), Counts(4_000, 204)]).conclusion is Conclusion.ALIKE


def test_variants_that_are_alike_are_hardly_ever_said_to_differ() -> None:
    chance = random.Random(7)  # a simulation

    def sent() -> Counts:
        return Counts(200, sum(chance.random() < 0.1 for _ in range(200)))

    wrong = sum(compare([sent(), sent()]).conclusion is Conclusion.BETTER for _ in range(400))

    assert wrong <= 12  # 1 % of 400 is 4; 12 or more come up once in a thousand times
