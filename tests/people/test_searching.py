"""A search on a large base: it reads little more than what it finds, by whatever words."""

from typing import Any, LiteralString, cast

import pytest

from conftest import Begin
from offhook.kernel.database import Transaction
from offhook.people import Place, Wanted, persons

MANY = 20_000
FILL: tuple[LiteralString, ...] = (
    (
        "INSERT INTO account (id, name, created_at, updated_at) SELECT gen_random_uuid(), 'Firm' || n || ' Inc',"
        " %(now)s, %(now)s FROM generate_series(1, %(many)s / 10) AS n"
    ),
    (
        "INSERT INTO person (id, account_id, first_name, last_name, full_name, created_at, updated_at)"
        " SELECT gen_random_uuid(), a.id, 'Ann', 'Lee' || n, 'Ann Lee' || n, %(now)s, %(now)s"
        " FROM generate_series(1, %(many)s) AS n"
        " JOIN (SELECT id, row_number() OVER () AS nth FROM account) AS a ON a.nth = 1 + n %% (%(many)s / 10)"
    ),
    "INSERT INTO person_word (word, person_id) SELECT word, id FROM person, unnest(name_words(full_name)) AS word",
    "INSERT INTO account_word (word, account_id) SELECT word, id FROM account, unnest(name_words(name)) AS word",
)


def scanned(plan: dict[str, Any]) -> int:
    """All rows that a plan took from tables and indexes."""
    own = 0
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return int(own + sum(scanned(one) for one in plan.get("Plans", ())))


@pytest.mark.parametrize(
    ("typed", "found", "most"),
    [
        ("lee1234", 11, 100),
        ("lee1234 ann", 11, 100),
        ("firm17", 11, 5_000),
        ("firm1777 ann", 10, 100),
        ("ann", 11, 100),
        ("inc", 11, 100),
    ],
)
def test_a_search_reads_little_more_than_it_finds(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, typed: str, found: int, most: int
) -> None:
    read: list[int] = []
    rows_of = Transaction.rows

    def explained(self: Transaction, shape: Any, query: LiteralString, **params: object) -> list[Any]:  # any row
        if shape is Place:
            told = self.scalar(list, "EXPLAIN (ANALYZE, FORMAT JSON) " + query, **params)
            read.append(scanned(cast("list[dict[str, Any]]", told)[0]["Plan"]))
        return rows_of(self, shape, query, **params)

    monkeypatch.setattr(Transaction, "rows", explained)
    with begin() as tx:
        for statement in FILL:
            tx.execute(statement, now=tx.now, many=MANY)
        assert len(persons(tx, Wanted(search=typed), None, 11)) == found
        assert read[0] <= most, f"read {read[0]} rows of {MANY} persons"
        tx.undo()
