"""Reads tables as they come: CSV in whatever encoding and delimiter, XLSX; streamed, with flat memory.

The encoding is taken from a byte order mark, from the pattern of zero bytes (UTF-16 without a mark), else UTF-8 if
the whole file is that, else Windows-1252, in which every byte means something. The delimiter is the one under
which the first rows have the same, greatest number of cells. What had to be assumed or changed is told in `notes`.

Cells are given as they stand, with the space around them: whoever understands them takes it away. A workbook is
written as CSV first (`workbook.py`), beside nothing that lasts.
"""

import codecs
import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from offhook.intake.csv_rows import rows_of_csv
from offhook.intake.model import Row
from offhook.intake.workbook import Sheets, write_as_csv
from offhook.kernel.errors import Invalid

LARGEST_FILE = 256 * 2**20
"""Bytes of a file that are taken."""
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
LONGEST_HEADING = 200
MOST_COLUMNS = 1_000
SAMPLE_ROWS = 200
SAMPLE_BYTES = 1 << 20
DELIMITERS = (",", ";", "\t", "|")

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w{2,}")


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table: its headings, a sample of its first rows, and what was assumed.

    `name` is what to call it in messages; `path` where its CSV stands; `sheets` tells of a workbook's.
    """

    path: Path
    name: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    first_row: int = 0
    sheets: Sheets | None = None

    def rows(self, after: int = 0) -> Iterator[Row]:
        """The rows in order, without blank ones, from beyond row number `after`.

        Raises `Invalid` for a broken file.
        """
        for number, cells, fault in self.cells():
            if number > max(after, self.first_row) and _has_text(cells):
                yield _row(number, self.headings, cells, fault)

    def cells(self) -> Iterator[tuple[int, Sequence[str], str | None]]:
        """All rows from the first on, with their numbers, as they stand in the file, and what is wrong with each.

        Raises `Invalid`.
        """
        errors = "replace" if self.encoding.startswith("cp") else "strict"
        number = 0
        with self.path.open(encoding=self.encoding, errors=errors, newline="") as file:
            try:
                for number, (cells, fault) in enumerate(rows_of_csv(file, self.delimiter), start=1):
                    yield number, cells, fault
            except UnicodeError as error:
                raise Invalid(
                    f"{self.name} breaks off after row {number}: it is no proper {self.encoding}."
                ) from error


@contextmanager
def opened_table(path: Path, sheet: str | None = None, *, name: str | None = None) -> Generator[Table]:
    """Find out how to read a file, and keep it readable within the `with`. `name`: what to call it in messages.

    Raises `Invalid` with what is wrong with it.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            head = file.read(SAMPLE_BYTES)
    except OSError as error:
        raise Invalid(f"{name} cannot be read: {error.strerror}.") from error
    if not head.strip(b"\0 \r\n\t"):
        raise Invalid(f"{name} is empty.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(f"{name} is an Excel file of before 2007, or one with a password. Save it as .xlsx or CSV.")
    if not head.startswith(b"PK\x03\x04"):
        encoding, notes = _encoding(path, name, head)
        delimiter = _delimiter(head.decode(encoding, errors="replace"))
        yield _table(Table(path, name, encoding, delimiter, notes=notes))
        return
    with TemporaryDirectory(prefix="offhook-sheet-") as folder:
        sheet_as_csv = Path(folder) / "sheet.csv"
        sheets = write_as_csv(path, name, sheet, sheet_as_csv)
        yield _table(Table(sheet_as_csv, name, "utf-8", ",", sheets=sheets))


def _table(blank: Table) -> Table:
    """The table with its headings: the first row that is not blank."""
    cells = blank.cells()
    first, received, fault = next((row for row in cells if _has_text(row[1])), (0, (), None))
    if fault:
        raise Invalid(f"The headings of {blank.name} cannot be read: row {first} {fault}.")
    if not received:
        raise Invalid(f"{blank.name} holds no rows.")
    if len(received) > MOST_COLUMNS:
        raise Invalid(f"{blank.name} has {len(received):,} columns; at most {MOST_COLUMNS:,} are read.")
    sample = [row for row in islice(cells, SAMPLE_ROWS) if _has_text(row[1])]
    names, notes = _headings(received, [row for _, row, broken in sample if broken is None])
    value = next((name for name in names if _ADDRESS.fullmatch(name)), None)
    if value is not None:
        raise Invalid(
            f"The first row of {blank.name} holds '{value}', which is a value: the columns have no headings."
            " Put a row above that says what each column is, such as Name, Email, Phone."
        )
    rows = tuple(_row(number, names, row, None) for number, row, broken in sample if broken is None)
    return replace(blank, headings=names, sample=rows, notes=(*blank.notes, *notes), first_row=first)


def _has_text(cells: Sequence[str]) -> bool:
    return any(map(str.strip, cells))


def _headings(received: Sequence[str], sample: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], list[str]]:
    """Headings made unique, never empty and not endless, and what was changed."""
    names: list[str] = []
    notes: list[str] = []
    last = max((n for n, name in enumerate(received) if name.strip()), default=0)
    used = max(chain([last], (n for row in sample for n, cell in enumerate(row[: len(received)]) if cell)))
    for n, heading in enumerate(received[: used + 1]):
        name = " ".join(heading.replace("\0", "").split())
        if len(name) > LONGEST_HEADING:
            name = name[:LONGEST_HEADING].strip() + "…"
            notes.append(f"The heading of column {n + 1} is very long; it is called '{name}'.")
        if not name:
            name = f"Column {n + 1}"
            notes.append(f"Column {n + 1} has no heading; it is called '{name}'.")
        if name in names:
            unique = next(f"{name} ({k})" for k in range(2, len(received) + 2) if f"{name} ({k})" not in names)
            notes.append(f"There are several columns '{name}'; column {n + 1} is called '{unique}'.")
            name = unique
        names.append(name)
    return tuple(names), notes


def _row(number: int, headings: Sequence[str], cells: Sequence[str], fault: str | None) -> Row:
    named = dict(zip(headings, cells, strict=False))
    if len(cells) <= len(headings):
        return Row(number, named, fault)
    extra = {f"(cell {n} without a heading)": cell for n, cell in enumerate(cells, 1) if n > len(headings)}
    if not _has_text([*extra.values()]):
        return Row(number, named, fault)
    fault = fault or (
        f"has {len(cells)} cells under {len(headings)} headings; a quote or delimiter is missing somewhere"
    )
    return Row(number, named | extra, fault)


def _encoding(path: Path, name: str, head: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding, ()
    controls = len(head) - len(head.translate(None, _CONTROLS))
    sixteen = _sixteen(head) if controls > len(head) // 5 else None
    if sixteen is None and _is_utf8(path):
        return "utf-8", ()
    sixteen = sixteen or _sixteen(head)
    if sixteen:
        return sixteen, (f"Read as {sixteen.upper()}, though the file does not say so.",)
    if head.count(0) > len(head) // 100:
        raise Invalid(f"{name} is no text: neither CSV nor XLSX. Export it as one of these.")
    return "cp1252", ("Not UTF-8: read as Windows-1252 (Latin-1). Check accented letters in the report.",)


_CONTROLS = bytes({*range(32)} - {*b"\t\r\n"})


def _sixteen(head: bytes) -> str | None:
    """UTF-16 without a mark: delimiters, line ends and Western letters have their zero bytes all on one side."""
    after, before = head[1::2].count(0), head[0::2].count(0)
    if after > 10 * before:
        return "utf-16-le"
    return "utf-16-be" if before > 10 * after else None


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
        rows = _first_widths(text, delimiter)
        if not rows:
            continue
        width = rows[0]
        alike = sum(one == width for one in rows) / len(rows)
        merit = (alike if width > 1 else 0.0, width)
        if merit > most:
            best, most = delimiter, merit
    return best


def _first_widths(text: str, delimiter: str) -> Sequence[int]:
    rows = rows_of_csv(io.StringIO(text, newline=""), delimiter)
    return [len(cells) for cells, _ in islice((row for row in rows if row[0]), 30)]


def count_lines(blocks: Iterable[bytes]) -> int:
    """How many line ends there are."""
    return sum(block.count(b"\n") for block in blocks)
