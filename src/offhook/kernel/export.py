"""Writing rows for a spreadsheet: CSV and XLSX in which no cell is a formula.

A cell that begins with =, +, -, @ (their full-width forms too), tab or a line end is taken for a formula by
spreadsheet programs and could do harm where it is opened (OWASP, "CSV Injection"). In CSV such text gets an
apostrophe before it, as OWASP advises; plain numbers and phone numbers stay as they are. In XLSX every cell is
written as text, save numbers of ours.

Rows are written as they come, so that a file of any length takes no more memory than a short one.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from offhook.kernel.errors import Invalid

Rows = Iterable[Sequence[object]]


class FileFormat(StrEnum):
    """What spreadsheet programs open."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA: Mapping[FileFormat, str] = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, with its name in Content-Disposition",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()},
    }
}
"""How routes that answer a file describe it (`responses` of a route)."""

MOST_SHEET_ROWS = 1_048_576
LONGEST_SHEET_CELL = 32_767
"""Letters; a workbook can hold no more in a cell (Microsoft, "Excel specifications and limits")."""

_HARMLESS = re.compile(r"[+-][\d\s().,/-]+")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """The text as it can stand in a CSV cell."""
    if not text.startswith(_STARTS) or _HARMLESS.fullmatch(text):
        return text
    return "'" + text


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: its name, without the format's ending, its headings, and its rows as they come."""

    name: str
    headings: Sequence[str]
    rows: Rows


def write_table(path: Path, headings: Sequence[str], rows: Rows) -> int:
    """Write a table as CSV (UTF-8 with a mark, so that Excel reads it) or, where the name says so, as XLSX.

    Returns how many rows there were. Raises `Invalid` when the file cannot be written, or is a workbook and there
    are more rows than one holds.
    """
    file_format = FileFormat.XLSX if path.suffix.lower() == ".xlsx" else FileFormat.CSV
    try:
        with path.open("wb") as file:
            return write_rows(file, file_format, headings, rows)
    except (OSError, FileCreateError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise Invalid(f"{path} cannot be written: {told}.") from error


def write_rows(file: BinaryIO, file_format: FileFormat, headings: Sequence[str], rows: Rows) -> int:
    """Write a table into an open file, likewise."""
    write = _write_workbook if file_format is FileFormat.XLSX else _write_csv
    return write(file, headings, rows)


def _write_csv(file: BinaryIO, headings: Sequence[str], rows: Rows) -> int:
    written = 0
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(heading) for heading in headings])
    for row in rows:
        writer.writerow([neutral(_text(cell)) for cell in row])
        written += 1
    text.detach()
    return written


def _write_workbook(file: BinaryIO, headings: Sequence[str], rows: Rows) -> int:
    count = 0
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()  # pyright: ignore[reportUnknownMemberType] # its stub
        for count, row in enumerate(chain([headings], rows)):
            if count >= MOST_SHEET_ROWS:
                raise Invalid(f"A workbook holds {MOST_SHEET_ROWS:,} rows; write more as CSV.")
            for column, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(count, column, cell)
                elif cell is not None and cell != "":
                    sheet.write_string(count, column, _text(cell)[:LONGEST_SHEET_CELL])
    return count


def file_header(name: str, file_format: FileFormat) -> str:
    """The Content-Disposition of a file to be kept under this name (RFC 6266), whatever letters it has."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-") or "export"
    told = quote(f"{name}.{file_format}", safe="")
    return f"attachment; filename=\"{plain}.{file_format}\"; filename*=UTF-8''{told}"


def shown_time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """A time as a cell shows it: on the clocks of a zone, and so that text sorts as time does."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else None


def shown_word(word: str | None) -> str | None:
    """A word of ours as a cell or heading shows it: `call_back` as Call back, `mqls` as MQLs."""
    if not word:
        return None
    parts = [_ABBREVIATIONS.get(part, part) for part in word.split("_")]
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


_ABBREVIATIONS = {word: word[:3].upper() + word[3:] for word in ("mql", "mqls", "sal", "sals", "sql", "sqls")}


def shown_details(details: Mapping[str, str]) -> str:
    """Custom attributes in one cell."""
    return "; ".join(f"{name}: {value}" for name, value in details.items())


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)
