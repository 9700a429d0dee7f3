"""Company names: the legal form told apart from the name, and companies told from people.

Legal forms are those of ISO 20275 (entity legal forms) that business lists commonly show, in the usual
spellings; only a form at the end (or, for a few languages, at the beginning) counts.
"""

import re
from functools import lru_cache

from offhook.people.normalise.values import fold

LEGAL_FORMS = frozenset(
    "inc incorporated corp corporation co company llc lc pllc llp lp lllp ltd limited plc pc pa psc gmbh ag kg "
    "ohg ug mbh gbr ev eg kgaa se sa sas sarl sarlu eurl snc scs sca srl spa sapa sl slu slne sau bv nv vof cv "
    "oy oyj ab as asa aps ks dba pty pvt private public bhd sdn pte kk gk yk ooo oao zao pao ltda eireli mei "
    "cia sro doo dd ad ead eood ood kft zrt nyrt bt rt spzoo spk uab sia tov jsc pjsc ojsc cjsc kabushiki "
    "kaisha gmbhcokg cokg sab sapi rl cpa pty na".split()
)
"""Folded words that state what kind of legal person a company is."""

_PHRASES = (
    ("gmbh", "co", "kg"),
    ("sp", "z", "o", "o"),
    ("s", "a", "de", "c", "v"),
    ("sa", "de", "cv"),
    ("s", "de", "r", "l"),
    ("s", "r", "l"),
    ("s", "p", "a"),
    ("s", "a", "s"),
    ("s", "l", "u"),
    ("l", "l", "c"),
    ("l", "l", "p"),
    ("d", "b", "a"),
    ("s", "a"),
    ("s", "l"),
    ("l", "p"),
    ("l", "c"),
    ("p", "c"),
    ("p", "a"),
    ("b", "v"),
    ("n", "v"),
    ("a", "s"),
    ("a", "g"),
    ("e", "v"),
    ("d", "o", "o"),
    ("s", "r", "o"),
)
_LEADING = frozenset("ooo oao zao pao pt cv ud uab sia".split())

_ORGANISATION_WORDS = frozenset(
    "association associates bank bar board bros brothers bureau business cafe care center centers centre "
    "centres church city club clinic college commission committee communications community construction "
    "consultants consulting contractors council county department design development district electric energy "
    "engineering enterprise enterprises entertainment equipment federation financial food foods foundation "
    "friends fund garage group grill health healthcare holding holdings home homes hospital hotel industries "
    "institute insurance international investment investments laboratory law league logistics management "
    "manufacturing market marketing media medical ministries ministry motor motors museum network networks "
    "news office organization pac partners partnership pharmacy pizza plumbing police political post products "
    "project properties realty rental repair research restaurant roofing salon sales school schools security "
    "service services shop society software solutions station store stores studio studios supply system "
    "systems tavern tech technologies technology theatre trade training transport transportation travel "
    "trucking trust union universal university ventures workers works railway airlines university and for of "
    "the citizens democratic republican party state national american local accountancy advertising agency "
    "agencies auto automotive bakery beauty beverage builders building capital carpet cartage catering "
    "cleaners cleaning coalition concrete corporate currency dental distribution distributors drywall exchange "
    "exterminators fitness flooring global heating imports janitorial jewelers landscaping laundry liquor "
    "lounge machine mart metal nursing nails painting paper parking pest pet plaza press printing production "
    "productions professional public quality rehabilitation renovation retail towing tire tobacco tours towers "
    "wholesale wireless world".split()
)
_ALSO_NAMES = frozenset({"as", "co", "pa", "na", "mei", "ad", "se"})
_WORDS = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65536)
def split_legal_form(name: str) -> tuple[str, str]:
    """A company's name without its legal form, and the legal form, both as written.

    `Precious Little One's Learning Center, Inc.` gives `Precious Little One's Learning Center` and `Inc.`. A name
    that is nothing but a legal form stays a name.
    """
    words = [(m.start(), fold(m.group())) for m in _WORDS.finditer(name)]
    kept = len(words)
    while kept > 1:
        shorter = _without_form(words, kept)
        if shorter == kept or shorter < 1:
            break
        kept = shorter
    first = 1 if kept > 1 and words[0][1] in _LEADING and kept == len(words) else 0
    if kept == len(words) and not first:
        return name, ""
    start = words[first][0]
    end = words[kept][0] if kept < len(words) else len(name)
    core = name[start:end].rstrip(" ,.-(&/").lstrip(" ,-\"'«“")
    form = (name[:start] if first else name[end:]).strip(" ,-()")
    return (core, form) if core else (name, "")


def _without_form(words: list[tuple[int, str]], kept: int) -> int:
    """How many words are left without the legal form that ends there."""
    texts = [word for _, word in words[:kept]]
    for phrase in _PHRASES:
        if len(phrase) < kept and tuple(texts[-len(phrase) :]) == phrase:
            return kept - len(phrase)
    return kept - 1 if texts[-1] in LEGAL_FORMS else kept


@lru_cache(maxsize=65536)
def is_company_name(text: str) -> bool:
    """Whether a name is likelier a company's than a person's: a legal form, a word of trade, a digit, an "&"."""
    if any(c.isdigit() or c in "&+@#" for c in text):
        return True
    words = fold(text.replace("'", "").replace("’", "")).split()
    if (
        len(words) > 1
        and split_legal_form(text)[1]
        and words[-1] not in {"as", "co", "pa", "na", "mei", "ad", "se"}
    ):
        return True
    return any(word in _ORGANISATION_WORDS for word in words) or (len(words) > 1 and words[-1] == "co")
