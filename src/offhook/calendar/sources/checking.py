"""Trying a calendar for real: its server tells which calendars there are, and one is read. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from offhook.calendar.sources import store
from offhook.calendar.sources.model import Access, Connection, Found
from offhook.calendar.sources.opening import Terms, found_on, opened
from offhook.calendar.sources.reading import Owner, busy_spans
from offhook.calendar.sources.rules import AHEAD, refusing
from offhook.calendar.sources.service import first_of, note_refusal
from offhook.calendar.sources.source import Entry, Trouble
from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: what is wrong, None if nothing; what there is to choose from; how much is in it."""

    problem: str | None
    calendars: Sequence[Found]
    busy_times: int | None


def check(access: Access, terms: Terms, now: datetime) -> Checked:
    """Try a calendar. Raises nothing that a server can cause."""
    found: list[Found] = []
    try:
        found = found_on(access, terms)
        meant = replace(access, connection=first_of(found, access.connection))
        with opened(meant, terms) as source:
            reading = source.read(now, now + AHEAD, "")
        entries: Sequence[Entry] = reading.entries if reading else []
        return Checked(None, found, len(busy_spans(entries, now, now + AHEAD, Owner(ZoneInfo("UTC"), ""))))
    except Trouble as trouble:
        return Checked(str(trouble), found, None)


def note(tx: Transaction, one: Connection, checked: Checked) -> Connection:
    """Keep what a check found: that it refuses, or that it is to be read at once."""
    if checked.problem is not None:
        after = refusing(one, checked.problem, tx.now)
        note_refusal(tx, one, after)
        return after
    after = replace(first_of(checked.calendars, one), sync_at=tx.now, mark="")
    store.save_standing(tx, after)
    return after
