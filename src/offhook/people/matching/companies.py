"""How alike two company names are: by their words, rare ones counting for more, slips allowed. Symmetric.

How rare a word is cannot be counted in a base that grows, so it is told from carried lists of words that many
companies bear ("international", "center"), and else from its length.
"""

import re
from functools import lru_cache

from offhook.people.matching.similarity import last_name_bits, likeness, slips
from offhook.people.normalise.companies import LEGAL_FORMS

_FILLERS = frozenset(
    "the of and for a an de der die das la le les el los und et y e do da di du van von at in".split()
)

_NEUTRAL = frozenset(
    "international internationale internationaal intl group groupe gruppe grupo holding holdings global worldwide "
    "world services service solutions solution systems system technologies technology technologie tech technik "
    "industries industry industrial enterprises enterprise partners partner associates company companies "
    "corporate business businesses headquarters office offices branch division team official general united "
    "first national europe europa european america american americas usa us uk netherlands nederland holland "
    "germany deutschland france belgium italia italy espana spain austria switzerland schweiz sweden denmark "
    "norway finland poland canada mexico brasil brazil china india japan asia pacific australia africa emea apac "
    "north south east west northern southern eastern western central koninklijke royal maatschappij vennootschap "
    "gesellschaft societe compagnie compania companhia".split()
)
"""Words that companies add or leave out as they please: they hardly tell one from another."""

_TRADES = frozenset(
    "consulting consultants management development research engineering new city county state university college "
    "school schools academy institute center centre centers community church club association foundation society "
    "trust fund council department house home homes health healthcare medical care hospital clinic dental bank "
    "financial finance capital insurance investment investments properties property realty estate construction "
    "building builders design media marketing communications communication network networks software digital "
    "data electronics electric energy power oil gas water food foods restaurant hotel travel transport "
    "transportation logistics shipping auto automotive motor motors manufacturing products product production "
    "productions supply trading trade sales store stores shop market law legal agency security family children "
    "childrens child day learning early education educational training public private chicago york london paris "
    "elementary high primary preschool kids site program head start street road avenue".split()
)
"""Words that many companies bear, though two that differ in one are hardly the same."""

_BITS_OF_COMMON = 2.0
_COST_OF_TRADE = 4.0
_BITS_OF_FILLER = 0.3
_BITS_OF_LETTERS = 8.0
_LEAST_RARE = 5.0
_MOST_RARE = 10.0
_VOWELS = re.compile("[aeiouy]|[^a-z]")


@lru_cache(maxsize=65536)
def word_bits(word: str) -> float:
    """How much it tells that two company names share a word."""
    if word in _FILLERS or word in LEGAL_FORMS:
        return _BITS_OF_FILLER
    if word in _NEUTRAL or word in _TRADES:
        return _BITS_OF_COMMON
    if word.isdigit():
        return _LEAST_RARE
    if not _VOWELS.search(word):
        return _BITS_OF_LETTERS
    return last_name_bits(word, min(_MOST_RARE, max(_LEAST_RARE, 3.0 + len(word))))


def _cost(word: str, bits: float) -> float:
    """How much it tells against two names being one that only one of them has the word."""
    return _COST_OF_TRADE if word in _TRADES else bits


@lru_cache(maxsize=65536)
def name_words(core: str) -> tuple[tuple[str, float], ...]:
    """The distinct words of a name with the bits they carry, those that tell most first."""
    return tuple(sorted({(word, word_bits(word)) for word in core.split()}, key=lambda w: (-w[1], w[0])))


def shared_bits(one: str, other: str) -> tuple[float, float, float]:
    """Bits of the words that two names share, and against them of those only the first and only the second has."""
    mine = dict(name_words(one))
    theirs = dict(name_words(other))
    shared = sum(bits for word, bits in mine.items() if word in theirs)
    left = [(word, bits) for word, bits in mine.items() if word not in theirs]
    right = [(word, bits) for word, bits in theirs.items() if word not in mine]
    for word, bits in list(left):
        match = next((pair for pair in right if _are_spellings(word, pair[0])), None)
        if match is not None:
            left.remove((word, bits))
            right.remove(match)
            shared += min(bits, match[1]) * 0.85
    return shared, sum(_cost(*word) for word in left), sum(_cost(*word) for word in right)


def _are_spellings(one: str, other: str) -> bool:
    """Whether two words may be one, misspelled or cut short."""
    shorter, longer = sorted((one, other), key=lambda word: (len(word), word))
    if len(shorter) < 4:
        return False
    if longer.startswith(shorter):
        return True
    return slips(one, other) <= (2 if len(shorter) >= 9 else 1) or likeness(one, other) >= 0.93


@lru_cache(maxsize=16384)
def acronym(core: str) -> str:
    """First letters of a name of three words or more, fillers left out: "ibm"; else empty."""
    letters = [word[0] for word in core.split() if word not in _FILLERS]
    return "".join(letters) if len(letters) >= 3 else ""


def are_spelled_alike(one: str, other: str) -> bool:
    """Whether two names, blanks aside, are a slip apart: one in eight letters or more, two in fourteen or more."""
    shorter = min(len(one), len(other))
    return shorter >= 8 and slips(one, other) <= (2 if shorter >= 14 else 1)


def company_likeness(one: str, other: str) -> float:
    """0 to 1: how much of what two names tell they share; 1 for the same name written together or apart."""
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    shared, left, right = shared_bits(*sorted((one, other)))
    whole = shared + left + right
    return shared / whole if whole else 0.0
