"""The yardstick of every import: PostgreSQL's own COPY of the same rows into a plain table."""

import csv
import time
from pathlib import Path

import psycopg
from psycopg import sql

from offhook.bench.rows import HEADERS


def rows_per_second(url: str, path: Path) -> float:
    """Rows a second of one COPY of the CSV file into a table with a primary key and an index on the address.

    A table without either would be about four times faster, and of no use to anyone who looks a person up.
    """
    columns = sql.SQL(", ").join(sql.Identifier(header) for header in HEADERS)
    typed = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(header)) for header in HEADERS)
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS bare_copy")
        connection.execute(
            sql.SQL("CREATE TABLE bare_copy (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, {})").format(
                typed
            )
        )
        connection.execute('CREATE INDEX ON bare_copy ("Email")')
        connection.commit()
        begun = time.perf_counter()
        statement = sql.SQL("COPY bare_copy ({}) FROM STDIN (FORMAT csv, HEADER)").format(columns)
        with connection.cursor() as cursor, path.open("rb") as file:
            with cursor.copy(statement) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            rows = cursor.rowcount
        connection.commit()
        seconds = time.perf_counter() - begun
        connection.execute("DROP TABLE bare_copy")
        connection.commit()
    return rows / seconds


def count_rows(path: Path) -> int:
    """How many data rows the file has."""
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1
