"""Names of people: first and last out of whatever was written, in a case one can put on a letter.

Reads "Last, First", prefixes (Dr., Mrs.), suffixes (Jr., III, MD), particles (van der, de la, al-) and single
names. Case is mended only where a name is all upper or all lower: "MCDONALD" was typed with the key locked,
"deGrasse" was meant so. Letters of every script are left alone.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 200
"""Characters; the longest names that civil registers report are shorter."""

PREFIXES = frozenset(
    "mr mister mrs miss ms mx dr doctor prof professor rev reverend fr father sr sister hon honorable judge "
    "sir dame lord lady capt captain col colonel cpl gen general lt lieutenant maj major sgt sergeant pres "
    "president gov governor sen senator rep representative amb ambassador atty attorney rabbi imam pastor "
    "deacon bishop herr frau monsieur madame mme mlle señor señora sr. sra srta sig signora dott ing dipl dra "
    "drs messrs mesdames mayor officer chief".split()
)
SUFFIXES = frozenset(
    "jr sr junior senior ii iii iv v vi 2nd 3rd 4th esq esquire md m.d phd ph.d dds d.d.s dvm d.v.m do d.o jd "
    "j.d mba m.b.a cpa c.p.a rn r.n pe p.e dmd d.m.d od o.d edd ed.d psyd lcsw cfa cfp pmp pharmd bsc msc ma "
    "ba bs ms llm llb esq. ret usn usmc usaf usa dpm lpn np pa-c mp qc kc obe cbe mbe aia rph crna".split()
)
_GENERATIONS = {"ii": "II", "iii": "III", "iv": "IV", "vi": "VI", "jr": "Jr", "sr": "Sr"}
_PARTICLES = frozenset(
    "van von der den de del della di da dos das do du la le los las el al bin ibn ben ter ten te zu zum zur "
    "vom af av st st. san santa mac d' l' y e abu bint af".split()
)
_LOWER_PARTICLES = frozenset(
    "van von der den de del della di da dos das du ter ten te zu zum zur vom af av y e bin ibn".split()
)
_BRACKETED = re.compile(r"\s*[(\[\"“”'‘]([^()\[\]\"“”]{1,40})[)\]\"“”'’](?=\s|,|$)")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name in parts; `first` may hold initials, `full` is as shown."""

    full: str
    first: str | None = None
    middle: str | None = None
    last: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    nickname: str | None = None


@lru_cache(maxsize=65536)
def proper_case(name: str) -> str:
    """A name as one writes it, if it was all upper or all lower case; else unchanged."""
    if not (name.isupper() or name.islower()) or not any(c.isalpha() for c in name):
        return name
    if len(name) <= 2 and name.isupper():
        return name
    words = name.split(" ")
    return " ".join(_proper_word(word, is_first=i == 0) for i, word in enumerate(words))


_MC = re.compile(r"^Mc(\w)")
_BREAKS = re.compile(r"([-'’.])(\w)")


def _proper_word(word: str, *, is_first: bool) -> str:
    lower = word.lower()
    bare = lower.strip(".,")
    if bare in _GENERATIONS and not (is_first and bare == "vi"):
        return _GENERATIONS[bare] + word[len(word.rstrip(".,")) :]
    if not is_first and lower in _LOWER_PARTICLES:
        return lower
    if word.isupper() and len(bare) <= 2 and not any(c in "aeiouy" for c in bare):
        return word
    if word.isupper() and "." in word.rstrip(".") and len(word) <= 6:
        return word
    proper = lower[:1].upper() + lower[1:]
    proper = _BREAKS.sub(lambda m: m[1] + _after_break(m, proper), proper)
    return _MC.sub(lambda m: "Mc" + m[1].upper(), proper)


def _after_break(found: re.Match[str], word: str) -> str:
    """Upper case after a hyphen or an O' or D'; not after the apostrophe of a possessive."""
    follows = word[found.end() :]
    is_ending = found[1] in "'’" and not follows and found[2] in "st"
    return found[2] if is_ending else found[2].upper()


def read_name(text: str) -> PersonName:
    """Take a person's name apart; what cannot be told apart stays in `full`.

    A single word is a first name. Two people ("Ann and Bob Lee") give the first of them with the shared surname.
    """
    return _read_name(text)


@lru_cache(maxsize=16384)
def _read_name(text: str) -> PersonName:
    nickname = _BRACKETED.search(text)
    bare = _BRACKETED.sub(" ", text).strip() if nickname else text
    if not bare.strip(" ,"):
        bare, nickname = text.strip("()[]\"'“” "), None
    before, comma, after = bare.partition(",")
    after, suffix_after = _suffixes_of(after.replace(",", " ").split())
    words = before.split()
    if comma and after:
        prefix, first = _prefixes_of(after)
        prefix_before, last = _prefixes_of(words)
        last, suffix = _suffixes_of(last)
        name = _parts(first[:1], first[1:], last, prefix or prefix_before, suffix + suffix_after)
    else:
        prefix, words = _prefixes_of(words)
        words, suffix = _suffixes_of(words)
        words, extra = _first_of_two(words)
        first, middle, last = _western(words, bool(prefix), extra)
        name = _parts(first, middle, last, prefix, suffix + suffix_after)
    return _with_nickname(name, nickname[1] if nickname else None)


def _prefixes_of(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and words[count].lower().rstrip(".,") in PREFIXES:
        count += 1
    return words[:count], words[count:]


def _suffixes_of(words: list[str]) -> tuple[list[str], list[str]]:
    count = len(words)
    while count > 0 and _is_suffix(words[count - 1], count):
        count -= 1
    return words[:count], words[count:]


def _is_suffix(word: str, position: int) -> bool:
    bare = word.lower().rstrip(".,")
    if bare not in SUFFIXES:
        return False
    return position != 1 or bare in {"jr", "sr", "ii", "iii", "iv", "esq", "md", "phd"}


_AND = frozenset({"and", "&", "or", "und", "y", "et", "e"})


def _first_of_two(words: list[str]) -> tuple[list[str], str | None]:
    """Of "Ann and Bob Lee" the words of the first person, and the surname they share."""
    for at, word in enumerate(words):
        if 0 < at < len(words) - 1 and word.lower() in {"and", "&", "or", "und"}:
            return words[:at], words[-1] if at == 1 else None
    return words, None


def _western(words: list[str], has_prefix: bool, shared: str | None) -> tuple[list[str], list[str], list[str]]:
    """Given names first, then the surname with its particles."""
    if len(words) == 1:
        if shared:
            return words, [], [shared]
        return ([], [], words) if has_prefix else (words, [], [])
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return words[:1], words[1:start], words[start:]


def _parts(
    first: list[str], middle: list[str], last: list[str], prefix: list[str], suffix: list[str]
) -> PersonName:
    def joined(words: list[str]) -> str | None:
        return proper_case(" ".join(words).strip(" ,")) or None

    full = " ".join(part for part in (joined(first), joined(middle), joined(last), joined(suffix)) if part)
    return PersonName(full, joined(first), joined(middle), joined(last), joined(prefix), joined(suffix))


def _with_nickname(name: PersonName, nickname: str | None) -> PersonName:
    if nickname is None:
        return name
    return PersonName(
        name.full, name.first, name.middle, name.last, name.prefix, name.suffix, proper_case(nickname)
    )
