"""Precision, recall and F1 of pairs, by hand-counted cases and against counting every pair."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.eval.beside_recordlinkage import components
from offhook.eval.pairwise import judge


def test_a_cluster_cut_in_two_loses_recall_only() -> None:
    quality = judge(["a", "a", "b", "b"], [1, 1, 1, 1])

    assert (quality.precision, quality.recall, quality.f1) == (1.0, 2 / 6, 0.5)


def test_two_clusters_made_one_lose_precision_only() -> None:
    quality = judge(["a", "a", "a", "a"], [1, 1, 2, 2])

    assert (quality.precision, quality.recall, quality.f1) == (2 / 6, 1.0, 0.5)


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    assert judge([1, 2], ["x", "y"]).f1 == 1.0


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        judge([1], [1, 2])


labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=25)


@given(labels)
def test_counting_by_sizes_equals_counting_every_pair(pairs: list[tuple[int, int]]) -> None:
    quality = judge([found for found, _ in pairs], [truth for _, truth in pairs])

    both = list(combinations(pairs, 2))
    assert quality.found_pairs == sum(a[0] == b[0] for a, b in both)
    assert quality.true_pairs == sum(a[1] == b[1] for a, b in both)
    assert quality.right_pairs == sum(a == b for a, b in both)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_components_join_whatever_is_linked_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    found = components(10, pairs)

    assert all(found[a] == found[b] for a, b in pairs)
    linked = {number for pair in pairs for number in pair}
    assert all(found[number] == number for number in range(10) if number not in linked)
