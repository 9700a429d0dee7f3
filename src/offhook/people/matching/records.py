"""Received records made comparable: done once a record, so that comparing is quick.

What repeats between records (names, companies, cities) is folded once and remembered.
"""

import re
from functools import lru_cache

from offhook.people.matching.model import Record
from offhook.people.matching.similarity import is_common_name
from offhook.people.model import Understood
from offhook.people.normalise.companies import LEGAL_FORMS
from offhook.people.normalise.names import PREFIXES, SUFFIXES
from offhook.people.normalise.values import fold

_RANKS = frozenset(
    "baron baroness baronet bart bt count countess duchess duke earl marchioness marquess marquis prince princess "
    "viscount viscountess".split()
)
_NO_NAMES = _RANKS | {word for word in (PREFIXES | SUFFIXES) - {"v", "ma", "do", "pe", "jo"} if word.isalnum()}
_ORDINAL = re.compile(r"\d+(st|nd|rd|th)?")


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
    if not text:
        return ""
    return text.lower() if text.isascii() and text.isalpha() else _fold(text)


def _names(first: str | None, last: str | None, full: str | None) -> tuple[str, str, tuple[str, ...]]:
    """First and last name without titles and the like, and what other words the full name has."""
    given = _without_titles(_folded(first))
    family = _without_titles(_folded(last))
    if not full or full == f"{first} {last}":
        return given, family, ()
    whole = _folded(full)
    known = {*given.split(), *family.split()}
    return given, family, tuple(word for word in whole.split() if word not in known and _is_name(word))


def _without_titles(name: str) -> str:
    """What `_bare` says, without asking it where the name is one plain word."""
    return name if name.isalpha() and name not in _NO_NAMES else _bare(name)


@lru_cache(maxsize=65536)
def _bare(name: str) -> str:
    """A folded name without "dr", "sir", "jr", "4th"; empty where nothing else was written.

    Bishop, Earl and the like are kept where they stand alone: people are called so.
    """
    if " " not in name and is_common_name(name):
        return name
    return " ".join(word for word in name.split() if _is_name(word))


def _is_name(word: str) -> bool:
    return word not in _NO_NAMES and not (word[0].isdigit() and _ORDINAL.fullmatch(word))


_FORMS_IN_LETTERS = frozenset(
    "nv bv sa ag kg ab as oy se spa srl sas slu llc llp plc inc ltd doo sro lp pc pa lc ev bt rt".split()
)
_FORMS_NOT_NAMES = frozenset("nv bv llc llp plc srl".split())
_FORMS_ANYWHERE = frozenset(
    "nv bv gmbh inc incorporated ltd limited llc llp plc corp corporation ag kg srl spa sarl sas oy oyj aps pty "
    "pvt pte bhd ltda kft sro doo aktiengesellschaft aktiebolag naamloze naamlooze besloten".split()
)
_FORMS_BEFORE = LEGAL_FORMS | {
    "naamloze",
    "naamlooze",
    "vennootschap",
    "besloten",
    "societe",
    "anonyme",
    "dite",
    "firma",
}


_TOP_LEVEL = re.compile(r"(?<=\w)\.(?:com|net|org|io|ai)\b", re.IGNORECASE)
_SPELLED_OUT = {
    "st": "saint",
    "mt": "mount",
    "ft": "fort",
    "ctr": "center",
    "centre": "center",
    "intl": "international",
    "natl": "national",
    "assn": "association",
    "assoc": "association",
    "univ": "university",
    "dept": "department",
    "svc": "service",
    "svcs": "services",
    "mfg": "manufacturing",
    "bros": "brothers",
    "mgmt": "management",
    "hosp": "hospital",
    "inst": "institute",
    "tech": "technology",
}


@lru_cache(maxsize=65536)
def company_core(name: str) -> str:
    """A company's name folded and without its legal form: what people mean when they say the name.

    Single letters that belong together are joined ("D.S.M. N.V." and "DSM NV" are both "dsm"), and what follows a
    legal form is left out, since it tells where ("Unilever N.V., Rotterdam"). A name of nothing else stays.
    """
    words = [_SPELLED_OUT.get(word, word) for word in _join_letters(_fold(_TOP_LEVEL.sub("", name)).split())]
    if LEGAL_FORMS.issuperset(words):
        return " ".join(words)
    first = 0
    while first < len(words) - 1 and words[first] in _FORMS_BEFORE:
        first += 1
    last = next((i for i in range(first + 1, len(words)) if words[i] in _FORMS_ANYWHERE), len(words))
    while last > first + 1 and words[last - 1] in LEGAL_FORMS:
        last -= 1
    core = words[first:last]
    return " ".join(words if core == ["the"] else core)


def _join_letters(words: list[str]) -> list[str]:
    """Runs of single letters as one word, legal forms among them apart: "d s m n v" is "dsm nv"."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.extend(_without_form(run))
        run = ""
        if word:
            joined.append(word)
    return joined


def _without_form(letters: str) -> list[str]:
    """A run of letters, with the legal form that it begins or ends with as a word of its own."""
    for length in (3, 2):
        if len(letters) > length + 1 and letters[-length:] in _FORMS_IN_LETTERS:
            return [letters[:-length], letters[-length:]]
        if letters[:length] in _FORMS_NOT_NAMES and len(letters) > length:
            return [letters[:length], letters[length:]]
    return [letters]
