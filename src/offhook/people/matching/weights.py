"""The weights: bits of evidence for every way in which two records agree or differ, and where verdicts begin.

A weight is log2(m / u): how much oftener the outcome is seen between two records of one person (m) than between
two of different persons (u); Fellegi and Sunter 1969. One fixed set for persons, one for accounts: set by hand
from how many names, dates, postcodes there are and how people err in writing them, with an eye on all labelled
sets of docs/identity-resolution.md at once and on cases of everyday lists; learned from none. It lists them all.
"""

from typing import Final

from offhook.people.matching.model import Comparison, Reason, Verdict

SAME_FROM: Final = 0.9
"""From this probability on two records are one."""

DOUBTFUL_FROM: Final = 0.1
"""From this probability on somebody should look."""


def verdict(comparison: Comparison) -> Verdict:
    """What is to be done about a comparison."""
    if comparison.probability >= SAME_FROM:
        return Verdict.SAME
    return Verdict.DOUBTFUL if comparison.probability >= DOUBTFUL_FROM else Verdict.DIFFERENT


def weighed(prior_bits: float, reasons: list[Reason]) -> Comparison:
    """The comparison that reasons add up to, the odds before any evidence first among them."""
    total = prior_bits + sum(reason.weight_bits for reason in reasons)
    return Comparison(_probability(total), (Reason("prior", prior_bits, "odds before any evidence"), *reasons))


def contradicted(comparison: Comparison, field: str, note: str) -> Comparison:
    """The same comparison, but doubtful at most, for the reason that is told of a field."""
    total = sum(reason.weight_bits for reason in comparison.reasons)
    if total <= 0:
        return comparison
    return Comparison(0.5, (*comparison.reasons, Reason(field, -total, note)))


def _probability(bits: float) -> float:
    """Odds of 2**bits to 1 as a probability, without overflow."""
    if bits > 60:
        return 1.0
    return 2.0**bits / (1.0 + 2.0**bits)


class PERSON:
    """Weights for persons, in bits."""

    PRIOR: Final = -13.0

    LAST_RAREST: Final = 11.5
    LAST_CLOSE: Final = -2.5
    LAST_PART: Final = -2.0
    LAST_LIKE: Final = 3.0
    LAST_INITIAL: Final = 2.0
    LAST_DIFFERENT: Final = -4.5

    FIRST_RAREST: Final = 8.5
    FIRST_MIDDLE: Final = -0.5
    FIRST_NICKNAME: Final = -2.0
    FIRST_OTHER: Final = -3.0
    FIRST_CLOSE: Final = -2.0
    FIRST_INITIAL: Final = 2.5
    FIRST_LIKE: Final = 1.5
    FIRST_OF_ANOTHER: Final = -2.0
    FIRST_SAME_LETTER: Final = -3.0
    FIRST_DIFFERENT: Final = -5.0

    SWAPPED: Final = -1.5
    ONE_WORD: Final = -2.0
    SHARED_BY_OTHERS: Final = 0.1
    OWN_ENOUGH: Final = 4.0
    HALF_A_NAME: Final = 0.5

    EMAIL_SAME: Final = 20.0
    EMAIL_OF_RELATIVES: Final = 14.0
    EMAIL_ROLE: Final = 6.0
    EMAIL_CLOSE: Final = 12.0
    EMAIL_LOCAL: Final = 8.0
    EMAIL_DIFFERENT: Final = -1.5
    EMAIL_COLLEAGUES: Final = -2.0

    NOTHING_SHARED: Final = -3.5

    PHONE_SAME: Final = 12.0
    PHONE_CLOSE: Final = 6.0
    PHONE_DIFFERENT: Final = -1.0

    ID_SAME: Final = 20.0
    ID_CLOSE: Final = 13.0
    ID_DIFFERENT: Final = -4.0

    BORN_SAME: Final = 12.0
    BORN_NEW_YEAR: Final = 9.0
    BORN_CLOSE: Final = 8.0
    BORN_YEAR: Final = 0.5
    BORN_NEAR_YEAR: Final = 3.0
    BORN_DIFFERENT: Final = -5.0

    POSTCODE_SAME: Final = 8.0
    POSTCODE_FINE: Final = 10.0
    POSTCODE_CLOSE: Final = 3.0
    POSTCODE_FINE_CLOSE: Final = 5.0
    POSTCODE_NEAR: Final = 2.0
    POSTCODE_DIFFERENT: Final = -1.5
    STREET_SAME: Final = 8.0
    STREET_CLOSE: Final = 5.0
    STREET_DIFFERENT: Final = -2.0
    CITY_SAME: Final = 4.0
    CITY_SAME_AGAIN: Final = 2.5
    CITY_DIFFERENT: Final = -1.5
    REGION_DIFFERENT: Final = -0.5
    COUNTRY_DIFFERENT: Final = -3.0

    DOMAIN_SAME: Final = 7.0
    COMPANY_SAME: Final = 7.0
    COMPANY_LIKE: Final = 4.5
    COMPANY_DIFFERENT: Final = -2.5
    TITLE_SAME: Final = 2.0


class ACCOUNT:
    """Weights for accounts, in bits."""

    PRIOR: Final = -12.0

    NAME_SAME: Final = 17.0
    SHARED_MOST: Final = 16.0
    NAME_CLOSE: Final = 15.5
    NAME_DIFFERENT: Final = -5.0
    SHARED: Final = 2.0
    BOTH_MORE: Final = 1.0
    ONE_MORE: Final = 0.35
    MOST_MORE: Final = 10.0

    DOMAIN_SAME: Final = 14.0
    DOMAIN_NAMES_IT: Final = 6.0
    DOMAIN_DIFFERENT: Final = -2.0
    PHONE_SAME: Final = 12.0
    PHONE_DIFFERENT: Final = -1.0
    EMAIL_SAME: Final = 8.0
    STREET_SAME: Final = 9.0
    STREET_CLOSE: Final = 5.0
    STREET_DIFFERENT: Final = -5.0
    POSTCODE_SAME: Final = 4.0
    POSTCODE_DIFFERENT: Final = -2.0
    CITY_SAME: Final = 1.5
    CITY_DIFFERENT: Final = -1.5
    COUNTRY_DIFFERENT: Final = -3.0
