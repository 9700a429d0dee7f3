"""The SQL of the table of leads: whose turn it is on a page, how many there are, and what a row shows.

A page is two steps: the ids that belong on it, and what those rows show (by primary keys). At 100,000 leads of one
organisation a page takes up to some 20 ms wherever it lies; how the first step is done is said here, not left to
the planner, which takes an organisation for as large as the average one:

* **A name is looked for**: the persons and accounts so called are read along person_name and account_name, their
  leads by lead_of_person and lead_of_account. **A campaign's leads** are read along response_of_campaign. Either
  costs as much as there are of them; where one or two letters or a campaign mean many (by a `SAMPLE` of leads),
  one goes along the leads as below.
* **Few leads are meant** (`FEW`): their ids are found, by lead_table alone or lead_of_account, and those leads are
  read and sorted.
* **Otherwise** one goes along an index in the order wanted, tries the filter on each lead, and stops when the page
  is full:

| sort | along |
|---|---|
| `opened_at` | lead_table |
| `score` | lead_table_score |
| `name` | person_name, each person's leads by lead_of_person |
| `account` | account_name, each account's leads by lead_of_account |
| `stage` | stage by stage: the primary key, or lead_table for a rare one |
| `due_at`, `next_touch_at`, `last_attempt_at` | none: lead_table alone is read, all of it |

With closed leads `score` and `opened_at` have no index either and lead_table is read. No index knows the countries
of persons: where few leads are of one, all persons are read once (30 ms at 200,000).

For the moments until the leads of a merged person or account follow it (leads/merges), they are not seen in a
table sorted by that name.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.model import Stage, Verdict
from offhook.leads.table import statements
from offhook.leads.table.model import Count, NextTouch, Row, RowAccount, RowPerson, Sort
from offhook.leads.table.ordering import Place, Segment, Value
from offhook.leads.table.statements import Asked

SAMPLE, ENOUGH = 3_000, 150
"""Of so many leads looked at, so many are enough to find the rest along any index."""


def plan_each_time(tx: Transaction) -> None:
    """From here on plan each statement for its own values, and read alone.

    A plan for any value would read the wrong index for most; workers take longer to start than a page to read.
    """
    tx.execute(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
        " set_config('max_parallel_workers_per_gather', '0', true)"
    )


def way_to_read(tx: Transaction, what: Asked, few: int) -> Asked:
    """The same leads as they are best read for a page: by their ids where there are at most `few`.

    The ids stay text: to read them and write them again would take longer than to find them.
    """
    if what.spread and _are_many(tx, what.spread):
        return what.spread
    if what.is_whole or _are_many(tx, what):
        return what
    found = tx.first(
        _Few,
        "SELECT count(*) AS count, array_agg(id)::text AS ids FROM (SELECT l.id FROM "
        + what.all_of_it
        + " LIMIT %(most)s) AS l",
        **what.values,
        most=few + 1,
    )
    return statements.listed(found.ids or "{}") if found and found.count <= few else what


@dataclass(frozen=True, slots=True)
class _Few:
    count: int
    ids: str | None


def _are_many(tx: Transaction, what: Asked) -> bool:
    """Whether enough of the first leads fulfil what is asked of other tables.

    To count them by reading those tables would take longer than the page.
    """
    if not what.probed:
        return False
    found = tx.scalar(
        int,
        "SELECT count(*) FROM (SELECT l.id, l.person_id, l.account_id FROM "
        + what.source
        + what.where
        + " LIMIT %(sample)s) AS l WHERE true"
        + what.probed,
        **what.values,
        sample=SAMPLE,
    )
    return (found or 0) >= ENOUGH


def segment(tx: Transaction, what: Asked, sort: Sort, part: Segment, limit: int) -> list[Place]:
    """Up to `limit` places of a segment, in order."""
    statement = statements.places(what, sort, part) + " LIMIT %(limit)s"
    with _along_an_index(tx) if statements.walks(what, sort, part) else nullcontext():
        return tx.rows(_place, statement, **what.values, **statements.values_of(part), limit=limit)


@contextmanager
def _along_an_index(tx: Transaction) -> Generator[None]:
    """Inside, rows are read by the index that has them in order."""
    tx.execute(_SWITCH, to="off")
    yield
    tx.execute(_SWITCH, to="on")


_SWITCH: LiteralString = (
    "SELECT set_config(name, %(to)s, true) FROM"
    " unnest(ARRAY['enable_sort', 'enable_bitmapscan', 'enable_seqscan']) AS setting (name)"
)


def _place(value: Value | None, id: UUID) -> Place:  # noqa: A002 # the column's name
    return Place(value, id)


def every(tx: Transaction, what: Asked, sort: Sort, size: int) -> Iterator[list[UUID]]:
    """The ids of all that a filter means, in order, in blocks; all as of now, however long reading them takes."""
    return tx.blocks(_id, size, statements.everything(what, sort), **what.values)


def _id(id: UUID) -> UUID:  # noqa: A002 # the column's name
    return id


def some(tx: Transaction, what: Asked, limit: int) -> list[UUID]:
    """The ids of up to `limit` leads that a filter means, in no order."""
    return tx.scalars(UUID, "SELECT l.id FROM " + what.all_of_it + " LIMIT %(limit)s", **what.values, limit=limit)


def count(tx: Transaction, what: Asked, most: int) -> Count:
    """How many leads a filter means, counted up to `most`."""
    found = tx.scalar(
        int,
        "SELECT count(*) FROM (SELECT FROM " + what.all_of_it + " LIMIT %(most)s) AS counted",
        **what.values,
        most=most + 1,
    )
    return Count(min(found or 0, most), (found or 0) <= most)


def rows(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    """What the table shows of these leads, in their order. Indexes: primary keys."""
    return tx.rows(
        _row,
        "SELECT l.id, l.campaign_id, l.stage, l.score, l.fit, l.engagement, l.owner_id, l.team_id, l.attempts,"
        " l.opened_at, l.mql_at, l.last_attempt_at, l.next_touch_at, l.next_touch_because, l.due_at, l.verdict,"
        " l.sal_at, l.sql_at, l.closed_at, l.close_reason, l.version, l.person_id, p.full_name, p.title,"
        " p.do_not_call, p.do_not_email, p.time_zone, p.country, e.value AS email,"
        " t.value || CASE WHEN t.extension <> '' THEN ';ext=' || t.extension ELSE '' END AS phone,"
        " a.id AS account_id, a.name AS account_name"
        " FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (id, nth)"
        " CROSS JOIN LATERAL (SELECT * FROM lead WHERE id = asked.id OFFSET 0) AS l"
        " CROSS JOIN LATERAL (SELECT * FROM person WHERE id = l.person_id OFFSET 0) AS p"
        " LEFT JOIN LATERAL (SELECT id, name FROM account WHERE id = l.account_id OFFSET 0) AS a ON true"
        " LEFT JOIN LATERAL (SELECT value FROM contact_point WHERE person_id = l.person_id AND kind = 'email'"
        "  ORDER BY is_primary DESC, created_at, value LIMIT 1) AS e ON true"
        " LEFT JOIN LATERAL (SELECT value, extension FROM contact_point WHERE person_id = l.person_id"
        "  AND kind = 'phone' ORDER BY is_primary DESC, created_at, value LIMIT 1) AS t ON true"
        " ORDER BY asked.nth",
        ids=list(ids),
    )


def _row(
    person_id: UUID,
    full_name: str | None,
    title: str | None,
    email: str | None,
    phone: str | None,
    do_not_call: bool,
    do_not_email: bool,
    time_zone: str | None,
    country: str | None,
    account_id: UUID | None,
    account_name: str | None,
    stage: str,
    verdict: str,
    next_touch_because: str | None,
    **columns: object,
) -> Row:
    person = RowPerson(person_id, full_name, title, email, phone, do_not_call, do_not_email, time_zone, country)
    return Row(
        person=person,
        account=RowAccount(account_id, account_name or "") if account_id else None,
        stage=Stage(stage),
        verdict=Verdict(verdict),
        next_touch_because=NextTouch(next_touch_because) if next_touch_because else None,
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )
