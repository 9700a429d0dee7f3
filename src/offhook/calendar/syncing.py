"""Reading the connected calendars that are due: when their users are busy, and what became of our own entries.

Nothing is held open in the database while a server is waited for. What a reading finds replaces what the last one
found, in one transaction with how the connection stands; while a server refuses, what it said last holds.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from uuid import UUID

from offhook.calendar.meetings import store as meeting_store
from offhook.calendar.meetings.model import Meeting, uid_of
from offhook.calendar.meetings.taking_back import Moved, differing, take_back
from offhook.calendar.sources import store
from offhook.calendar.sources.asking import Question, Told, ask, question_to
from offhook.calendar.sources.model import Connection, SourceKind
from offhook.calendar.sources.opening import Terms, opened_to_write
from offhook.calendar.sources.reading import Own, own_entries
from offhook.calendar.sources.rules import AHEAD, BACK, refusing
from offhook.calendar.sources.service import note_read, note_refusal
from offhook.calendar.sources.source import Trouble
from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import Conflict, OffhookError

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""So that a server that does not answer holds up no other's calendar."""


def read_due(database: Database, terms: Terms, organisation_id: UUID) -> None:
    """Read the calendars that are due."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        due = store.due(tx)
    if not due:
        return
    with ThreadPoolExecutor(AT_ONCE, "calendars") as pool:
        list(pool.map(partial(_read_safely, database, terms, organisation_id), due))


def _read_safely(database: Database, terms: Terms, organisation_id: UUID, one: Connection) -> None:
    try:
        read_one(database, terms, organisation_id, one)
    except Exception:
        # What nobody expected holds up no other calendar; this one is tried again by the next run.
        logger.exception("reading calendar %s failed", one.id)


def read_one(database: Database, terms: Terms, organisation_id: UUID, one: Connection) -> None:
    """Read one calendar now, and keep how it stands."""
    try:
        with database.transaction(organisation_id, SYSTEM) as tx:
            start, end = tx.now - BACK, tx.now + AHEAD
            ours = [uid_of(each) for each in meeting_store.ids_near(tx, one.user_id, start, end)]
            written = meeting_store.on_calendar(tx, one.id, tx.now, end)
            question = question_to(tx, terms, one, frozenset(ours))
        told = ask(question, terms)
        moved = _moved(question, told, terms, written) if told.spans is not None else []
    except (Trouble, OffhookError) as error:
        with database.transaction(organisation_id, SYSTEM) as tx:
            note_refusal(tx, one, refusing(one, str(error), tx.now))
        return
    with database.transaction(organisation_id, SYSTEM) as tx:
        note_read(tx, one, told.after, told.spans)
    for each in moved:
        _take_back(database, organisation_id, each)


def _moved(question: Question, told: Told, terms: Terms, written: list[Meeting]) -> list[Moved]:
    """Our meetings whose entries are not where we wrote them. Those missing are asked for one by one."""
    found: dict[str, Own | None] = {one.uid: one for one in told.own}
    missing = [one for one in written if one.uid not in found]
    if missing and told.after.kind is SourceKind.CALDAV:
        with opened_to_write(replace(question.access, connection=told.after), terms) as calendar:
            for one in missing:
                entry = calendar.find(one.uid)
                found[one.uid] = next(own_entries([entry], {one.uid}), None) if entry else None
    return differing(written, found, question.now)


def _take_back(database: Database, organisation_id: UUID, one: Moved) -> None:
    try:
        with database.transaction(organisation_id, SYSTEM) as tx:
            take_back(tx, one)
    except Conflict as error:
        # The hand-off goes no further, say: its meeting stays as it is here.
        logger.info("meeting %s is not as its host's calendar has it: %s", one.meeting.id, error)
