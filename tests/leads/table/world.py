"""A table of leads that random draws describe: put into the database, and as it must read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from leads.work_factories import a_lead, an_account
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.leads.model import Lead, Stage
from offhook.leads.table.model import Sort, SortKey
from offhook.leads.table.ordering import FUNNEL


@dataclass(frozen=True)
class Drawn:
    """One lead; few values of each, so that many are equal, and None often."""

    stage: Stage
    score: float
    opened: int
    due: int | None
    touch: int | None
    attempt: int | None
    name: str
    account: str | None


def drawn() -> st.SearchStrategy[Drawn]:
    """A lead."""
    moment = st.one_of(st.none(), st.integers(0, 2))
    return st.builds(
        Drawn,
        stage=st.sampled_from([*Stage]),
        score=st.sampled_from([0.0, 33.3, 33.4, 100.0]),
        opened=st.integers(0, 2),
        due=moment,
        touch=moment,
        attempt=moment,
        name=st.sampled_from(["", "Byron", "byron", "Zoë", "Ångström", "x'; --"]),
        account=st.one_of(st.none(), st.sampled_from(["Acme", "acme", "Zenith", ""])),
    )


@dataclass(frozen=True)
class Known:
    """A lead in the database, and what it was drawn as."""

    id: UUID
    drawn: Drawn


def put(tx: Transaction, rows: Sequence[Drawn]) -> list[Known]:
    """Put these leads into the database."""
    start = tx.now - timedelta(days=5)

    def moment(day: int | None) -> datetime | None:
        return None if day is None else start + timedelta(days=day, microseconds=7 * day)

    made: list[Known] = []
    for row in rows:
        account_id = an_account(tx, row.account) if row.account is not None else None
        lead: Lead = a_lead(
            tx,
            person_id=called(tx, row.name),
            account_id=account_id,
            stage=row.stage,
            score=row.score,
            opened_at=moment(row.opened),
            due_at=moment(row.due),
            next_touch_at=moment(row.touch),
            last_attempt_at=moment(row.attempt),
        )
        made.append(Known(lead.id, row))
    return made


def called(tx: Transaction, last_name: str, first_name: str | None = None, country: str | None = None) -> UUID:
    """A person of this name; nameless if it is empty."""
    identifier = new_id()
    tx.execute(
        "INSERT INTO person (id, first_name, last_name, full_name, country, created_at, updated_at)"
        " VALUES (%(id)s, %(first)s, nullif(%(last)s, ''), nullif(%(last)s, ''), %(country)s, %(now)s, %(now)s)",
        id=identifier,
        first=first_name,
        last=last_name,
        country=country,
        now=tx.now,
    )
    return identifier


def sorted_by(sort: Sort, rows: Sequence[Known]) -> list[UUID]:
    """The ids in the order in which the table must show them."""

    def value(row: Known) -> object:
        match sort.key:
            case SortKey.NAME:
                return row.drawn.name.lower().encode() or None
            case SortKey.ACCOUNT:
                return None if row.drawn.account is None else row.drawn.account.lower().encode()
            case SortKey.STAGE:
                return FUNNEL.index(row.drawn.stage)
            case SortKey.SCORE:
                return row.drawn.score
            case SortKey.OPENED_AT:
                return row.drawn.opened
            case SortKey.DUE_AT:
                return row.drawn.due
            case SortKey.NEXT_TOUCH_AT:
                return row.drawn.touch
            case SortKey.LAST_ATTEMPT_AT:
                return row.drawn.attempt

    having = [row for row in rows if value(row) is not None]
    lacking = [row for row in rows if value(row) is None]
    having.sort(key=lambda row: (value(row), str(row.id)), reverse=sort.descends)  # pyright: ignore[reportCallIssue, reportArgumentType] # of one type
    lacking.sort(key=lambda row: str(row.id), reverse=sort.descends)
    return [row.id for row in having + lacking]
