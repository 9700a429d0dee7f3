"""Reads addresses out of files: pure. Text with one a line, or CSV with a column headed address, email or e-mail.

Columns headed `because` (as our own export has it) and `reason` are taken over where they are.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from offhook import people
from offhook.compliance.mailing.model import NewAddress, SuppressedBecause, WrongAddress
from offhook.kernel.errors import invalid_field
from offhook.people import Rejected

MOST_WRONG = 100
LONGEST_TOLD = 60
LONGEST_REASON = 500
REASONS = frozenset(one.value for one in SuppressedBecause)
_HEADING = re.compile(r"\s*(e-?mail|address|correo|adresse)", re.IGNORECASE)


@dataclass
class ReadAddresses:
    """The addresses of a file, each once, the first mention of each; and what was wrong."""

    rows: list[NewAddress] = field(default_factory=list[NewAddress])
    wrong_lines: int = 0
    wrong: list[WrongAddress] = field(default_factory=list[WrongAddress])


def read_addresses(lines: Iterable[str]) -> ReadAddresses:
    """All addresses of a file's lines. Raises `Invalid` for what is no CSV."""
    read, seen = ReadAddresses(), set[str]()
    columns: Mapping[str, int] | None = None
    for nth, cells in enumerate(_cells(lines), 1):
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells)
            if not any("@" in cell for cell in cells) and any(_HEADING.match(cell) for cell in cells):
                continue
        found = _address(cells, columns)
        if isinstance(found, str):
            _note(read, nth, ",".join(cells), found)
        elif found.address not in seen:
            seen.add(found.address)
            read.rows.append(found)
    return read


def _cells(lines: Iterable[str]) -> Iterable[list[str]]:
    try:
        yield from csv.reader(_one_separator(lines))
    except csv.Error as error:
        raise invalid_field("file", f"cannot be read as CSV: {error}") from error


def _one_separator(lines: Iterable[str]) -> Iterable[str]:
    """Lines with commas between their cells; addresses hold neither semicolons nor tabs."""
    for line in lines:
        yield line if "," in line else line.replace(";", ",").replace("\t", ",")


def _columns(cells: list[str]) -> Mapping[str, int]:
    named = {cell.strip().casefold(): place for place, cell in enumerate(cells)}
    headed = (place for place, cell in enumerate(cells) if _HEADING.match(cell))
    likely = (place for place, cell in enumerate(cells) if "@" in cell)
    address = next(likely, next(headed, 0))
    return {"address": address, "because": named.get("because", -1), "reason": named.get("reason", -1)}


def _address(cells: list[str], columns: Mapping[str, int]) -> NewAddress | str:
    read = people.read_email(_cell(cells, columns["address"]))
    if isinstance(read, Rejected):
        return read.reason
    told = _cell(cells, columns["because"])
    because = SuppressedBecause(told) if told in REASONS else SuppressedBecause.BY_HAND
    return NewAddress(read.address, because, _cell(cells, columns["reason"])[:LONGEST_REASON])


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def _note(read: ReadAddresses, line: int, text: str, reason: str) -> None:
    read.wrong_lines += 1
    if len(read.wrong) < MOST_WRONG:
        read.wrong.append(WrongAddress(line, text[:LONGEST_TOLD], reason))
