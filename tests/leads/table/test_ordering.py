"""Places, segments and cursors: pure."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.paging import read_cursor, write_cursor
from offhook.leads.model import Stage
from offhook.leads.table.model import Sort, SortKey
from offhook.leads.table.ordering import FUNNEL, Place, Segment, Value, cursor_of, place_in, segments

SORTS = [Sort(key, descends) for key in SortKey for descends in (False, True)]
TIMES = {SortKey.OPENED_AT, SortKey.DUE_AT, SortKey.NEXT_TOUCH_AT, SortKey.LAST_ATTEMPT_AT}


def values(key: SortKey) -> st.SearchStrategy[Value]:
    """Values of a sort."""
    if key in TIMES:
        return st.datetimes(timezones=st.just(UTC))
    if key is SortKey.SCORE:
        return st.floats(0, 100, width=32)
    return st.integers(1, len(FUNNEL)) if key is SortKey.STAGE else st.text()


@given(st.data(), st.sampled_from(SORTS), st.uuids())
def test_a_place_comes_back_from_its_cursor(data: st.DataObject, sort: Sort, identifier: UUID) -> None:
    place = Place(data.draw(values(sort.key)), identifier)
    key = read_cursor(write_cursor(cursor_of(sort, place)), 3)
    assert key is not None
    assert place_in(sort, key) == place


@given(
    st.sampled_from(SORTS),
    st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans()), min_size=3, max_size=3),
)
def test_what_is_no_cursor_of_the_sort_is_a_value_error(sort: Sort, key: list[object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # whichever part is wrong
        place_in(sort, key)


def test_a_cursor_of_another_sort_is_refused() -> None:
    place = Place(datetime(2026, 3, 2, tzinfo=UTC), UUID(int=1))
    key = cursor_of(Sort(SortKey.DUE_AT), place)
    for other in (Sort(SortKey.DUE_AT, descends=True), Sort(SortKey.OPENED_AT)):
        with pytest.raises(ValueError, match="cursor of the sort due_at"):
            place_in(other, key)


def test_rows_without_a_value_follow_those_that_have_one() -> None:
    sort, last, nameless = Sort(SortKey.NAME), Place("byron ada", UUID(int=1)), Place(None, UUID(int=2))
    assert segments(sort, None) == [Segment(True, None), Segment(False, None)]
    assert segments(sort, last) == [Segment(True, last), Segment(False, None)]
    assert segments(sort, nameless) == [Segment(False, nameless)]
    assert segments(Sort(SortKey.SCORE), None) == [Segment(True, None)]


def test_every_stage_has_its_place_in_the_funnel() -> None:
    assert [stage.value for stage in FUNNEL] == [
        "inquiry",
        "mql",
        "working",
        "sal",
        "sql",
        "recycled",
        "disqualified",
    ]
    assert set(FUNNEL) == set(Stage)
