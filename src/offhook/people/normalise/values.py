"""Plain values: text made clean, words that mean "nothing", yes and no, whole numbers, dates.

A reader returns what it understood, or `Rejected` with a reason that can stand in a report. What was received
is kept verbatim by the caller; nothing here guesses where a value can be read in two ways.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path

from offhook.people.normalise import cldr

LISTS = Path(__file__).parent / "lists"
"""Where the carried lists lie."""

EARLIEST_YEAR = 1850
LATEST_YEAR = 2150
EARLIEST_BIRTH_YEAR = 1000
"""Lists of persons hold long-dead ones; a birth date only identifies."""

NULL_WORDS = frozenset(
    "#div/0! #n/a #name? #null! #ref! #value! (blank) (none) (null) (select) - -- --- --select-- . / <na> "
    "<null> ? ?? blank empty missing n.a n.a. n/a na nan nil none not-applicable null select select... tba tbd "
    "unassigned undefined unknown unspecified".split()
) | frozenset(
    "|not applicable|not available|not provided|not specified|not known|no data|please select|select one|"
    "-- select --|- select -|--none--|-none-|-- none --|[not provided]|[unknown]|not selected".split("|")
)
"""Lower-case words that stand where a value is missing."""

TRUE_WORDS = frozenset("1 1.0 y yes true t on x checked ja si sí sim oui da wahr vrai".split())
FALSE_WORDS = frozenset("0 0.0 n no false f off unchecked nein não nao non net falsch faux".split())

# Joiners that carry meaning in Persian and the scripts of India are kept.
_KEPT_FORMATS = frozenset("\u200c\u200d")
_RUNS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A value that cannot be used, and why, in words for the person who sent it."""

    reason: str


def tidy(text: str) -> tuple[str, bool]:
    """Text without outer and doubled white space and without invisible characters; whether controls were cut.

    The flag tells of null bytes and other control characters (Unicode Cc, and lone surrogates), which no
    one types; white space of any kind becomes one space, marks of direction and byte order go silently.
    """
    if text.isprintable():
        stripped = text.strip()
        return (_RUNS.sub(" ", stripped) if "  " in stripped else stripped), False
    kept: list[str] = []
    had_controls = False
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            kept.append(" ")
            continue
        kind = unicodedata.category(character)
        if kind in {"Cc", "Cs", "Cn"}:
            had_controls = True
        elif kind != "Cf" or character in _KEPT_FORMATS:
            kept.append(character)
    return _RUNS.sub(" ", "".join(kept)).strip(), had_controls


def is_missing(text: str) -> bool:
    """Whether a tidy text only says that there is no value: "N/A", "Select", "-", "unknown"."""
    return text.lower() in NULL_WORDS


def fold(text: str) -> str:
    """Text for comparing: no case, no accents, only letters and digits, single spaces."""
    if text.isascii():
        return _folded_ascii(text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.casefold()).split())


_NOT_WORD = re.compile(r"[^a-z0-9]+")


def _folded_ascii(text: str) -> str:
    return _NOT_WORD.sub(" ", text.lower()).strip()


def read_boolean(text: str) -> bool | Rejected:
    """Yes or no, in the usual spellings of several languages."""
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    return Rejected("neither yes nor no")


_COUNT = re.compile(
    r"^[~><=≥≤ ]*([0-9][0-9 .,'’]*?)(k|m)?(?:\+| ?(?:-|–|to) ?[0-9][0-9 .,'’]*(?:k|m)?)?( employees| people)?$"
)


def read_count(text: str) -> int | Rejected:
    """A whole number, with or without marks of thousands; of a range ("51-200", "10,001+") the lower end."""
    if text.isdigit() and text.isascii() and len(text) < 10:
        return int(text)
    found = _COUNT.match(text.strip().lower())
    if not found:
        return Rejected("not a whole number")
    digits = re.sub(r"[.,][0-9]{1,2}$" if not found[2] else r"$^", "", found[1].strip())
    scale = {"k": 1_000, "m": 1_000_000}.get(found[2] or "", 1)
    if scale > 1 and re.fullmatch(r"[0-9]+[.,][0-9]{1,2}", digits):
        number = round(float(digits.replace(",", ".")) * scale)
    else:
        number = int(re.sub(r"[^0-9]", "", digits)) * scale
    return number if number < 2**31 else Rejected("too large")


_YEAR_FIRST = re.compile(r"^(\d{4})([-/. ]?)(\d{1,2})\2(\d{1,2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})$")
_WITH_NAME = re.compile(
    r"^(?:[^\W\d]+,? +)?(\d{1,2})(?:st|nd|rd|th|\.|º)?(?: de|[- ])? ?"
    r"([^\W\d_]{3,}\.?)(?: de|[-, .])* ?(\d{4}|\d{2})$"
)
_NAME_FIRST = re.compile(r"^(?:[^\W\d]+,? +)?([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$")
_TIME = re.compile(
    r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? ?(?:[ap]\.?m\.?)? ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)


def read_date(text: str, day_first: bool | None = None, earliest_year: int = EARLIEST_YEAR) -> date | Rejected:
    """A calendar date in one of the usual spellings; a time after it is ignored.

    `day_first` says how a column writes 03/04/2025; without it a date that can be read in two ways is
    rejected, since a guess would be wrong half the time. Two-digit years lie between 1930 and 2029. Only dates
    that begin with their year may be as early as `earliest_year`.
    """
    bare = _TIME.sub("", text.strip())
    if found := _YEAR_FIRST.match(bare):
        return _date(int(found[1]), int(found[3]), int(found[4]), earliest_year)
    if found := _YEAR_LAST.match(bare):
        return _year_last(int(found[1]), int(found[3]), _full_year(found[4]), day_first)
    if found := _WITH_NAME.match(bare):
        return _named(found[2], found[1], found[3])
    if found := _NAME_FIRST.match(bare):
        return _named(found[1], found[2], found[3])
    return Rejected("not a date we can read; write it as 2025-03-31")


def _year_last(one: int, two: int, year: int, day_first: bool | None) -> date | Rejected:
    if one > 12 or one == two:
        return _date(year, two, one)
    if two > 12:
        return _date(year, one, two)
    if day_first is None:
        return Rejected("day and month can be read either way; write it as 2025-03-31 or say how the column does")
    return _date(year, two, one) if day_first else _date(year, one, two)


def _named(month: str, day: str, year: str) -> date | Rejected:
    number = _months().get(fold(month)) or _months().get(fold(month)[:3])
    if number is None:
        return Rejected(f"'{month}' is not a month we know")
    return _date(_full_year(year), number, int(day))


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= 30 else 2000)


def _date(year: int, month: int, day: int, earliest_year: int = EARLIEST_YEAR) -> date | Rejected:
    if not earliest_year <= year <= LATEST_YEAR:
        return Rejected(f"the year {year} is impossible here")
    try:
        return date(year, month, day)
    except ValueError:
        return Rejected("there is no such day")


def read_moment(text: str, zone: tzinfo, day_first: bool | None = None) -> datetime | Rejected:
    """A moment in UTC; a time without an offset is in `zone`, a date alone is its midnight there."""
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        day = read_date(stripped, day_first)
        if isinstance(day, Rejected):
            return day
        time = _clock_time(stripped)
        if isinstance(time, Rejected):
            return time
        moment = datetime(day.year, day.month, day.day, *time, tzinfo=_offset(stripped))
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return Rejected(f"the year {moment.year} is impossible here")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)? ?([ap])?", re.IGNORECASE)


def _clock_time(text: str) -> tuple[int, int, int] | Rejected:
    found = _CLOCK.search(text)
    if not found:
        return 0, 0, 0
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return Rejected("there is no such time of day")
    return hour, minute, second


_OFFSET = re.compile(r"(?:Z|UTC|GMT|([+-]\d{2}):?(\d{2}))$", re.IGNORECASE)


def _offset(text: str) -> tzinfo | None:
    found = _OFFSET.search(text)
    if not found or ":" not in text:
        return None
    return datetime.strptime(f"{found[1] or '+00'}{found[2] or '00'}", "%z").tzinfo


def day_comes_first(values: Iterable[str]) -> bool | None:
    """How a column of dates writes day and month, told by the values that allow one reading only.

    None when nothing tells, or when the column contradicts itself.
    """
    told: set[bool] = set()
    for value in values:
        found = _YEAR_LAST.match(_TIME.sub("", value.strip()))
        if found and (int(found[1]) > 12) != (int(found[3]) > 12):
            told.add(int(found[1]) > 12)
    return told.pop() if len(told) == 1 else None


@cache
def _months() -> dict[str, int]:
    """Names of months and their short forms, by folded name; where languages disagree English holds."""
    names: dict[str, int] = {}
    for language in ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "tr", "id"):
        for number, name in cldr.month_names(language):
            names.setdefault(fold(name), number)
    return names


@lru_cache(maxsize=4096)
def read_language(text: str) -> str | Rejected:
    """A BCP 47 tag such as `pt-BR`, from a tag, or from the name of a language in English or in itself."""
    tag = text.strip().replace("_", "-")
    primary, _, rest = tag.partition("-")
    if primary.lower() in _language_codes() and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        return "-".join([primary.lower(), *(_subtag(part) for part in rest.split("-") if part)])
    named = _language_names().get(fold(text))
    return named or Rejected("not a language we know; use a tag such as en or pt-BR")


def _subtag(part: str) -> str:
    """RFC 5646, section 2.1.1: two letters are a region (upper case), four a script (title case)."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()


@cache
def _language_codes() -> frozenset[str]:
    return frozenset(code for code in cldr.language_names("en") if "_" not in code)


@cache
def _language_names() -> dict[str, str]:
    names = {fold(name): code.replace("_", "-") for code, name in cldr.language_names("en").items()}
    for code in "en de fr es pt it nl pl sv da nb fi cs sk hu ro bg el tr uk ru ar he hi ja ko zh id vi".split():
        names.setdefault(fold(cldr.language_names(code)[code]), code)
    return names
