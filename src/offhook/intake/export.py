"""Writing rows for a spreadsheet: CSV and XLSX in which no cell is a formula.

A cell that begins with =, +, -, @ (their full-width forms too), tab or a line end is taken for a formula by
spreadsheet programs and could do harm where it is opened (OWASP, "CSV Injection"). In CSV such text gets an
apostrophe before it, as OWASP advises; plain numbers and phone numbers stay as they are. In XLSX every cell is
written as text.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

_HARMLESS = re.compile(r"[+-]?[\d\s().,/-]+")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """The text as it can stand in a CSV cell."""
    if text.startswith(_STARTS) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV (UTF-8 with a mark, so that Excel reads it) or, where the name says so, as XLSX."""
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, headings, rows)
        return
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow([neutral(heading) for heading in headings])
        writer.writerows([neutral(_text(cell)) for cell in row] for row in rows)


def _write_workbook(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()  # pyright: ignore[reportUnknownMemberType] # its stub
        for number, row in enumerate([headings, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, _text(cell)[:32_767])


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
