"""What matching speaks of: records made comparable, comparisons and their reasons, verdicts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Record(NamedTuple):
    """A person or a company made comparable: texts folded (no case, accents, punctuation), "" where missing.

    A named tuple, since one is made per received row. `company` is the name without its legal form; `emails`,
    `phones` and `external_ids` are as `Understood` has them.
    """

    first: str = ""
    last: str = ""
    others: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    born_on: date | None = None
    street: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""
    company: str = ""
    domain: str = ""
    title: str = ""


class Reason(NamedTuple):
    """What one field says: bits of evidence for (positive) or against (negative), and why in a few words."""

    field: str
    weight_bits: float
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How likely two records are one (0 to 1), and the reasons; their bits add up to the log2 of the odds."""

    probability: float
    reasons: tuple[Reason, ...]


class Verdict(StrEnum):
    """What is done about a comparison: one record, one for review, two records."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"
