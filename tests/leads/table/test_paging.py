"""Pages of any table, put together, are the whole of it in order: nothing twice, nothing left out."""

from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Begin
from leads.table.world import Drawn, drawn, put, sorted_by
from offhook.kernel.database import Transaction
from offhook.leads.model import OPEN_STAGES, Stage
from offhook.leads.table import service
from offhook.leads.table.model import Filter, Sort, SortKey
from offhook.leads.table.ordering import Place
from offhook.leads.table.service import table_count, table_page, table_rows

EVERYTHING = Filter(stages=frozenset(Stage))


def paged(tx: Transaction, wanted: Filter, sort: Sort, limit: int) -> list[UUID]:
    """The ids on all pages, one after the other."""
    found: list[UUID] = []
    after: Place | None = None
    while True:
        page = table_page(tx, wanted, sort, after, limit)
        found += [row.id for _, row in page]
        if len(page) < limit:
            return found
        after = page[-1][0]


@pytest.mark.parametrize("are_few", [True, False])
@pytest.mark.parametrize("key", SortKey)
@given(st.lists(drawn(), max_size=14), st.booleans(), st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
def test_pages_put_together_are_the_sorted_table(
    begin: Begin, key: SortKey, are_few: bool, rows: list[Drawn], descends: bool, limit: int
) -> None:
    with begin() as tx, patch.object(service, "FEW", 1_000 if are_few else 0):
        known = put(tx, rows)
        sort = Sort(key, descends)
        open_ones = [one for one in known if one.drawn.stage in OPEN_STAGES]
        assert paged(tx, EVERYTHING, sort, limit) == sorted_by(sort, known)
        assert paged(tx, Filter(), sort, limit) == sorted_by(sort, open_ones)
        exported = [row.id for block in table_rows(tx, EVERYTHING, sort) for row in block]
        assert exported == sorted_by(sort, known)
        assert table_count(tx, EVERYTHING).count == len(known)
        tx.undo()
