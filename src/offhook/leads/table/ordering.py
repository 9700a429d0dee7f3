"""In which order the rows of the table come, page by page, pure.

A page goes on behind the *place* of the last row: its sort value and id. The rows that have a value for the sort
come first, in its direction; those that have none follow, by id. So a table has two segments, of which a page may
read the end of the first and the beginning of the second: that is what `segments` tells. Within a segment places
are compared as pairs, which an index can do, while NULLs cannot be compared at all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.leads.model import Stage
from offhook.leads.table.model import Sort, SortKey

Value = float | int | str | datetime

NEVER_EMPTY = frozenset({SortKey.SCORE, SortKey.OPENED_AT, SortKey.STAGE})
"""Every lead has a value for these."""

FUNNEL: Sequence[Stage] = tuple(Stage)
"""Stages sort as they follow one another."""

_TIMES = frozenset({SortKey.OPENED_AT, SortKey.DUE_AT, SortKey.NEXT_TOUCH_AT, SortKey.LAST_ATTEMPT_AT})
_NAMES = frozenset({SortKey.NAME, SortKey.ACCOUNT})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its sort value (None: it has none) and its id."""

    value: Value | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows that have a value for the sort, or those that have none; `after`: only those behind this place.

    `stage`: of a table sorted by stage, the rows in this one alone, which go by their ids.
    """

    has_value: bool
    after: Place | None
    stage: Stage | None = None


def segments(sort: Sort, after: Place | None) -> list[Segment]:
    """What is still to be read behind a place (None: from the first row on), in this order."""
    if sort.key in NEVER_EMPTY:
        return [Segment(True, after)]
    if after is not None and after.value is None:
        return [Segment(False, after)]
    return [Segment(True, after), Segment(False, None)]


def stage_by_stage(sort: Sort, after: Place | None, stages: Collection[Stage]) -> list[Segment]:
    """The same of a table sorted by stage, cut at the stages, of which it shows these."""
    order = [stage for stage in (reversed(FUNNEL) if sort.descends else FUNNEL) if stage in stages]
    if after is None:
        return [Segment(True, None, stage) for stage in order]
    last = FUNNEL[int(str(after.value)) - 1]
    behind = order[order.index(last) + 1 :] if last in order else []
    return [Segment(True, after, last), *(Segment(True, None, stage) for stage in behind)]


def cursor_of(sort: Sort, place: Place) -> list[str | float | None]:
    """A place as a cursor keeps it, with the sort that it belongs to."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    return [str(sort), value, str(place.id)]


def place_in(sort: Sort, key: Sequence[object]) -> Place:
    """The place in a cursor. Raises `ValueError` when it is not one of this sort."""
    told, value, identifier = key
    if told != str(sort):
        raise ValueError(f"a cursor of the sort {told}")
    return Place(_value(sort.key, value), UUID(str(identifier)))


def _value(key: SortKey, value: object) -> Value | None:
    if value is None and key not in NEVER_EMPTY:
        return None
    if key in _TIMES:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError("a time without zone")
        return moment
    if key in _NAMES and isinstance(value, str):
        return value
    if key is SortKey.STAGE and type(value) is int and 0 < value <= len(FUNNEL):
        return value
    if key is SortKey.SCORE and type(value) in {int, float}:
        return float(str(value))
    raise ValueError("no value of this sort")
