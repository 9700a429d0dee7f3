"""Received records made comparable: done once a record, so that comparing is quick.

What repeats between records (names, companies, cities) is folded once and remembered.
"""

from functools import lru_cache

from offhook.people.matching.model import Record
from offhook.people.model import Understood
from offhook.people.normalise.companies import split_legal_form
from offhook.people.normalise.names import PREFIXES, SUFFIXES
from offhook.people.normalise.values import fold

_NO_NAMES = frozenset(word for word in (PREFIXES | SUFFIXES) - {"v", "ma", "do", "pe", "jo"} if word.isalnum())


def person_record(understood: Understood) -> Record:
    """What is compared of a person."""
    first, last, others = _names(understood.first_name, understood.last_name, understood.full_name)
    company = understood.company_name
    return Record(
        first,
        last,
        others,
        understood.emails,
        understood.phones,
        understood.external_ids,
        understood.born_on,
        _folded(understood.street),
        _folded(understood.city),
        _folded(understood.postal_code).replace(" ", ""),
        _folded(understood.region),
        understood.country or "",
        company_core(company) if company else "",
        understood.domain or "",
        _folded(understood.title),
    )


def account_record(understood: Understood) -> Record:
    """What is compared of a company."""
    company = understood.company_name
    return Record(
        emails=understood.emails,
        phones=understood.phones,
        external_ids=understood.external_ids,
        street=_folded(understood.street),
        city=_folded(understood.city),
        postal_code=_folded(understood.postal_code).replace(" ", ""),
        region=_folded(understood.region),
        country=understood.country or "",
        company=company_core(company) if company else "",
        domain=understood.domain or "",
    )


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    return fold(text.replace("'", "").replace("’", ""))


def _folded(text: str | None) -> str:
    return _fold(text) if text else ""


def _names(first: str | None, last: str | None, full: str | None) -> tuple[str, str, tuple[str, ...]]:
    """First and last name without titles and the like, and what other words the full name has."""
    given = _without_titles(_folded(first))
    family = _without_titles(_folded(last))
    if not full:
        return given, family, ()
    whole = _folded(full)
    if whole == f"{given} {family}":
        return given, family, ()
    known = {*given.split(), *family.split()}
    return given, family, tuple(word for word in whole.split() if word not in known and word not in _NO_NAMES)


def _without_titles(name: str) -> str:
    """A folded name without "dr", "sir", "jr", "4th"; empty where nothing else was written."""
    if " " not in name:
        return "" if name in _NO_NAMES else name
    return " ".join(word for word in name.split() if word not in _NO_NAMES)


@lru_cache(maxsize=65536)
def company_core(name: str) -> str:
    """A company's name folded and without its legal form: what people mean when they say the name.

    Single letters that belong together are joined: "D.S.M. N.V." and "DSM NV" are both "dsm".
    """
    core, _ = split_legal_form(name.strip(" *.,;"))
    return join_initials(_fold(core))


def join_initials(text: str) -> str:
    """Runs of single letters as one word: "d s m" is "dsm"; a letter alone stays."""
    words = text.split()
    if sum(len(word) == 1 for word in words) < 2:
        return text
    joined: list[str] = []
    was_initial = False
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and was_initial:
            joined[-1] += word
        else:
            joined.append(word)
        was_initial = is_initial
    return " ".join(joined)
