"""How much a page reads: no more where there are many leads than the page needs, wherever it lies."""

from typing import Any, LiteralString, cast

import pytest

from conftest import Begin
from offhook.kernel.database import Transaction
from offhook.leads.table import store
from offhook.leads.table.model import Filter, Sort, SortKey
from offhook.leads.table.service import table_page

MANY, PAGE, MOST_READ = 2_000, 20, 300

FILL = (
    (
        "INSERT INTO account (id, name, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'Account ' || n, %(now)s, %(now)s FROM generate_series(1, %(many)s / 4) n"
    ),
    (
        "INSERT INTO person (id, last_name, account_id, country, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'Name ' || n, a.id, CASE WHEN n %% 2 = 0 THEN 'DE' END, %(now)s, %(now)s"
        " FROM generate_series(1, %(many)s) n JOIN account a ON a.name = 'Account ' || (1 + n %% (%(many)s / 4))"
    ),
    (
        "INSERT INTO lead (id, person_id, account_id, stage, score, opened_at, scored_at, time_zone, created_at)"
        " SELECT gen_random_uuid(), id, account_id, 'mql', hashtext(last_name) & 127,"
        "  %(now)s - (hashtext(last_name) & 65535) * interval '1 minute', %(now)s, 'UTC', %(now)s FROM person"
    ),
    "ANALYZE lead, person, account",
)


def scanned(plan: dict[str, Any]) -> int:
    """All rows that a plan took from tables and indexes."""
    own = 0
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return int(own + sum(scanned(one) for one in plan.get("Plans", ())))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement for the places of a page took."""
    taken: list[int] = []
    rows_of = Transaction.rows

    def explained(self: Transaction, shape: Any, query: LiteralString, **params: object) -> list[Any]:  # any row
        if shape is store._place:
            told = self.scalar(list, "EXPLAIN (ANALYZE, FORMAT JSON) " + query, **params)
            taken.append(scanned(cast("list[dict[str, Any]]", told)[0]["Plan"]))
        return rows_of(self, shape, query, **params)

    monkeypatch.setattr(Transaction, "rows", explained)
    return taken


@pytest.mark.parametrize("key", [SortKey.SCORE, SortKey.OPENED_AT, SortKey.NAME, SortKey.ACCOUNT])
def test_a_page_along_an_index_reads_little_more_than_its_rows(
    begin: Begin, read: list[int], key: SortKey
) -> None:
    with begin() as tx:
        for statement in FILL:
            tx.execute(cast("LiteralString", statement), now=tx.now, many=MANY)
        for descends in (False, True):
            for wanted in (Filter(), Filter(country="DE"), Filter(without_owner=True)):
                sort, after = Sort(key, descends), None
                for _ in range(12):
                    page = table_page(tx, wanted, sort, after, PAGE)
                    after = page[-1][0]
        assert max(read) <= MOST_READ, f"a page read {max(read)} rows of {MANY} leads"
        tx.undo()
