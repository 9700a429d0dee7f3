"""Reading labelled files: CSV (comma, semicolon, tab) and XLSX, as rows of text; and understanding their records.

Raises Invalid for a file that cannot be read, naming it and what is wrong.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from python_calamine import CalamineError, CalamineWorkbook

from offhook.kernel.errors import Invalid
from offhook.people import Understood, understand
from offhook.people.normalise.phones import read_phone
from offhook.people.normalise.values import Rejected, day_comes_first


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headers and its rows of as many texts."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, header: str) -> list[str]:
        """All values of a column, in order."""
        place = self.headers.index(header)
        return [row[place] for row in self.rows]


def read_tables(paths: Sequence[Path]) -> Table:
    """All files under one another; they must have the same headers."""
    tables = [_read(path) for path in paths]
    for path, table in zip(paths, tables, strict=True):
        if table.headers != tables[0].headers:
            raise Invalid(f"{path} has other columns than {paths[0]}: {', '.join(table.headers)}.")
    return Table(tables[0].headers, tuple(row for table in tables for row in table.rows))


def _read(path: Path) -> Table:
    try:
        lines = _sheet(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    except FileNotFoundError as error:
        raise Invalid(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError, csv.Error, CalamineError) as error:
        raise Invalid(f"{path} cannot be read: {error}.") from error
    if len(lines) < 2:
        raise Invalid(f"{path} needs a line of headers and at least one row.")
    headers = tuple(header.strip() for header in lines[0])
    width = len(headers)
    return Table(headers, tuple((*line, *[""] * (width - len(line)))[:width] for line in lines[1:] if any(line)))


def _csv(path: Path) -> list[tuple[str, ...]]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return [tuple(line) for line in csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)]


def _sheet(path: Path) -> list[tuple[str, ...]]:
    with path.open("rb") as file:
        rows: Iterable[Sequence[object]] = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
        return [tuple(_text(cell) for cell in row) for row in rows]


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def understood(table: Table, fields: Mapping[str, str], region: str, area_code: str | None) -> list[Understood]:
    """Every row as intake understands it; `fields` is column → known field.

    Numbers that lack an area code are read with `area_code`; without one, in a file none of whose numbers has an
    area code, all are read as of one (any) area, which tells them apart as well as before.
    """
    places = [(table.headers.index(header), field) for header, field in fields.items()]
    phones = [row[place] for place, field in places if field in {"phone", "mobile"} for row in table.rows]
    code = area_code or _any_area(phones, region)
    dates = [row[place] for place, field in places if field == "born_on" for row in table.rows]
    day_first = day_comes_first(dates)
    return [
        understand(_fields(row, places), {}, region, area_code=code, day_first=day_first)[0] for row in table.rows
    ]


def _fields(row: Sequence[str], places: Sequence[tuple[int, str]]) -> dict[str, str]:
    """Known field → text; columns of one field joined by a space."""
    joined: dict[str, str] = {}
    for place, field in places:
        text = " ".join(row[place].split())
        if text:
            joined[field] = f"{joined[field]} {text}" if field in joined else text
    return joined


def _any_area(numbers: Sequence[str], region: str) -> str | None:
    """The area code of the region's example number if no number given has one of its own, else None."""
    given = [number for number in numbers if number.strip()]
    if not given or any(not isinstance(read_phone(number, region), Rejected) for number in given):
        return None
    example = phonenumbers.example_number(region)
    if example is None:
        return None
    return str(example.national_number)[: phonenumbers.length_of_geographical_area_code(example)] or None
