"""A program of its own: writes one sheet of a workbook as CSV, within limits of memory and size.

The reader lays a sheet out as a full rectangle, so a few bytes that name two cells far apart ask for terabytes,
and where memory ends it ends its process. So it gets one that may be lost. `workbook.py` runs it; what it says is
one line of JSON on standard output: `{"sheet": "…", "sheets": ["…"]}`, or `{"wrong": "…"}`. Exit codes other than
0: the limits were met.
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

MOST_MEMORY = 4 << 30
"""Bytes; a full sheet (1,048,576 rows) of ten columns takes a quarter of it."""
LARGEST_CSV = 2 << 30

Cell = int | float | str | bool | time | date | datetime | timedelta


def main(path: str, sheet: str, target: str) -> None:
    """Convert; an empty `sheet` means the first."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_CSV, LARGEST_CSV))
    said: dict[str, str | list[str]] = {}
    try:
        with closing(CalamineWorkbook.from_path(path)) as workbook:  # pyright: ignore[reportUnknownMemberType] # its stub
            names = workbook.sheet_names
            if sheet and sheet not in names:
                said = {"wrong": f"has no sheet '{sheet}'; its sheets are {', '.join(names)}"}
            else:
                sheet = sheet or names[0]
                with Path(target).open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(_rows(workbook, sheet))
                said = {"sheet": sheet, "sheets": names}
    except CalamineError as error:
        said = {"wrong": f"is a broken workbook: {error}"}
    sys.stdout.write(json.dumps(said))


def _rows(workbook: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    """All rows from the sheet's first on; blank ones above its first cell are among them."""
    for row in workbook.get_sheet_by_name(name).iter_rows():
        yield [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    """A cell as a person reads it: whole numbers without a point, dates and times in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)


if __name__ == "__main__":
    main(*sys.argv[1:])
