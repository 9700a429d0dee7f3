"""Pairwise precision, recall and F1 of a clustering against the true one. Pure.

A pair is two records in one cluster. Precision: the share of found pairs that are true; recall: the share of true
pairs that were found (Christen 2012, "Data Matching", section 7.2). Counted from cluster sizes, so that 25,000
records (312 million pairs) take no time.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares between 0 and 1, and the counts of pairs behind them."""

    precision: float
    recall: float
    f1: float
    found_pairs: int
    true_pairs: int
    right_pairs: int


def judge(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Quality:
    """How well found clusters agree with true ones; both give one label per record, in the same order.

    Nothing found is a precision of 1, nothing to find a recall of 1. Raises ValueError for different lengths.
    """
    right = _pairs(Counter(zip(found, truth, strict=True)))
    found_pairs, true_pairs = _pairs(Counter(found)), _pairs(Counter(truth))
    precision = right / found_pairs if found_pairs else 1.0
    recall = right / true_pairs if true_pairs else 1.0
    f1 = 2 * right / (found_pairs + true_pairs) if found_pairs + true_pairs else 1.0
    return Quality(precision, recall, f1, found_pairs, true_pairs, right)


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
