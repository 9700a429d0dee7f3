"""KPIs as a file, a row for each rep, team or campaign with all counts and what they come to; and goals."""

from collections.abc import Iterator, Sequence
from datetime import date

from offhook.goals import service
from offhook.goals.kpis import MEDIANS, RATIOS
from offhook.goals.model import DISTRIBUTIONS, Counter, KpiRow
from offhook.kernel.database import Transaction
from offhook.kernel.export import Table, shown_word

COUNTERS: Sequence[Counter] = tuple(counter for counter in Counter if counter not in DISTRIBUTIONS)
KPIS: Sequence[str] = tuple([ratio.name for ratio in RATIOS] + [name for name, _ in MEDIANS])
"""Ratios are told as quotients, such as 0.25; their counts stand beside."""

_WHOSE = {"none": "Whose", "user": "Rep", "team": "Team", "campaign": "Campaign"}


def kpis_as_file(rows: Sequence[KpiRow], by: str, first_day: date, last_day: date) -> Table:
    """The file of rows that `kpi_rows` gave for these days."""
    headings = [_WHOSE[by], "First day", "Last day", *(shown_word(name) or name for name in (*COUNTERS, *KPIS))]
    name = f"kpis-{first_day}-to-{last_day}" + (f"-by-{by}" if by != "none" else "")
    days = (first_day.isoformat(), last_day.isoformat())
    return Table(name, headings, ((row.name, *days, *_figures(row)) for row in rows))


def _figures(row: KpiRow) -> list[object]:
    values = {kpi.name: kpi.value for kpi in row.kpis}
    known = [None if (value := values.get(name)) is None else round(value, 4) for name in KPIS]
    return [*(row.counts.get(counter.value, 0) for counter in COUNTERS), *known]


BLOCK = 1_000
"""Goals that are held at a time."""


def goals_as_file(tx: Transaction) -> Table:
    """All goals, also those of the past, in the order in which they were set. Needs `goals:read`."""
    tx.require("goals:read")
    headings = ("Whose", "What", "In each", "Target", "First day", "Last day", "Goal id")
    return Table(f"goals-{tx.now:%Y-%m-%d}", headings, _goal_rows(tx))


def _goal_rows(tx: Transaction) -> Iterator[Sequence[object]]:
    block = service.goals_page(tx, None, BLOCK)
    while block:
        for whose, goal in zip(service.names_of_owners(tx, block), block, strict=True):
            what, period = shown_word(goal.counter.value), shown_word(goal.period.value)
            yield whose, what, period, goal.target, goal.starts_on, goal.ends_on, goal.id
        block = service.goals_page(tx, block[-1].id, BLOCK)
