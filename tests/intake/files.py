"""Files for tests: tables written as CSV and XLSX, and the ways in which they come broken."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import xlsxwriter

from offhook.intake.model import Row
from offhook.intake.reading import opened_table

HEADINGS = ("First Name", "Last Name", "Email", "Phone", "Company")


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def a_file(
    folder: Path, rows: Iterable[Sequence[str]], *, name: str = "responders.csv", encoding: str = "utf-8"
) -> Path:
    """A CSV file of these rows, the first of which are the headings."""
    path = folder / name
    path.write_bytes(csv_text(rows).encode(encoding))
    return path


def a_workbook(folder: Path, rows: Iterable[Sequence[object]], *, name: str = "responders.xlsx") -> Path:
    """An XLSX file of these rows, in a sheet called 'Responders'; formulas begin with '='."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as workbook:
        sheet = workbook.add_worksheet("Responders")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def people(count: int, *, start: int = 1) -> list[list[str]]:
    """Rows under `HEADINGS`: so many different persons, each at a company of their own."""
    return [_person(n) for n in range(start, start + count)]


def _person(number: int) -> list[str]:
    mark = "".join(chr(ord("a") + int(digit, 16)) for digit in sha256(str(number).encode()).hexdigest())
    first, last, company = mark[:6].title(), mark[6:14].title(), mark[14:24].title()
    phone = f"+1{(212, 303, 415, 617)[number // 10_000 % 4]}555{number % 10_000:04}"
    return [first, last, f"{first}.{last}@{company}.example".lower(), phone, f"{company} Works"]


def read_whole(path: Path, sheet: str | None = None) -> tuple[tuple[str, ...], list[Row], tuple[str, ...]]:
    """A file's headings, rows and notes."""
    with opened_table(path, sheet) as table:
        return table.headings, list(table.rows()), table.notes


def a_zip_bomb(folder: Path) -> Path:
    """A workbook of which a part unpacks to a thousand times its size."""
    path = a_workbook(folder, [["Email"], ["ada@engines.example"]], name="bomb.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", bytes(4 << 20))
    return path


def a_sparse_sheet(folder: Path) -> Path:
    """A small workbook whose two cells stand a million rows and sixteen thousand columns apart."""
    path = folder / "sparse.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "Email")
        sheet.write(1_048_575, 16_383, "far away")
    return path
