"""Countries, and regions (states, provinces) within them.

Countries are read from ISO 3166-1 codes of two and three letters and from their names in every language that CLDR
(by `babel`) knows; a name that means different countries in different languages is not guessed. Regions are
given the code of ISO 3166-2 without the country, for the countries in `lists/regions.csv`.
"""

import csv
import re
from functools import cache, lru_cache

from offhook.people.normalise import cldr
from offhook.people.normalise.values import LISTS, Rejected, fold


@cache
def _by_hand() -> dict[str, str]:
    """Names people use that CLDR does not give, folded."""
    with (LISTS / "country-names.csv").open(encoding="utf-8") as lines:
        return {row["name"]: row["country"] for row in csv.DictReader(lines)}


@lru_cache(maxsize=8192)
def read_country(text: str) -> str | Rejected:
    """The ISO 3166-1 alpha-2 code of a country given by code or by name in any language."""
    word = text.strip()
    code = word.replace(".", "").upper()
    if len(code) == 2 and code in _codes():
        return code
    name = fold(word)
    found = (
        _by_hand().get(name)
        or (_three_letter_codes().get(code) if len(code) == 3 else None)
        or _english_names().get(name)
        or _names_in_all_languages().get(name)
    )
    return found or Rejected("not a country we know; use its name or its two-letter code")


@cache
def _codes() -> frozenset[str]:
    return cldr.country_codes()


@cache
def _three_letter_codes() -> dict[str, str]:
    replaced = cldr.replaced_codes().items()
    return {code: now[0] for code, now in replaced if len(code) == 3 and code.isalpha() and len(now) == 1}


@cache
def _english_names() -> dict[str, str]:
    names = cldr.country_names("en").items()
    return {spelling: code for code, name in names if code in _codes() for spelling in _spellings(name)}


@cache
def _names_in_all_languages() -> dict[str, str]:
    """Read once, at the first name that is not English (about half a second)."""
    meanings: dict[str, set[str]] = {}
    for language in cldr.languages():
        for code, name in cldr.country_names(language).items():
            if code in _codes():
                for spelling in _spellings(name):
                    meanings.setdefault(spelling, set()).add(code)
    return {name: codes.pop() for name, codes in meanings.items() if len(codes) == 1}


_BRACKETED = re.compile(r"[（(].*?[）)]")


def _spellings(name: str) -> set[str]:
    """A name, the same without what stands in brackets, and with "and" for "&"."""
    spellings = {fold(name), fold(_BRACKETED.sub("", name)), fold(name.replace("&", " and "))}
    return {spelling for spelling in spellings if len(spelling) > 2 or not spelling.isascii()} - {""}


@cache
def _regions() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Codes by country and folded name or code; zones by country and code."""
    codes: dict[tuple[str, str], str] = {}
    zones: dict[tuple[str, str], str] = {}
    with (LISTS / "regions.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            country, code = row["country"], row["code"]
            codes[country, fold(row["name"])] = codes[country, fold(code)] = code
            zones.setdefault((country, code), row["zone"])
    return codes, zones


@lru_cache(maxsize=8192)
def read_region(text: str, country: str | None) -> str:
    """The region's code where we know the country's regions; else the text as it is."""
    if country is None:
        return text
    codes, _ = _regions()
    name = fold(text)
    bare = name.removeprefix(f"{country.lower()} ").removeprefix("state of ").removeprefix("province of ")
    dotless = fold(text.replace(".", ""))
    return codes.get((country, name)) or codes.get((country, bare)) or codes.get((country, dotless)) or text


def zone_of_region(country: str, region: str) -> str | None:
    """The IANA zone in which most people of a region live; None for regions we do not know."""
    return _regions()[1].get((country, region))
