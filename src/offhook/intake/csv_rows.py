"""Rows of CSV text (RFC 4180), where a quote that is never closed costs its own row and no other.

A quote that somebody forgot to close would swallow every row up to the next quote, or to the end of the file. So
rows of several lines are read once more by the strict rules; where those do not hold, the first line alone is a
broken row, and reading goes on with the next line. Quotes within a cell that does not begin with one are letters.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence

LONGEST_CELL = 1_000_000
UNCLOSED = "opens a quote that is not closed before the next row; mend it, or double it if it belongs to the text"

csv.field_size_limit(LONGEST_CELL)


def rows_of_csv(lines: Iterator[str], delimiter: str) -> Iterator[tuple[Sequence[str], str | None]]:
    """The cells of each row, with what is wrong with it as a whole. `lines` keep their line ends."""
    source = _Lines(lines)
    while not source.are_over:
        for cells in _until_broken(source, delimiter):
            if cells is None:
                first = source.leave_first()
                yield first.rstrip("\r\n").split(delimiter), UNCLOSED
                break
            yield cells, None
            source.held.clear()


def _until_broken(source: "_Lines", delimiter: str) -> Iterator[Sequence[str] | None]:
    """The cells of each row; None, and no more, where a row is broken: `source.held` are its lines."""
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield None
            return
        if cells is None:
            return
        has_run_on = len(source.held) > 1 or source.are_over
        yield None if has_run_on and not _is_strict(source.held, delimiter) else cells


def _is_strict(lines: Sequence[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


class _Lines:
    """The lines of a text; `held` are those of the row at hand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.held: list[str] = []
        self.are_over = False
        self._again: deque[str] = deque()
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        while (line := self._again.popleft() if self._again else next(self._lines, None)) is not None:
            self.held.append(line)
            yield line
        self.are_over = True

    def leave_first(self) -> str:
        """The first line of the row at hand; the others come again."""
        first, *others = self.held
        self._again.extendleft(reversed(others))
        self.held.clear()
        self.are_over = False
        return first
