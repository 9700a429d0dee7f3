"""Use case: who is who at an account: its persons by level, with their leads and what was done with each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.conditions import LeadFacts, parse
from offhook.leads.named import store
from offhook.leads.named.model import PersonAt
from offhook.leads.named.service import check_period
from offhook.leads.scoring.rules import DECIDES, LEADS, MANAGES
from offhook.people import Account, PersonFacts, account

MOST_PEOPLE = 200


class Level(StrEnum):
    """How high somebody stands, by their title."""

    DECIDES = "decides"
    LEADS = "leads"
    MANAGES = "manages"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PeopleMap:
    """The persons of an account, at most `MOST_PEOPLE` of the `total`."""

    account: Account
    people: Sequence[tuple[PersonAt, Level | None]]
    total: int


_LEVELS = [
    (level, parse({"field": "title", "has_word": [*words]}))
    for level, words in ((Level.DECIDES, DECIDES), (Level.LEADS, LEADS), (Level.MANAGES, MANAGES))
]
_SOMEBODY = UUID(int=0)


def level_of(title: str | None) -> Level | None:
    """How high somebody with this title stands, by the words that scoring goes by; None without a title."""
    if not title:
        return None
    facts = LeadFacts(PersonFacts(_SOMEBODY, title=title))
    return next((level for level, condition in _LEVELS if condition.holds(facts)), Level.OTHER)


def people_map(tx: Transaction, account_id: UUID, since: datetime, until: datetime) -> PeopleMap:
    """Who is who at an account; engaged are those who were in [since, until), as for penetration.

    An absorbed account answers as its survivor. Needs `people:read` and `leads:read`. Raises `NotFound`,
    `Invalid`.
    """
    tx.require("leads:read")
    here = account(tx, account_id)
    check_period(since, until)
    people = store.people_at(tx, here.id, since, until, MOST_PEOPLE)
    total = store.count_people_at(tx, here.id) if len(people) == MOST_PEOPLE else len(people)
    return PeopleMap(here, [(one, level_of(one.title)) for one in people], total)
