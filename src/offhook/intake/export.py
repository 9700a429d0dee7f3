"""Writing rows for a spreadsheet: CSV and XLSX in which no cell is a formula.

A cell that begins with =, +, -, @ (their full-width forms too), tab or a line end is taken for a formula by
spreadsheet programs and could do harm where it is opened (OWASP, "CSV Injection"). In CSV such text gets an
apostrophe before it, as OWASP advises; plain numbers and phone numbers stay as they are. In XLSX every cell is
written as text.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from offhook.kernel.errors import Invalid

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


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as CSV (UTF-8 with a mark, so that Excel reads it) or, where the name says so, as XLSX.

    Rows are written as they come; returns how many. Raises `Invalid` when the file cannot be written, or is a
    workbook and there are more rows than one holds.
    """
    write = _write_workbook if path.suffix.lower() == ".xlsx" else _write_csv
    try:
        return write(path, headings, rows)
    except (OSError, FileCreateError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise Invalid(f"{path} cannot be written: {told}.") from error


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    written = 0
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow([neutral(heading) for heading in headings])
        for row in rows:
            writer.writerow([neutral(_text(cell)) for cell in row])
            written += 1
    return written


def _write_workbook(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()  # pyright: ignore[reportUnknownMemberType] # its stub
        for count, row in enumerate(chain([headings], rows)):
            if count >= MOST_SHEET_ROWS:
                raise Invalid(f"A workbook holds {MOST_SHEET_ROWS:,} rows; write more as CSV.")
            for column, cell in enumerate(row):
                sheet.write_string(count, column, _text(cell)[:LONGEST_SHEET_CELL])
    return count


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
