"""The same records resolved by `recordlinkage` (de Bruin 2019), as its guide for unlabelled data does it.

Pairs that agree in a blocking column; Jaro–Winkler of at least 0.85 on texts and equality on codes; matches told
by its expectation-conditional-maximisation classifier; clusters by connected components.
"""

import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from offhook.eval.comparable import Row, rows_of
from offhook.eval.identity import Judged, Labelled
from offhook.eval.pairwise import judge
from offhook.people.model import RecordKind

_BLOCKING = {
    RecordKind.PERSON: ("first_name", "last_name", "born_on", "postal_code", "street", "external_id", "email"),
    RecordKind.ACCOUNT: ("company", "first_word", "phone", "street", "domain"),
}
_TEXTS = ("first_name", "last_name", "street", "city", "company", "title")
_CODES = ("born_on", "postal_code", "external_id", "email", "phone", "region", "domain")
_LARGEST_BLOCK = 200
_ALIKE = 0.85


def judged_by_recordlinkage(data: Labelled, kind: RecordKind) -> Judged:
    """How well recordlinkage does on the same normalised records."""
    began = time.perf_counter()
    rows = rows_of(data.records, kind)
    pairs = _matches(rows, kind)
    quality = judge(components(len(rows), pairs), data.truth)
    return Judged("recordlinkage", quality, time.perf_counter() - began, "ECM, Jaro-Winkler from 0.85")


def _matches(rows: Sequence[Row], kind: RecordKind) -> list[tuple[int, int]]:
    # Both libraries come without types; they are development dependencies, so imported only here.
    pandas: Any = import_module("pandas")
    recordlinkage: Any = import_module("recordlinkage")
    table = pandas.DataFrame(rows).set_index("unique_id")
    columns = {name for name in table.columns if table[name].notna().any()}
    pairs = None
    for column in _BLOCKING[kind]:
        if column in columns:
            usual = table[column].map(table[column].value_counts()) <= _LARGEST_BLOCK
            found = recordlinkage.index.Block(column).index(table[usual])
            pairs = found if pairs is None else pairs.union(found)
    compare = recordlinkage.Compare()
    for column in _TEXTS:
        if column in columns:
            compare.string(column, column, method="jarowinkler", threshold=_ALIKE, label=column)
    for column in _CODES:
        if column in columns:
            compare.exact(column, column, label=column)
    features = compare.compute(pairs, table)
    return list(recordlinkage.ECMClassifier().fit_predict(features))


def components(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Clusters as connected components: for each of `count` records the smallest number it is linked to."""
    leads_to = list(range(count))

    def root(number: int) -> int:
        while leads_to[number] != number:
            leads_to[number] = leads_to[leads_to[number]]
            number = leads_to[number]
        return number

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        leads_to[high] = low
    return [root(number) for number in range(count)]
