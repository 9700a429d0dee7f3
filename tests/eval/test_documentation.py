"""docs/identity-resolution.md lists every weight with its value, so that an explanation can be checked by hand."""

import re
from pathlib import Path

import pytest

from offhook.people.matching.weights import ACCOUNT, DOUBTFUL_FROM, PERSON, SAME_FROM

PAGE = (Path(__file__).parents[2] / "docs" / "identity-resolution.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `([A-Z_]+)` \| (−?[0-9.]+) \|")


@pytest.mark.parametrize(("weights", "heading"), [(PERSON, "### Persons"), (ACCOUNT, "### Accounts")])
def test_every_weight_stands_in_the_documentation(weights: type, heading: str) -> None:
    section = PAGE.partition(heading)[2].partition("\n#")[0]

    told = {name: float(value.replace("−", "-")) for name, value in ROW.findall(section)}

    assert told == {name: value for name, value in vars(weights).items() if name.isupper()}


def test_the_bounds_of_the_verdicts_stand_in_the_documentation() -> None:
    assert f"From **{SAME_FROM}** on" in PAGE
    assert f"From **{DOUBTFUL_FROM}** on" in PAGE
