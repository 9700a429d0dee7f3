"""Reads numbers out of lists as registries give them out: pure, line by line, some million lines a minute.

One number a line; a table's column headed phone, number or telephone; or area code and number in two columns, as
the registry of the United States has it (`201,5551234`). Numbers are E.164 (with +) or national ones of the home
country. They are not asked to be in use: a list may know numbers that libphonenumber does not.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import phonenumbers

from offhook.compliance.do_not_call.model import WrongLine

SHORTEST, LONGEST = 7, 15
"""Digits of a number in E.164 with its country code."""
MOST_WRONG = 100
"""Wrong lines that are told in full."""
LONGEST_TOLD = 60

QUOTES = " \"'"
"""Stripped; an apostrophe is what spreadsheets hold a plus with."""

_SEPARATORS = re.compile(r"[,;\t]")
_HEADING = re.compile(r"phone|number|telefon|telephone|teléfono", re.IGNORECASE)
_NOT_DIGITS = {code: None for code in range(128) if not chr(code).isdigit()}
_NORTH_AMERICAN = re.compile(r"1?([2-9]\d\d[2-9]\d{6})", re.ASCII)


class NumberLines:
    """The numbers of a file as integers (E.164 without the plus), read as one iterates; then what was wrong."""

    def __init__(self, lines: Iterable[str], home: str) -> None:
        """`home` (ISO 3166-1) is the country whose national numbers these may be."""
        self._lines = lines
        self._home = home
        self._is_north_american = phonenumbers.country_code_for_region(home) == 1
        self.read = 0
        self.wrong_lines = 0
        self.wrong: list[WrongLine] = []

    def __iter__(self) -> Iterator[int]:
        """Each number in order, doubles included."""
        cell_of: Callable[[str], str] | None = None
        for nth, raw in enumerate(self._lines, 1):
            line = raw.strip()
            if not line:
                continue
            if cell_of is None:
                cell_of = _layout(line)
                if _HEADING.search(line):
                    continue
            number = self._number(cell_of(line))
            if number is None:
                self._note(nth, line)
            else:
                self.read += 1
                yield number

    def _number(self, cell: str) -> int | None:
        digits = cell.translate(_NOT_DIGITS)
        if cell.startswith("+"):
            return int(digits) if SHORTEST <= len(digits) <= LONGEST else None
        if self._is_north_american and (found := _NORTH_AMERICAN.fullmatch(digits)):
            return int("1" + found[1])
        return _national(cell, self._home)

    def _note(self, nth: int, line: str) -> None:
        self.wrong_lines += 1
        if len(self.wrong) < MOST_WRONG:
            self.wrong.append(
                WrongLine(nth, line[:LONGEST_TOLD], f"no number in E.164, nor a national one of {self._home}")
            )


def _layout(line: str) -> Callable[[str], str]:
    """Where the number stands in each line, told from the first one."""
    cells = [cell.strip(QUOTES) for cell in _SEPARATORS.split(line)]
    if len(cells) == 1:
        return _whole
    if [len(cell) for cell in cells[:2]] == [3, 7] and cells[0].isdigit() and cells[1].isdigit():
        return _joined
    named = [place for place, cell in enumerate(cells) if _HEADING.search(cell)]
    likely = [place for place, cell in enumerate(cells) if len(cell.translate(_NOT_DIGITS)) >= SHORTEST]
    return _column((named or likely or [0])[0])


def _whole(line: str) -> str:
    return line.strip(QUOTES)


def _joined(line: str) -> str:
    return "".join(_SEPARATORS.split(line)[:2])


def _column(place: int) -> Callable[[str], str]:
    def cell(line: str) -> str:
        cells = _SEPARATORS.split(line)
        return cells[place].strip(QUOTES) if place < len(cells) else ""

    return cell


@lru_cache(maxsize=4096)
def _national(cell: str, home: str) -> int | None:
    """A national number, as libphonenumber reads it; possible, not necessarily in use."""
    try:
        parsed = phonenumbers.parse(cell, home)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return int(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:])


def read_one(text: str, home: str) -> int | None:
    """One number as it is typed; None for what is none."""
    return next(iter(NumberLines([text.replace(",", " ")], home)), None)
