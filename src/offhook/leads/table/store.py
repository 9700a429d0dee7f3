"""The SQL of the table of leads: whose turn it is on a page, how many there are, and what a row shows.

A page is two steps: the ids that belong on it, and what those rows show (by primary keys). At 100,000 open leads
in one organisation a page takes up to 20 ms wherever it lies. What serves the first step (0011_lists.sql):

| sort | read |
|---|---|
| `opened_at` | along lead_table |
| `score` | along lead_table_score |
| `name` | along person_name, each person's lead by lead_open_of_person |
| `account` | along account_name, each account's leads by lead_of_account |
| `due_at`, `next_touch_at`, `last_attempt_at`, `stage` | lead_table alone, all of it, keeping the page's rows |

A filter is tried on the rows as they come; where few fulfil it, the planner reads those instead and sorts them, so
each statement is planned for its own values. `name` (a beginning) reads the persons and accounts so called and
costs as much as there are of them; `campaign_id` is served by response_of_campaign or response_of_lead,
`account_id` by lead_of_account. Closed leads have no index of their own: a page that shows them and is not sorted
by name or account reads all leads once.

For the moments until the leads of a merged person or account follow it (leads/merges), they are not seen in a
table sorted by that name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.leads.model import OPEN_STAGES, Stage, Verdict
from offhook.leads.table.model import Count, Filter, NextTouch, Row, RowAccount, RowPerson, Sort, SortKey
from offhook.leads.table.ordering import Place, Segment, Value
from offhook.people import account_range, person_ranges


@dataclass(frozen=True, slots=True)
class _Key:
    """How a sort is written: the value, its type, what must be joined, which rows have one and which have none."""

    value: LiteralString
    type: LiteralString
    join: LiteralString = ""
    present: LiteralString = ""
    absent: LiteralString = ""


def _time(column: LiteralString) -> _Key:
    return _Key(column, "timestamptz", "", f" AND {column} IS NOT NULL", f" AND {column} IS NULL")


_RANK: LiteralString = (
    "CASE l.stage WHEN 'inquiry' THEN 1 WHEN 'mql' THEN 2 WHEN 'working' THEN 3 WHEN 'sal' THEN 4"
    " WHEN 'sql' THEN 5 WHEN 'recycled' THEN 6 ELSE 7 END"
)
_KEYS: Mapping[SortKey, _Key] = {
    SortKey.SCORE: _Key("l.score", "real"),
    SortKey.OPENED_AT: _Key("l.opened_at", "timestamptz"),
    SortKey.DUE_AT: _time("l.due_at"),
    SortKey.NEXT_TOUCH_AT: _time("l.next_touch_at"),
    SortKey.LAST_ATTEMPT_AT: _time("l.last_attempt_at"),
    SortKey.NAME: _Key(
        "p.sort_name",
        "text",
        " JOIN person p ON p.id = l.person_id AND p.merged_into IS NULL",
        " AND p.sort_name > ''",
        " AND p.sort_name = ''",
    ),
    SortKey.ACCOUNT: _Key(
        "a.sort_name",
        "text",
        " LEFT JOIN account a ON a.id = l.account_id",
        " AND a.sort_name >= '' AND a.merged_into IS NULL",
        " AND l.account_id IS NULL",
    ),
    SortKey.STAGE: _Key(_RANK, "int"),
}

_SOURCE_COLUMNS: LiteralString = (
    "id, person_id, account_id, stage, is_open, owner_id, team_id, score, opened_at, due_at, next_touch_at,"
    " last_attempt_at"
)
_NAMED: LiteralString = (
    "(SELECT l.* FROM unnest(%(name_first)s::text[], %(name_last)s::text[], %(name_given)s::text[])"
    "   AS r (first, last, given)"
    "  CROSS JOIN LATERAL (SELECT id FROM person WHERE merged_into IS NULL"
    "   AND sort_name >= r.first AND sort_name < r.last"
    "   AND starts_with(lower(coalesce(first_name, '')), r.given) OFFSET 0) AS p"
    "  CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + "  FROM lead WHERE person_id = p.id OFFSET 0) AS l"
    " UNION SELECT l.* FROM (SELECT id FROM account WHERE merged_into IS NULL"
    "   AND sort_name >= %(account_first)s AND sort_name < %(account_last)s OFFSET 0) AS a"
    "  CROSS JOIN LATERAL (SELECT " + _SOURCE_COLUMNS + "  FROM lead WHERE account_id = a.id OFFSET 0) AS l) AS l"
)
"""The leads of whoever is so called: person by person, account by account, so that no statistics can mislead."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a filter as times: from midnight on, before midnight."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as SQL: what is read as `l`, the conditions, and their values."""

    source: LiteralString
    where: LiteralString
    values: Mapping[str, object]


def asked(wanted: Filter, days: Days, now: datetime) -> Asked:
    """Write a filter as SQL."""
    where: LiteralString = " WHERE true"
    conditions: Sequence[tuple[object, LiteralString]] = (
        (wanted.stages <= OPEN_STAGES, " AND l.is_open"),
        (wanted.stages not in (OPEN_STAGES, frozenset(Stage)), " AND l.stage = ANY(%(stages)s)"),
        (wanted.team_id, " AND l.team_id = %(team)s"),
        (
            wanted.campaign_id,
            " AND l.id IN (SELECT lead_id FROM response WHERE response.campaign_id = %(campaign)s)",
        ),
        (wanted.account_id, " AND l.account_id = %(account)s"),
        (wanted.score_from is not None, " AND l.score >= %(score_from)s::real"),
        (wanted.score_to is not None, " AND l.score <= %(score_to)s::real"),
        (days.start, " AND l.opened_at >= %(opened_from)s"),
        (days.end, " AND l.opened_at < %(opened_before)s"),
        (wanted.is_untouched is True, " AND l.last_attempt_at IS NULL"),
        (wanted.is_untouched is False, " AND l.last_attempt_at IS NOT NULL"),
        (wanted.is_overdue is True, " AND l.due_at < %(now)s"),
        (wanted.is_overdue is False, " AND (l.due_at IS NULL OR l.due_at >= %(now)s)"),
        (
            wanted.country,
            " AND EXISTS (SELECT FROM person c WHERE c.id = l.person_id AND c.country = %(country)s)",
        ),
    )
    for is_asked, condition in conditions:
        if is_asked:
            where += condition
    name = (wanted.name or "").strip()
    persons, account = person_ranges(name), account_range(name)
    values: dict[str, object] = {
        "stages": [stage.value for stage in wanted.stages],
        "owners": list(wanted.owner_ids),
        "team": wanted.team_id,
        "campaign": wanted.campaign_id,
        "account": wanted.account_id,
        "score_from": wanted.score_from,
        "score_to": wanted.score_to,
        "opened_from": days.start,
        "opened_before": days.end,
        "now": now,
        "country": wanted.country,
        "name_first": [one.first for one in persons],
        "name_last": [one.last for one in persons],
        "name_given": [one.given for one in persons],
        "account_first": account.first,
        "account_last": account.last,
    }
    return Asked(_NAMED if name else "lead l", where + _of_owners(wanted), values)


def _of_owners(wanted: Filter) -> LiteralString:
    match bool(wanted.owner_ids), wanted.without_owner:
        case True, True:
            return " AND (l.owner_id = ANY(%(owners)s) OR l.owner_id IS NULL)"
        case True, False:
            return " AND l.owner_id = ANY(%(owners)s)"
        case False, True:
            return " AND l.owner_id IS NULL"
        case _:
            return ""


def plan_each_time(tx: Transaction) -> None:
    """From here on plan each statement for its own values, and read alone.

    A plan for any value would read the wrong index for most; workers take longer to start than a page to read.
    """
    tx.execute(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
        " set_config('max_parallel_workers_per_gather', '0', true)"
    )


def segment(tx: Transaction, what: Asked, sort: Sort, part: Segment, limit: int) -> list[Place]:
    """Up to `limit` places of a segment, in order."""
    key = _KEYS[sort.key]
    way, beyond = (" DESC", "<") if sort.descends else ("", ">")
    value = key.value if part.has_value else "NULL::int"
    statement: LiteralString = "SELECT " + value + " AS value, l.id FROM " + what.source + key.join + what.where
    if part.has_value:
        statement += key.present
        if part.after is not None:
            # The value alone too: that is what a scan of another table, joined to leads, can begin at.
            at = f"%(value)s::{key.type}"
            statement += f" AND {key.value} {beyond}= {at} AND ({key.value}, l.id) {beyond} ({at}, %(id)s::uuid)"
        statement += " ORDER BY " + key.value + way + ", l.id" + way
    else:
        statement += key.absent
        if part.after is not None:
            statement += " AND l.id " + beyond + " %(id)s::uuid"
        statement += " ORDER BY l.id" + way
    return tx.rows(
        _place,
        statement + " LIMIT %(limit)s",
        **what.values,
        value=part.after.value if part.after else None,
        id=part.after.id if part.after else None,
        limit=limit,
    )


def _place(value: Value | None, id: UUID) -> Place:  # noqa: A002 # the column's name
    return Place(value, id)


def every(tx: Transaction, what: Asked, sort: Sort, size: int) -> Iterator[list[UUID]]:
    """The ids of all that a filter means, in order, in blocks; all as of now, however long reading them takes."""
    key = _KEYS[sort.key]
    join = " LEFT" + key.join.removeprefix(" LEFT") if key.join else ""
    way = " DESC NULLS LAST" if sort.descends else " NULLS LAST"
    value = f"nullif({key.value}, '')" if sort.key is SortKey.NAME else key.value
    return tx.blocks(
        UUID,
        size,
        "SELECT l.id FROM "
        + what.source
        + join
        + what.where
        + " ORDER BY "
        + value
        + way
        + ", l.id"
        + (" DESC" if sort.descends else ""),
        **what.values,
    )


def some(tx: Transaction, what: Asked, limit: int) -> list[UUID]:
    """The ids of up to `limit` leads that a filter means, in no order."""
    return tx.scalars(
        UUID, "SELECT l.id FROM " + what.source + what.where + " LIMIT %(limit)s", **what.values, limit=limit
    )


def count(tx: Transaction, what: Asked, most: int) -> Count:
    """How many leads a filter means, counted up to `most`."""
    found = tx.scalar(
        int,
        "SELECT count(*) FROM (SELECT FROM " + what.source + what.where + " LIMIT %(most)s) AS counted",
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
