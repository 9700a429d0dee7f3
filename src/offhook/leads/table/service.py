"""Use cases of the table of leads: a page of it, how many leads a filter means, all of them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.table import store
from offhook.leads.table.model import BEST_FIRST, Count, Filter, Row, Sort, SortKey
from offhook.leads.table.ordering import Place, segments, stage_by_stage
from offhook.leads.table.statements import Asked, Days, asked

MOST_COUNTED = 100_000
"""Up to here leads are counted exactly; to count on would take as long as it is useless."""

FEW = 1_000
"""Leads that are read whole and sorted, rather than looked for along an index in which they lie far apart."""

MOST_AT_ONCE = 10_000
"""Leads that are changed in one transaction."""

BLOCK = 2_000
"""Rows that an export holds at a time."""


def table_page(
    tx: Transaction, wanted: Filter, sort: Sort = BEST_FIRST, after: Place | None = None, limit: int = 50
) -> list[tuple[Place, Row]]:
    """Up to `limit` rows behind a place, each with its own."""
    tx.require("leads:read")
    store.plan_each_time(tx)
    what = store.way_to_read(tx, _asked(tx, wanted), FEW)
    is_cut = sort.key is SortKey.STAGE and not what.is_whole
    places: list[Place] = []
    for part in stage_by_stage(sort, after, wanted.stages) if is_cut else segments(sort, after):
        if len(places) < limit:
            places += store.segment(tx, what, sort, part, limit - len(places))
    found = {row.id: row for row in store.rows(tx, [place.id for place in places])}
    return [(place, found[place.id]) for place in places]


def table_count(tx: Transaction, wanted: Filter) -> Count:
    """How many leads a filter means."""
    tx.require("leads:read")
    store.plan_each_time(tx)
    return store.count(tx, _asked(tx, wanted), MOST_COUNTED)


def table_rows(tx: Transaction, wanted: Filter, sort: Sort = BEST_FIRST) -> Iterator[list[Row]]:
    """All rows in order, in blocks: which they are is decided when the first is asked for."""
    tx.require("leads:read")
    store.plan_each_time(tx)
    for ids in store.every(tx, _asked(tx, wanted), sort, BLOCK):
        yield store.rows(tx, ids)


def meant_at_once(tx: Transaction, wanted: Filter) -> list[UUID]:
    """The ids of all leads that a filter means, to do something with all. Raises `Invalid` for too many."""
    tx.require("leads:read")
    store.plan_each_time(tx)
    found = store.some(tx, _asked(tx, wanted), MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        raise Invalid(
            f"The filter means more than {MOST_AT_ONCE:,} leads. Narrow it, and do the rest afterwards.",
            fields=[FieldError("filter", f"means more than {MOST_AT_ONCE:,} leads")],
        )
    return sorted(found)


def _asked(tx: Transaction, wanted: Filter) -> Asked:
    if wanted.opened_from is None and wanted.opened_to is None:
        return asked(wanted, Days(None, None), tx.now)
    zone = ZoneInfo(identity.organisation(tx).time_zone)
    first, last = wanted.opened_from, wanted.opened_to
    end = _midnight(last + timedelta(days=1), zone) if last and last < date.max else None
    return asked(wanted, Days(_midnight(first, zone) if first else None, end), tx.now)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
