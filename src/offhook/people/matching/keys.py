"""Keys: what two records must share to be compared at all, as signed 64-bit numbers.

A key is a hash (BLAKE2b, 8 bytes) of a few values written so that usual errors keep them: sounds instead of
spellings, names in alphabetical order. The same for ever and on every machine, since keys are stored. There are
few of them a record, as each costs a row of an index: three for a name with a company, more only for records that
also tell a birth date or an address.
"""

from hashlib import blake2b

from offhook.people.matching.companies import acronym, name_words
from offhook.people.matching.model import Record
from offhook.people.matching.persons import ROLES
from offhook.people.matching.similarity import formal_name, sound, street_parts

_LONG_ENOUGH = 4


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def person_keys(features: Record) -> tuple[int, ...]:
    """By what a person's candidates are found, besides shared contact points; about 8 µs."""
    first = sound(formal_name(features.first.split(" ", 1)[0])) if features.first else ""
    last = sound(features.last) if features.last else ""
    texts: list[str] = []
    if first and last:
        texts.append(_spelled(features))
        if not features.emails:
            texts.append(f"n|{first}|{last}" if first <= last else f"n|{last}|{first}")
    company = features.domain or features.company
    if company and (last or first):
        texts.append(f"c|{company}|{last or first}")
    texts.extend(f"e|{local}" for local in _locals(features.emails))
    texts.extend(f"{told}|{name}" for told in _places(features) for name in (last, first) if name)
    if features.born_on is not None:
        day = features.born_on.toordinal()
        texts.append(f"b|{day}|{first[:1]}")
        texts.append(f"b|{day}|{last[:1]}")
    if features.street and features.postal_code:
        texts.append(f"s|{features.postal_code}|{_house(features.street)}")
    return tuple(dict.fromkeys(map(_key, texts)))


def _spelled(features: Record) -> str:
    """Both names as spelled, short forms resolved, in alphabetical order."""
    one, other = sorted((formal_name(features.first.split(" ", 1)[0]), formal_name(features.last)))
    return f"m|{one}|{other}"


def _places(features: Record) -> list[str]:
    """What narrows a single name down: the postal code and, where no e-mail tells better, the city."""
    told: list[str] = []
    if features.postal_code:
        told.append(f"p|{features.postal_code}")
    if features.city and not features.emails:
        told.append(f"t|{features.city}")
    return told


def _house(street: str) -> str:
    """House number and how the street's first word sounds."""
    number, words = street_parts(street)
    return f"{number}|{sound(words[0]) if words else ''}"


def _locals(emails: tuple[str, ...]) -> list[str]:
    """What stands before the @ where it is long enough to tell a person."""
    if not emails:
        return []
    local = emails[0].rpartition("@")[0]
    return [local] if len(local) >= 6 and local not in ROLES else []


def account_keys(features: Record) -> tuple[int, ...]:
    """By what a company's candidates are found, besides its domain; about 8 µs."""
    texts: list[str] = []
    if features.company:
        texts.append("a|" + features.company.replace(" ", ""))
        initials = acronym(features.company)
        if initials:
            texts.append(f"a|{initials}")
        texts.extend(f"w|{_rough(word)}" for word, bits in name_words(features.company)[:2] if bits > 2.0)
    if features.domain:
        texts.append("a|" + features.domain.partition(".")[0].replace("-", ""))
    texts.extend(f"t|{number}" for number in features.phones[:2])
    if features.street:
        number, words = street_parts(features.street)
        if number and words:
            texts.append(f"s|{number}|{sound(words[-1])}")
    return tuple(dict.fromkeys(map(_key, texts)))


def _rough(word: str) -> str:
    """How a word sounds, with its first letters where it is so short that many sound alike."""
    sounds = sound(word)
    return sounds if len(sounds) > _LONG_ENOUGH else f"{sounds}|{word[:3]}"
