"""Reading a connected calendar now: what is asked, and what it comes to. Holds nothing open in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from offhook import identity
from offhook.calendar.sources.model import Access, Connection
from offhook.calendar.sources.opening import Terms, found_on, opened
from offhook.calendar.sources.reading import Own, Owner, busy_spans, own_entries
from offhook.calendar.sources.rules import AHEAD, BACK, is_read_anew, well
from offhook.calendar.sources.service import access_to, first_of
from offhook.identity import Span
from offhook.kernel.database import Transaction


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a calendar: its access, whose it is, which entries are ours, and as of when."""

    access: Access
    owner: Owner
    ours: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a reading found; `spans` None: nothing had changed. `own`: our entries as they stand there."""

    after: Connection
    spans: Sequence[Span] | None
    own: Sequence[Own]


def question_to(tx: Transaction, terms: Terms, one: Connection, ours: Collection[str]) -> Question:
    """What is needed to read a calendar."""
    user = identity.user(tx, one.user_id)
    access = access_to(tx, terms.seal, one)
    return Question(access, Owner(ZoneInfo(user.time_zone), user.email), ours, tx.now)


def ask(question: Question, terms: Terms) -> Told:
    """Read a calendar. Raises `Trouble`."""
    one, now = question.access.connection, question.now
    one = first_of(found_on(question.access, terms) if not one.collection else [], one)
    start, end = now - BACK, now + AHEAD
    with opened(replace(question.access, connection=one), terms) as source:
        reading = source.read(start, end, "" if is_read_anew(one, now) else one.mark)
    if reading is None:
        return Told(well(one, one.mark, None, now), None, [])
    spans = busy_spans(reading.entries, start, end, question.owner, question.ours)
    own = list(own_entries(reading.entries, question.ours))
    return Told(well(one, reading.mark, end, now), spans, own)
