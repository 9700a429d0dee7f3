"""Reads tables as they come: CSV in whatever encoding and delimiter, XLSX; streamed, with flat memory.

The encoding is taken from a byte order mark, from the pattern of zero bytes (UTF-16 without a mark), else UTF-8 if
the whole file is that, else Windows-1252, in which every byte means something. The delimiter is the one under
which the first rows have the same, greatest number of cells. What had to be assumed or changed is told in `notes`.

Workbooks are archives: before one is opened its members are unpacked once into nothing, with limits on their size
and on how much bigger than packed they are, so that a zip bomb does no harm.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from offhook.intake.model import Row
from offhook.kernel.errors import Invalid

LONGEST_CELL = 1_000_000
MOST_COLUMNS = 1_000
SAMPLE_ROWS = 200
SAMPLE_BYTES = 1 << 20
DELIMITERS = (",", ";", "\t", "|")

LARGEST_UNPACKED = 1 << 30
LARGEST_RATIO = 300
"""So many times bigger than packed a member of a workbook may be; real sheets stay below 50."""
MOST_MEMBERS = 5_000

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table: its headings, a sample of its first rows, and what was assumed."""

    path: Path
    headings: tuple[str, ...]
    sample: tuple[Row, ...]
    notes: tuple[str, ...]
    first_row: int
    encoding: str | None = None
    delimiter: str = ","
    sheet: str | None = None

    def rows(self, after: int = 0) -> Iterator[Row]:
        """The rows in order, without blank ones, from beyond row number `after`.

        Raises `Invalid` for a broken file.
        """
        for number, cells in _numbered(self.cells()):
            if number > max(after, self.first_row) and any(cells):
                yield _row(number, self.headings, cells)

    def cells(self) -> Iterator[tuple[int, Sequence[str]]]:
        """All rows from the first on, with their numbers, as they stand in the file."""
        if self.encoding is None:
            return enumerate(_sheet_cells(self.path, self.sheet), start=1)
        return _csv_cells(self.path, self.encoding, self.delimiter)


def open_table(path: Path, sheet: str | None = None) -> Table:
    """Find out how to read a file. Raises `Invalid` with what is wrong with it."""
    try:
        with path.open("rb") as file:
            head = file.read(SAMPLE_BYTES)
    except OSError as error:
        raise Invalid(f"{path.name} cannot be read: {error.strerror}.") from error
    if not head.strip(b"\0 \r\n\t"):
        raise Invalid(f"{path.name} is empty.")
    if head.startswith(b"PK\x03\x04"):
        _check_archive(path)
        return _table(Table(path, (), (), (), 0, sheet=sheet))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(f"{path.name} is an Excel file of before 2007. Save it as .xlsx or CSV.")
    encoding, note = _encoding(path, head)
    delimiter = _delimiter(head.decode(encoding, errors="replace"))
    return _table(Table(path, (), (), note, 0, encoding, delimiter))


def _table(blank: Table) -> Table:
    """The table with its headings: the first row that is not blank."""
    cells = _numbered(blank.cells())
    first, headings = next(((number, row) for number, row in cells if any(row)), (0, ()))
    if not headings:
        raise Invalid(f"{blank.path.name} holds no rows.")
    if len(headings) > MOST_COLUMNS:
        raise Invalid(f"{blank.path.name} has {len(headings):,} columns; at most {MOST_COLUMNS:,} are read.")
    sample = [(number, row) for number, row in islice(cells, SAMPLE_ROWS) if any(row)]
    names, notes = _headings(headings, sample)
    rows = tuple(_row(number, names, row) for number, row in sample)
    return Table(
        blank.path, names, rows, (*blank.notes, *notes), first, blank.encoding, blank.delimiter, blank.sheet
    )


def _headings(
    received: Sequence[str], sample: Sequence[tuple[int, Sequence[str]]]
) -> tuple[tuple[str, ...], list[str]]:
    """Headings made unique and never empty, and what was changed."""
    names: list[str] = []
    notes: list[str] = []
    last = max((n for n, name in enumerate(received) if name.strip()), default=0)
    used = max(chain([last], (n for _, row in sample for n, cell in enumerate(row[: len(received)]) if cell)))
    for n, heading in enumerate(received[: used + 1]):
        name = " ".join(heading.replace("\0", "").split())
        if not name:
            name = f"Column {n + 1}"
            notes.append(f"Column {n + 1} has no heading; it is called '{name}'.")
        if name in names:
            unique = next(f"{name} ({k})" for k in range(2, len(received) + 2) if f"{name} ({k})" not in names)
            notes.append(f"There are several columns '{name}'; column {n + 1} is called '{unique}'.")
            name = unique
        names.append(name)
    return tuple(names), notes


def _row(number: int, headings: Sequence[str], cells: Sequence[str]) -> Row:
    extra = [cell for cell in cells[len(headings) :] if cell]
    fault = None
    if extra:
        fault = f"has {len(cells)} cells under {len(headings)} headings; a quote or delimiter is missing somewhere"
    return Row(number, dict(zip(headings, cells, strict=False)), fault)


def _numbered(cells: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the space around their cells removed."""
    for number, row in cells:
        yield number, [cell.strip() for cell in row]


# CSV


def _encoding(path: Path, head: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name, ()
    sixteen = _sixteen(head)
    if sixteen:
        return sixteen, (f"Read as {sixteen.upper()}, though the file does not say so.",)
    if _is_utf8(path):
        return "utf-8", ()
    if head.count(0) > len(head) // 100:
        raise Invalid(f"{path.name} is no text: neither CSV nor XLSX. Export it as one of these.")
    return "cp1252", ("Not UTF-8: read as Windows-1252 (Latin-1). Check accented letters in the report.",)


def _sixteen(head: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every second byte is zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    if head[1::2].count(0) > 0.7 * pairs and head[0::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * pairs and head[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(SAMPLE_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The delimiter under which the first rows have most cells, and most alike."""
    best, most = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), 30) if row]
        except csv.Error:
            continue
        if not rows:
            continue
        width = rows[0]
        alike = sum(one == width for one in rows) / len(rows)
        merit = (alike if width > 1 else 0.0, width)
        if merit > most:
            best, most = delimiter, merit
    return best


def _csv_cells(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    errors = "replace" if encoding.startswith("cp") else "strict"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, cells
        except csv.Error as error:
            raise Invalid(
                f"{path.name} breaks off after row {number} (line {reader.line_num}): {error}. A quote that is not"
                " closed swallows all that follows; mend that row, then import the file again."
            ) from error
        except UnicodeError as error:
            raise Invalid(f"{path.name} breaks off after row {number}: it is no proper {encoding}.") from error


# Workbooks


def _check_archive(path: Path) -> None:
    """Unpack every member into nothing, within limits. Raises `Invalid` for a bomb or a broken archive."""
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise _bomb(path, f"{len(members):,} parts")
            if not any(member.filename.endswith((".xml", ".bin")) for member in members):
                raise Invalid(f"{path.name} is an archive, but no workbook. Unpack it and import the file inside.")
            for member in members:
                with archive.open(member) as part:
                    unpacked = _unpack(path, part, member.compress_size, unpacked)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Invalid(f"{path.name} is a broken or encrypted workbook: {error}.") from error


def _unpack(path: Path, part: IO[bytes], packed: int, unpacked: int) -> int:
    size = 0
    while block := part.read(SAMPLE_BYTES):
        size += len(block)
        if unpacked + size > LARGEST_UNPACKED or (size > SAMPLE_BYTES and size > LARGEST_RATIO * packed):
            raise _bomb(path, f"a part of {size:,} bytes and more")
    return unpacked + size


def _bomb(path: Path, told: str) -> Invalid:
    return Invalid(f"{path.name} unpacks to far more than it should ({told}); it is refused. Export it as CSV.")


def _sheet_cells(path: Path, sheet: str | None) -> Iterator[Sequence[str]]:
    try:
        with closing(CalamineWorkbook.from_path(str(path))) as workbook:  # pyright: ignore[reportUnknownMemberType] # its stub
            names = workbook.sheet_names
            if sheet is not None and sheet not in names:
                raise Invalid(f"{path.name} has no sheet '{sheet}'; its sheets are {', '.join(names)}.")
            found = workbook.get_sheet_by_name(sheet or names[0])
            skipped = found.start[0] if found.start else 0
            yield from ([] for _ in range(skipped))
            for row in found.iter_rows():
                yield [_cell_text(cell) for cell in row]
    except CalamineError as error:
        raise Invalid(f"{path.name} is a broken workbook: {error}.") from error


Cell = int | float | str | bool | time | date | datetime | timedelta


def _cell_text(cell: Cell) -> str:
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
