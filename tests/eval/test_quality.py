"""The quality that docs/identity-resolution.md states, held to floors on real sets and beside a known library."""

from pathlib import Path

import pytest

from offhook.eval.beside_splink import judged_by_splink
from offhook.eval.identity import judged, labelled
from offhook.eval.sets import SETS, LabelledSet

FLOORS = {
    "febrl1": 0.998,
    "febrl2": 0.998,
    "febrl4": 0.999,
    "historical-figures": 0.89,
    "chicago-sites": 0.93,
    "patstat-company-names": 0.965,
}
"""A little below what is reached, so that a small change of a word list does not fail but a loss does."""


@pytest.mark.slow
@pytest.mark.parametrize("one", SETS, ids=[one.name for one in SETS])
def test_identity_resolution_is_at_least_as_good_as_splink_on_the_same_records(
    one: LabelledSet, test_data: Path
) -> None:
    data = labelled(one.paths(test_data), one.truth, one.kind, one.fields, one.region)

    ours = judged(data, one.kind).quality

    assert ours.f1 >= FLOORS[one.name]
    assert ours.f1 >= judged_by_splink(data, one.kind).quality.f1
