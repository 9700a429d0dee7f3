"""Rows written for COPY come back as they were, whatever they hold."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from offhook.kernel.copying import BLOCK_ROWS, blocks
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.ids import new_id

TEXTS = (
    st.none()
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"))
    | st.sampled_from(["\\N", "\\.", ""])
)
UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def read_back(text: str) -> list[list[str | None]]:
    """Lines of COPY as rows (PostgreSQL manual, COPY, text format)."""
    return [
        [None if cell == "\\N" else _plain(cell) for cell in line.split("\t")] for line in text.split("\n")[:-1]
    ]


def _plain(cell: str) -> str:
    parts = iter(cell)
    return "".join(UNESCAPED[sign + next(parts)] if sign == "\\" else sign for sign in parts)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=8))
def test_texts_come_back(rows: list[tuple[str | None, ...]]) -> None:
    assert [tuple(row) for row in read_back("".join(blocks(rows)))] == rows


def test_many_rows_come_in_blocks() -> None:
    found = list(blocks([str(n)] for n in range(2 * BLOCK_ROWS + 1)))
    assert len(found) == 3
    assert "".join(found).split() == [str(n) for n in range(2 * BLOCK_ROWS + 1)]


def test_every_kind_of_value_reaches_the_table(database: Database, organisation: UUID) -> None:
    at, identifier = datetime(2026, 3, 1, 9, 30, tzinfo=UTC), new_id()
    row = (identifier, "back\\slash\ttab\nline", None, True, -7, 0.5, at, Jsonb({"a": ['"', "\\", "é"]}))
    with database.transaction(organisation, SYSTEM) as tx:
        tx.connection.execute(
            "CREATE TEMP TABLE sample (id uuid, told text, missing text, is_so bool, n int, share float8,"
            " at timestamptz, data jsonb) ON COMMIT DROP"
        )
        tx.stage("sample", ("id", "told", "missing", "is_so", "n", "share", "at", "data"), [row])
        found = tx.connection.execute("SELECT * FROM staged_sample").fetchone()
    assert found == (*row[:-1], {"a": ['"', "\\", "é"]})
