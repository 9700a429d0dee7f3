"""What Unicode's CLDR (carried by `babel`) knows of names of countries, languages and months, as plain dicts.

The one place that meets babel's loosely typed tables.
"""

from typing import cast

from babel import Locale, localedata
from babel.core import get_global


def languages() -> list[str]:
    """The identifiers of all languages, without those of their countries and scripts."""
    return [name for name in localedata.locale_identifiers() if "_" not in name]


def country_names(language: str) -> dict[str, str]:
    """Territory code -> its name in a language; has codes of continents and the like too."""
    return cast("dict[str, str]", dict(Locale.parse(language).territories))


def language_names(language: str) -> dict[str, str]:
    """Language code (`pt`, `pt_BR`) -> its name in a language."""
    return cast("dict[str, str]", dict(Locale.parse(language).languages))


def month_names(language: str) -> list[tuple[int, str]]:
    """Numbers and names of the months, in full and short, as used in and out of dates."""
    months = cast("dict[str, dict[str, dict[int, str]]]", Locale.parse(language).months)
    widths = [months[context][width] for context in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    return [(number, name) for names in widths for number, name in names.items()]


def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes in use, with XK for Kosovo."""
    return frozenset(cast("dict[str, object]", get_global("territory_zones"))) | {"XK"}


def replaced_codes() -> dict[str, list[str]]:
    """Three-letter, numeric and former territory codes -> two-letter codes that now stand for them."""
    return cast("dict[str, list[str]]", dict(get_global("territory_aliases")))


def countries_of_zones() -> dict[str, str]:
    """IANA zone -> ISO 3166-1 alpha-2 code."""
    return cast("dict[str, str]", dict(get_global("zone_territories")))
