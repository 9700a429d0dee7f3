"""How alike two values are: names, nicknames, sounds, streets, numbers. Symmetric, pure, remembered where it pays.

String metrics are `rapidfuzz`'s: Jaro–Winkler (Winkler 1990) for names, Damerau–Levenshtein in the restricted form
(optimal string alignment) for codes and numbers, where one slip of the finger counts one.
"""

import re
from functools import cache, lru_cache
from math import log2
from pathlib import Path

from rapidfuzz.distance import OSA, JaroWinkler

_LISTS = Path(__file__).parent / "lists"


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """For every short form the names it may stand for, itself included; "ron" is of Aaron and of Ronald."""
    names: dict[str, set[str]] = {}
    for line in (_LISTS / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        name, _, shorts = line.partition(": ")
        names.setdefault(name, set()).add(name)
        for short in shorts.split():
            names.setdefault(short, {short}).add(name)
    return {short: frozenset(of) for short, of in names.items()}


_NOBODY: frozenset[str] = frozenset()


def are_nicknames(one: str, other: str) -> bool:
    """Whether two first names are short forms of one name (Bob and Robert, Bob and Rob)."""
    known = _nicknames()
    return not known.get(one, _NOBODY).isdisjoint(known.get(other, _NOBODY))


@lru_cache(maxsize=16384)
def formal_name(first: str) -> str:
    """The name that a short form most likely stands for: of all it may stand for, the one most people bear.

    The name itself where it is no short form, or commoner than those: "bob" is "robert", "robert" stays.
    """
    stems = _nicknames().get(first)
    if not stems:
        return first
    shares = _shares("first-names.txt")
    return min(stems | {first}, key=lambda name: (-shares.get(name, 0), name))


@cache
def _shares(file: str) -> dict[str, int]:
    """Common names, and how many in 100,000 people bear each."""
    lines = (_LISTS / file).read_text(encoding="utf-8").splitlines()
    return {name: int(count) for name, _, count in (line.partition(" ") for line in lines)}


@lru_cache(maxsize=65536)
def first_name_bits(name: str, most: float) -> float:
    """How much it tells that two share this first name: -log2 of its share, `most` for names not listed."""
    return min(most, log2(100_000 / _shares("first-names.txt").get(name, 1)))


def are_two_first_names(one: str, other: str) -> bool:
    """Whether both are names that many bear, alike but no spellings of one: Robert and Roberta, John and Joan.

    Stephen and Steven, Catherine and Katherine are spellings: they sound and end alike.
    """
    shares = _shares("first-names.txt")
    if one not in shares or other not in shares or likeness(one, other) < _ALIKE:
        return False
    return sound(one) != sound(other) or one[-1] != other[-1] or likeness(one, other) < _SPELLINGS


@lru_cache(maxsize=65536)
def last_name_bits(name: str, most: float) -> float:
    """The same for a last name; of several words the rarest counts."""
    shares = _shares("last-names.txt")
    return min(most, max(log2(100_000 / shares.get(word, 1)) for word in name.split()))


def is_common_name(word: str) -> bool:
    """Whether many people bear it as a first or last name."""
    return word in _shares("last-names.txt") or word in _shares("first-names.txt")


_ALIKE = 0.8
_SPELLINGS = 0.88

_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("aeiouyhw", ""),
        **dict.fromkeys("ckqgj", "k"),
        **dict.fromkeys("szx", "s"),
        **dict.fromkeys("dt", "t"),
        **dict.fromkeys("bp", "p"),
        **dict.fromkeys("fv", "f"),
        **dict.fromkeys("mn", "n"),
    }
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a word begins and sounds, roughly: first letter's class, then consonant classes without doubles.

    After the idea of Soundex with coarser classes and no cut at four: "smith" and "smyth" agree, and so do
    "catherine" and "kathryn". Letters of other scripts stay as they are.
    """
    word = word.replace(" ", "").replace("ph", "f")
    if not word:
        return ""
    first = word[0].translate(_SOUNDS) or "a"
    kept = [first]
    for letter in word[1:].translate(_SOUNDS):
        if letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


def likeness(one: str, other: str) -> float:
    """Jaro–Winkler of two words, 0 to 1, the same either way round."""
    return JaroWinkler.similarity(one, other) if one <= other else JaroWinkler.similarity(other, one)


def slips(one: str, other: str, most: int = 2) -> int:
    """How many slips of the finger (wrong, missing, added, swapped) apart; `most` + 1 for more."""
    return OSA.distance(one, other, score_cutoff=most)


_STREET_WORDS = {
    "street": "st",
    "str": "st",
    "strasse": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "square": "sq",
    "parkway": "pkwy",
    "highway": "hwy",
    "terrace": "ter",
    "circuit": "cct",
    "circle": "cir",
    "crescent": "cres",
    "close": "cl",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "suite": "ste",
    "apartment": "apt",
    "unit": "apt",
    "floor": "fl",
    "number": "no",
}
_KINDS = frozenset(_STREET_WORDS.values()) | {"the", "of", "way"}
_NUMBER = re.compile(r"(\d+)[a-z]?")


@lru_cache(maxsize=32768)
def street_parts(street: str) -> tuple[str, tuple[str, ...]]:
    """A folded street's house number ("" if none) and the words that name it, without kinds of street.

    "4753-59 W. Washington Blvd" is 4753 and Washington; "71st" is a name.
    """
    number = ""
    words: list[str] = []
    for word in street.split():
        found = _NUMBER.fullmatch(word)
        if found and not words:
            number = number or found[1]
        elif _STREET_WORDS.get(word, word) not in _KINDS:
            words.append(word)
    return number, tuple(words)
