"""Rows as PostgreSQL's COPY reads them: tabs between values, a line each (PostgreSQL manual, COPY, text format).

The driver can write any value, but looks up how, one by one; most rows here are text already, and to join them
takes a fifth of that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import cast

from psycopg.types.json import Jsonb
from pydantic_core import to_json

BLOCK_ROWS = 1_000
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@lru_cache(maxsize=4096)
def time_text(at: datetime) -> str:
    """A moment as text. Kept, as most rows of a batch bear the same few."""
    return at.isoformat()


def blocks(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as blocks of lines. None is NULL; JSON comes as text or wrapped in `Jsonb`."""
    rows = iter(rows)
    while block := list(islice(rows, BLOCK_ROWS)):
        yield _block(block)


def _block(rows: Sequence[Sequence[object]]) -> str:
    """The rows as lines; with marks where their values hold marks, which joining alone would not tell apart."""
    lines: list[str] = []
    nulls = 0
    for row in rows:
        missing = row.count(None)
        nulls += missing
        lines.append(_joined([_NULL if cell is None else cell for cell in row] if missing else row))
    text = "\n".join(lines)
    is_plain = (
        "\r" not in text
        and text.count("\n") == len(rows) - 1
        and text.count("\t") == len(rows) * (len(rows[0]) - 1)
        and text.count("\\") == nulls
    )
    return text + "\n" if is_plain else "".join(map(_escaped, rows))


def _joined(row: Sequence[object]) -> str:
    try:
        return "\t".join(cast("Sequence[str]", row))
    except TypeError:
        return "\t".join([cell if type(cell) is str else _text(cell) for cell in row])


def _escaped(row: Sequence[object]) -> str:
    cells = (_NULL if cell is None else _text(cell).translate(_ESCAPES) for cell in row)
    return "\t".join(cells) + "\n"


def _text(cell: object) -> str:
    """A value other than NULL."""
    if isinstance(cell, bool):
        return "t" if cell else "f"
    if isinstance(cell, datetime):
        return time_text(cell)
    if isinstance(cell, Jsonb):
        return to_json(cell.obj).decode()
    return str(cell)
